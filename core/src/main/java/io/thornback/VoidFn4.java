/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.io.Serializable;

/**
 * A procedure of four arguments that can run in another process: a method reference or a lambda that captures nothing. It has no result;
 * that it has ended, or what it has thrown, is learned from the reference all the same.
 *
 * @param <A> type of argument 1.
 * @param <B> type of argument 2.
 * @param <C> type of argument 3.
 * @param <D> type of argument 4.
 */
@FunctionalInterface
public interface VoidFn4<A, B, C, D> extends Serializable {
    /** Does the work. What it throws arrives at the caller's {@code get} as the cause of a {@link TaskException}. */
    void run(A a, B b, C c, D d) throws Exception;
}
