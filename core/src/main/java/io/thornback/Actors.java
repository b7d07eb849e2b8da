/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.io.Serializable;

/** The typed forms in which a constructor or factory and its arguments become an actor. */
public interface Actors {
    /**
     * The form without types.
     *
     * @param constructor a {@link Fn0} to {@link Fn6} that makes the actor.
     * @param arguments as many as it takes: values and {@link Arg}s, in any order.
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

    /** An actor whose constructor takes 4 arguments. */
    default <X, Y, Z, U, A> ActorCreation<A> actor(
            final Fn4<X, Y, Z, U, A> constructor, final X x, final Y y, final Z z, final U u) {
        return actorUntyped(constructor, x, y, z, u);
    }

    /** An actor whose constructor takes 5 arguments. */
    default <X, Y, Z, U, V, A> ActorCreation<A> actor(
            final Fn5<X, Y, Z, U, V, A> constructor, final X x, final Y y, final Z z, final U u, final V v) {
        return actorUntyped(constructor, x, y, z, u, v);
    }

    /** An actor whose constructor takes 6 arguments. */
    default <X, Y, Z, U, V, W, A> ActorCreation<A> actor(
            final Fn6<X, Y, Z, U, V, W, A> constructor,
            final X x,
            final Y y,
            final Z z,
            final U u,
            final V v,
            final W w) {
        return actorUntyped(constructor, x, y, z, u, v, w);
    }

    /** An actor whose constructor takes 1 argument, references or wrapped values. */
    default <X, A> ActorCreation<A> actor(final Fn1<X, A> constructor, final Arg<X> x) {
        return actorUntyped(constructor, x);
    }

    /** An actor whose constructor takes 2 arguments, references or wrapped values. */
    default <X, Y, A> ActorCreation<A> actor(final Fn2<X, Y, A> constructor, final Arg<X> x, final Arg<Y> y) {
        return actorUntyped(constructor, x, y);
    }

    /** An actor whose constructor takes 3 arguments, references or wrapped values. */
    default <X, Y, Z, A> ActorCreation<A> actor(
            final Fn3<X, Y, Z, A> constructor, final Arg<X> x, final Arg<Y> y, final Arg<Z> z) {
        return actorUntyped(constructor, x, y, z);
    }

    /** An actor whose constructor takes 4 arguments, references or wrapped values. */
    default <X, Y, Z, U, A> ActorCreation<A> actor(
            final Fn4<X, Y, Z, U, A> constructor, final Arg<X> x, final Arg<Y> y, final Arg<Z> z, final Arg<U> u) {
        return actorUntyped(constructor, x, y, z, u);
    }

    /** An actor whose constructor takes 5 arguments, references or wrapped values. */
    default <X, Y, Z, U, V, A> ActorCreation<A> actor(
            final Fn5<X, Y, Z, U, V, A> constructor,
            final Arg<X> x,
            final Arg<Y> y,
            final Arg<Z> z,
            final Arg<U> u,
            final Arg<V> v) {
        return actorUntyped(constructor, x, y, z, u, v);
    }

    /** An actor whose constructor takes 6 arguments, references or wrapped values. */
    default <X, Y, Z, U, V, W, A> ActorCreation<A> actor(
            final Fn6<X, Y, Z, U, V, W, A> constructor,
            final Arg<X> x,
            final Arg<Y> y,
            final Arg<Z> z,
            final Arg<U> u,
            final Arg<V> v,
            final Arg<W> w) {
        return actorUntyped(constructor, x, y, z, u, v, w);
    }
}
