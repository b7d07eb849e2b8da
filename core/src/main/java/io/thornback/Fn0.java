/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.io.Serializable;

/**
 * A function of no arguments that can run in another process: a method reference or a lambda that captures nothing.
 *
 * @param <R> type of the result.
 */
@FunctionalInterface
public interface Fn0<R> extends Serializable {
    /** Does the work. What it throws arrives at the caller's {@code get} as the cause of a {@link TaskException}. */
    R apply() throws Exception;
}
