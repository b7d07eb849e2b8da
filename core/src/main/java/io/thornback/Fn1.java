/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.io.Serializable;

/**
 * A function of one argument that can run in another process: a method reference or a lambda that captures nothing.
 *
 * @param <A> type of argument 1.
 * @param <R> type of the result.
 */
@FunctionalInterface
public interface Fn1<A, R> extends Serializable {
    /** Does the work. What it throws arrives at the caller's {@code get} as the cause of a {@link TaskException}. */
    R apply(A a) throws Exception;
}
