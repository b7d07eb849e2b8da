/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.io.Serializable;

/**
 * A function of any number of arguments of one type that can run in another process: a reference to a static method with variable arguments, or a lambda that captures nothing.
 *
 * @param <A> type of the arguments.
 * @param <R> type of the result.
 */
@FunctionalInterface
public interface FnN<A, R> extends Serializable {
    /** Does the work. What it throws arrives at the caller's {@code get} as the cause of a {@link TaskException}. */
    @SuppressWarnings("unchecked") // the array is made by the worker, for the type that the function declares
    R apply(A... arguments) throws Exception;
}
