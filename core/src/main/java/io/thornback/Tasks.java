/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.io.Serializable;
import java.util.List;

/**
 * The typed forms in which a function and its arguments become a task. Each argument is a value, which is copied when the task is submitted,
 * or a reference, which is resolved before the call. All forms are {@link #taskUntyped} with the types checked by the compiler.
 */
public interface Tasks {
    /**
     * The form without types.
     *
     * @param function a {@link Fn0} to {@link Fn3}: a method reference or a lambda that captures nothing.
     * @param arguments as many as the function takes: values, {@link ObjectRef}s, {@link Gather}s.
     */
    <R> TaskCall<R> taskUntyped(Serializable function, Object... arguments);

    /** A task without arguments. */
    default <R> TaskCall<R> task(final Fn0<R> function) {
        return taskUntyped(function);
    }

    /** A task that takes a list of values; each reference is resolved before the call. */
    default <A, R> TaskCall<R> task(final Fn1<List<A>, R> function, final List<? extends ObjectRef<A>> refs) {
        return taskUntyped(function, new Gather<>(refs));
    }

    /** A task of 1 argument: value. */
    default <A, R> TaskCall<R> task(final Fn1<A, R> function, final A a) {
        return taskUntyped(function, a);
    }

    /** A task of 1 argument: reference. */
    default <A, R> TaskCall<R> task(final Fn1<A, R> function, final ObjectRef<A> a) {
        return taskUntyped(function, a);
    }

    /** A task of 2 arguments: value, value. */
    default <A, B, R> TaskCall<R> task(final Fn2<A, B, R> function, final A a, final B b) {
        return taskUntyped(function, a, b);
    }

    /** A task of 2 arguments: value, reference. */
    default <A, B, R> TaskCall<R> task(final Fn2<A, B, R> function, final A a, final ObjectRef<B> b) {
        return taskUntyped(function, a, b);
    }

    /** A task of 2 arguments: reference, value. */
    default <A, B, R> TaskCall<R> task(final Fn2<A, B, R> function, final ObjectRef<A> a, final B b) {
        return taskUntyped(function, a, b);
    }

    /** A task of 2 arguments: reference, reference. */
    default <A, B, R> TaskCall<R> task(final Fn2<A, B, R> function, final ObjectRef<A> a, final ObjectRef<B> b) {
        return taskUntyped(function, a, b);
    }

    /** A task of 3 arguments: value, value, value. */
    default <A, B, C, R> TaskCall<R> task(final Fn3<A, B, C, R> function, final A a, final B b, final C c) {
        return taskUntyped(function, a, b, c);
    }

    /** A task of 3 arguments: value, value, reference. */
    default <A, B, C, R> TaskCall<R> task(final Fn3<A, B, C, R> function, final A a, final B b, final ObjectRef<C> c) {
        return taskUntyped(function, a, b, c);
    }

    /** A task of 3 arguments: value, reference, value. */
    default <A, B, C, R> TaskCall<R> task(final Fn3<A, B, C, R> function, final A a, final ObjectRef<B> b, final C c) {
        return taskUntyped(function, a, b, c);
    }

    /** A task of 3 arguments: value, reference, reference. */
    default <A, B, C, R> TaskCall<R> task(
            final Fn3<A, B, C, R> function, final A a, final ObjectRef<B> b, final ObjectRef<C> c) {
        return taskUntyped(function, a, b, c);
    }

    /** A task of 3 arguments: reference, value, value. */
    default <A, B, C, R> TaskCall<R> task(final Fn3<A, B, C, R> function, final ObjectRef<A> a, final B b, final C c) {
        return taskUntyped(function, a, b, c);
    }

    /** A task of 3 arguments: reference, value, reference. */
    default <A, B, C, R> TaskCall<R> task(
            final Fn3<A, B, C, R> function, final ObjectRef<A> a, final B b, final ObjectRef<C> c) {
        return taskUntyped(function, a, b, c);
    }

    /** A task of 3 arguments: reference, reference, value. */
    default <A, B, C, R> TaskCall<R> task(
            final Fn3<A, B, C, R> function, final ObjectRef<A> a, final ObjectRef<B> b, final C c) {
        return taskUntyped(function, a, b, c);
    }

    /** A task of 3 arguments: reference, reference, reference. */
    default <A, B, C, R> TaskCall<R> task(
            final Fn3<A, B, C, R> function, final ObjectRef<A> a, final ObjectRef<B> b, final ObjectRef<C> c) {
        return taskUntyped(function, a, b, c);
    }
}
