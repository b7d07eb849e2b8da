/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.io.Serializable;

/**
 * A function of five arguments that can run in another process: a method reference or a lambda that captures nothing.
 *
 * @param <A> type of argument 1.
 * @param <B> type of argument 2.
 * @param <C> type of argument 3.
 * @param <D> type of argument 4.
 * @param <E> type of argument 5.
 * @param <R> type of the result.
 */
@FunctionalInterface
public interface Fn5<A, B, C, D, E, R> extends Serializable {
    /** Does the work. What it throws arrives at the caller's {@code get} as the cause of a {@link TaskException}. */
    R apply(A a, B b, C c, D d, E e) throws Exception;
}
