/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import io.thornback.ids.ActorId;
import java.io.Serializable;

/**
 * An object that lives in a process of its own and takes calls one after the other: the calls of one caller in the order
 * in which they were made. May be sent to other tasks and actors. Thread-safe.
 *
 * @param <A> the actor's class.
 */
public interface ActorRef<A> {
    /** The id of the actor. */
    ActorId id();

    /**
     * The form without types: calls any function whose first parameter is the actor.
     *
     * @param function one of {@link Fn1}, {@link Fn2}, {@link Fn3}: a method reference or a lambda that captures nothing.
     * @param arguments what follows the actor.
     */
    <R> ObjectRef<R> callUntyped(Serializable function, Object... arguments);

    /** Calls a method without arguments. */
    default <R> ObjectRef<R> call(final Fn1<? super A, R> method) {
        return callUntyped(method);
    }

    /** Calls a method with one argument. */
    default <B, R> ObjectRef<R> call(final Fn2<? super A, B, R> method, final B b) {
        return callUntyped(method, b);
    }

    /** Calls a method with one argument, resolved before the call. */
    default <B, R> ObjectRef<R> call(final Fn2<? super A, B, R> method, final ObjectRef<B> b) {
        return callUntyped(method, b);
    }

    /** Calls a method with two arguments. */
    default <B, C, R> ObjectRef<R> call(final Fn3<? super A, B, C, R> method, final B b, final C c) {
        return callUntyped(method, b, c);
    }

    /** Ends the actor at once; calls that have not been answered fail with {@link ActorDiedException}. */
    void kill();
}
