/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

/**
 * What a task or an actor's method is given for a parameter of type T: an {@link ObjectRef}, which is resolved before the call, a {@link Gather} of references, which
 * arrives as a list of values, or a value in a wrapper, where a call has references and values side by side.
 *
 * @param <T> type of the parameter.
 */
public interface Arg<T> {
    /** A value, copied when the call is made; null is one too. */
    static <T> Arg<T> of(final T value) {
        return new Value<>(value);
    }

    /**
     * A value as an argument.
     *
     * @param value what arrives.
     * @param <T> its type.
     */
    record Value<T>(T value) implements Arg<T> {}
}
