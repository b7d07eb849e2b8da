/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import io.thornback.ids.ActorId;
import java.io.Serializable;

/**
 * An object that lives in a process of its own and takes calls one after the other, unless it was created with more threads
 * ({@link ActorCreation#maxConcurrency}): the calls of one caller begin in the order in which they were made. May be sent to other tasks and actors. Thread-safe.
 *
 * @param <A> the actor's class.
 */
public interface ActorRef<A> {
    /** The id of the actor. */
    ActorId id();

    /**
     * The form without types: calls any function whose first parameter is the actor.
     *
     * @param function one of {@link Fn1} to {@link Fn6} or {@link VoidFn1} to {@link VoidFn6}: a method reference or a lambda that captures nothing.
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
    default <B, R> ObjectRef<R> call(final Fn2<? super A, B, R> method, final Arg<B> b) {
        return callUntyped(method, b);
    }

    /** Calls a method with two arguments. */
    default <B, C, R> ObjectRef<R> call(final Fn3<? super A, B, C, R> method, final B b, final C c) {
        return callUntyped(method, b, c);
    }

    /** Calls a method with three arguments. */
    default <B, C, D, R> ObjectRef<R> call(final Fn4<? super A, B, C, D, R> method, final B b, final C c, final D d) {
        return callUntyped(method, b, c, d);
    }

    /** Calls a method with four arguments. */
    default <B, C, D, E, R> ObjectRef<R> call(
            final Fn5<? super A, B, C, D, E, R> method, final B b, final C c, final D d, final E e) {
        return callUntyped(method, b, c, d, e);
    }

    /** Calls a method with five arguments. */
    default <B, C, D, E, F, R> ObjectRef<R> call(
            final Fn6<? super A, B, C, D, E, F, R> method, final B b, final C c, final D d, final E e, final F f) {
        return callUntyped(method, b, c, d, e, f);
    }

    /** Calls a method with two arguments, resolved before the call. */
    default <B, C, R> ObjectRef<R> call(final Fn3<? super A, B, C, R> method, final Arg<B> b, final Arg<C> c) {
        return callUntyped(method, b, c);
    }

    /** Calls a method with three arguments, resolved before the call. */
    default <B, C, D, R> ObjectRef<R> call(
            final Fn4<? super A, B, C, D, R> method, final Arg<B> b, final Arg<C> c, final Arg<D> d) {
        return callUntyped(method, b, c, d);
    }

    /** Calls a method with four arguments, resolved before the call. */
    default <B, C, D, E, R> ObjectRef<R> call(
            final Fn5<? super A, B, C, D, E, R> method,
            final Arg<B> b,
            final Arg<C> c,
            final Arg<D> d,
            final Arg<E> e) {
        return callUntyped(method, b, c, d, e);
    }

    /** Calls a method with five arguments, resolved before the call. */
    default <B, C, D, E, F, R> ObjectRef<R> call(
            final Fn6<? super A, B, C, D, E, F, R> method,
            final Arg<B> b,
            final Arg<C> c,
            final Arg<D> d,
            final Arg<E> e,
            final Arg<F> f) {
        return callUntyped(method, b, c, d, e, f);
    }

    /** Calls a void method without arguments. */
    default ObjectRef<Void> run(final VoidFn1<? super A> method) {
        return callUntyped(method);
    }

    /** Calls a void method with one argument. */
    default <B> ObjectRef<Void> run(final VoidFn2<? super A, B> method, final B b) {
        return callUntyped(method, b);
    }

    /** Calls a void method with one argument, resolved before the call. */
    default <B> ObjectRef<Void> run(final VoidFn2<? super A, B> method, final Arg<B> b) {
        return callUntyped(method, b);
    }

    /** Calls a void method with two arguments. */
    default <B, C> ObjectRef<Void> run(final VoidFn3<? super A, B, C> method, final B b, final C c) {
        return callUntyped(method, b, c);
    }

    /** Calls a void method with two arguments, resolved before the call. */
    default <B, C> ObjectRef<Void> run(final VoidFn3<? super A, B, C> method, final Arg<B> b, final Arg<C> c) {
        return callUntyped(method, b, c);
    }

    /** Calls a void method with three arguments. */
    default <B, C, D> ObjectRef<Void> run(final VoidFn4<? super A, B, C, D> method, final B b, final C c, final D d) {
        return callUntyped(method, b, c, d);
    }

    /** Calls a void method with three arguments, resolved before the call. */
    default <B, C, D> ObjectRef<Void> run(
            final VoidFn4<? super A, B, C, D> method, final Arg<B> b, final Arg<C> c, final Arg<D> d) {
        return callUntyped(method, b, c, d);
    }

    /** Calls a void method with four arguments. */
    default <B, C, D, E> ObjectRef<Void> run(
            final VoidFn5<? super A, B, C, D, E> method, final B b, final C c, final D d, final E e) {
        return callUntyped(method, b, c, d, e);
    }

    /** Calls a void method with four arguments, resolved before the call. */
    default <B, C, D, E> ObjectRef<Void> run(
            final VoidFn5<? super A, B, C, D, E> method,
            final Arg<B> b,
            final Arg<C> c,
            final Arg<D> d,
            final Arg<E> e) {
        return callUntyped(method, b, c, d, e);
    }

    /** Calls a void method with five arguments. */
    default <B, C, D, E, F> ObjectRef<Void> run(
            final VoidFn6<? super A, B, C, D, E, F> method, final B b, final C c, final D d, final E e, final F f) {
        return callUntyped(method, b, c, d, e, f);
    }

    /** Calls a void method with five arguments, resolved before the call. */
    default <B, C, D, E, F> ObjectRef<Void> run(
            final VoidFn6<? super A, B, C, D, E, F> method,
            final Arg<B> b,
            final Arg<C> c,
            final Arg<D> d,
            final Arg<E> e,
            final Arg<F> f) {
        return callUntyped(method, b, c, d, e, f);
    }

    /**
     * The same actor, whose calls through this reference run on the threads of one of its concurrency groups ({@link ActorCreation#concurrencyGroup}). If it has no group of the name,
     * the calls fail with {@link TaskException}.
     */
    ActorRef<A> inGroup(String name);

    /**
     * Has the actor end for good, after the calls that were made before by this process: as if one more call of it had called {@link Thornback#exitActor()}.
     *
     * @return ready when that call has run; fails as any other call if the actor died before.
     */
    ObjectRef<Void> terminate();

    /** Ends the actor at once and for good; calls that have not been answered fail with {@link ActorDiedException}. */
    default void kill() {
        kill(true);
    }

    /**
     * Ends the actor's process at once.
     *
     * @param noRestart whether that is for good. If not, it is as if the process had died by itself: the actor is created again while it has restarts left.
     */
    void kill(boolean noRestart);
}
