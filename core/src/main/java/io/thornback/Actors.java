/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.io.Serializable;

/** The typed forms in which a constructor or factory and its arguments become an actor. */
public interface Actors {
    /**
     * The form without types.
     *
     * @param constructor a {@link Fn0} to {@link Fn3} that makes the actor.
     * @param arguments as many as it takes: values, {@link ObjectRef}s, {@link Gather}s.
     */
    <A> ActorCreation<A> actorUntyped(Serializable constructor, Object... arguments);

    /** An actor whose constructor takes 0 arguments. */
    default <A> ActorCreation<A> actor(final Fn0<A> constructor) {
        return actorUntyped(constructor);
    }

    /** An actor whose constructor takes 1 argument. */
    default <X, A> ActorCreation<A> actor(final Fn1<X, A> constructor, final X x) {
        return actorUntyped(constructor, x);
    }

    /** An actor whose constructor takes 2 arguments. */
    default <X, Y, A> ActorCreation<A> actor(final Fn2<X, Y, A> constructor, final X x, final Y y) {
        return actorUntyped(constructor, x, y);
    }

    /** An actor whose constructor takes 3 arguments. */
    default <X, Y, Z, A> ActorCreation<A> actor(final Fn3<X, Y, Z, A> constructor, final X x, final Y y, final Z z) {
        return actorUntyped(constructor, x, y, z);
    }
}
