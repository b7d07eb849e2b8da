/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.io.Serializable;
import java.util.List;

/**
 * The typed forms in which a function and its arguments become a task. Each argument is a value, which is copied when the task is submitted,
 * or a reference, which is resolved before the call. From four arguments on, and in the forms with {@link Arg}, all are values or all are {@link Arg}s: a value among references is wrapped
 * by {@link Arg#of}. What has no result is a {@link VoidFn0} to {@link VoidFn6}, given to {@code run}: its reference tells when it has ended, and throws what it threw; if nobody asks for that, it
 * is logged. All forms are {@link #taskUntyped} with the types checked by the compiler.
 */
public interface Tasks {
    /**
     * The form without types.
     *
     * @param function a {@link Fn0} to {@link Fn6} or {@link VoidFn0} to {@link VoidFn6}: a method reference or a lambda that captures nothing.
     * @param arguments as many as the function takes: values and {@link Arg}s, in any order.
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

    /** A task of 2 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, R> TaskCall<R> task(final Fn2<A, B, R> function, final Arg<A> a, final Arg<B> b) {
        return taskUntyped(function, a, b);
    }

    /** A task of 3 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, C, R> TaskCall<R> task(
            final Fn3<A, B, C, R> function, final Arg<A> a, final Arg<B> b, final Arg<C> c) {
        return taskUntyped(function, a, b, c);
    }

    /** A task of 4 arguments: values. */
    default <A, B, C, D, R> TaskCall<R> task(
            final Fn4<A, B, C, D, R> function, final A a, final B b, final C c, final D d) {
        return taskUntyped(function, a, b, c, d);
    }

    /** A task of 4 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, C, D, R> TaskCall<R> task(
            final Fn4<A, B, C, D, R> function, final Arg<A> a, final Arg<B> b, final Arg<C> c, final Arg<D> d) {
        return taskUntyped(function, a, b, c, d);
    }

    /** A task of 5 arguments: values. */
    default <A, B, C, D, E, R> TaskCall<R> task(
            final Fn5<A, B, C, D, E, R> function, final A a, final B b, final C c, final D d, final E e) {
        return taskUntyped(function, a, b, c, d, e);
    }

    /** A task of 5 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, C, D, E, R> TaskCall<R> task(
            final Fn5<A, B, C, D, E, R> function,
            final Arg<A> a,
            final Arg<B> b,
            final Arg<C> c,
            final Arg<D> d,
            final Arg<E> e) {
        return taskUntyped(function, a, b, c, d, e);
    }

    /** A task of 6 arguments: values. */
    default <A, B, C, D, E, F, R> TaskCall<R> task(
            final Fn6<A, B, C, D, E, F, R> function, final A a, final B b, final C c, final D d, final E e, final F f) {
        return taskUntyped(function, a, b, c, d, e, f);
    }

    /** A task of 6 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, C, D, E, F, R> TaskCall<R> task(
            final Fn6<A, B, C, D, E, F, R> function,
            final Arg<A> a,
            final Arg<B> b,
            final Arg<C> c,
            final Arg<D> d,
            final Arg<E> e,
            final Arg<F> f) {
        return taskUntyped(function, a, b, c, d, e, f);
    }

    /** A task of any number of arguments of one type: references, wrapped values. */
    default <A, R> TaskCall<R> taskOf(final FnN<A, R> function, final List<? extends Arg<A>> arguments) {
        return taskUntyped(function, new Spread<>(arguments));
    }

    /** A task that puts many items, one after the other, into its {@link Yield}; handed over by {@link TaskCall#stream()}. */
    default <T> TaskCall<Void> generate(final VoidFn1<Yield<T>> function) {
        return taskUntyped(function);
    }

    /** As {@link #generate(VoidFn1)}, of 1 argument: values. */
    default <A, T> TaskCall<Void> generate(final VoidFn2<A, Yield<T>> function, final A a) {
        return taskUntyped(function, a);
    }

    /** As {@link #generate(VoidFn1)}, of 1 argument: references, {@link Gather}s, wrapped values. */
    default <A, T> TaskCall<Void> generate(final VoidFn2<A, Yield<T>> function, final Arg<A> a) {
        return taskUntyped(function, a);
    }

    /** As {@link #generate(VoidFn1)}, of 2 arguments: values. */
    default <A, B, T> TaskCall<Void> generate(final VoidFn3<A, B, Yield<T>> function, final A a, final B b) {
        return taskUntyped(function, a, b);
    }

    /** As {@link #generate(VoidFn1)}, of 2 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, T> TaskCall<Void> generate(final VoidFn3<A, B, Yield<T>> function, final Arg<A> a, final Arg<B> b) {
        return taskUntyped(function, a, b);
    }

    /** As {@link #generate(VoidFn1)}, of 3 arguments: values. */
    default <A, B, C, T> TaskCall<Void> generate(
            final VoidFn4<A, B, C, Yield<T>> function, final A a, final B b, final C c) {
        return taskUntyped(function, a, b, c);
    }

    /** As {@link #generate(VoidFn1)}, of 3 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, C, T> TaskCall<Void> generate(
            final VoidFn4<A, B, C, Yield<T>> function, final Arg<A> a, final Arg<B> b, final Arg<C> c) {
        return taskUntyped(function, a, b, c);
    }

    /** A procedure without arguments. */
    default TaskCall<Void> run(final VoidFn0 function) {
        return taskUntyped(function);
    }

    /** A procedure that takes a list of values; each reference is resolved before the call. */
    default <A> TaskCall<Void> run(final VoidFn1<List<A>> function, final List<? extends ObjectRef<A>> refs) {
        return taskUntyped(function, new Gather<>(refs));
    }

    /** A procedure of 1 argument: values. */
    default <A> TaskCall<Void> run(final VoidFn1<A> function, final A a) {
        return taskUntyped(function, a);
    }

    /** A procedure of 1 argument: references, {@link Gather}s, wrapped values. */
    default <A> TaskCall<Void> run(final VoidFn1<A> function, final Arg<A> a) {
        return taskUntyped(function, a);
    }

    /** A procedure of 2 arguments: values. */
    default <A, B> TaskCall<Void> run(final VoidFn2<A, B> function, final A a, final B b) {
        return taskUntyped(function, a, b);
    }

    /** A procedure of 2 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B> TaskCall<Void> run(final VoidFn2<A, B> function, final Arg<A> a, final Arg<B> b) {
        return taskUntyped(function, a, b);
    }

    /** A procedure of 3 arguments: values. */
    default <A, B, C> TaskCall<Void> run(final VoidFn3<A, B, C> function, final A a, final B b, final C c) {
        return taskUntyped(function, a, b, c);
    }

    /** A procedure of 3 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, C> TaskCall<Void> run(
            final VoidFn3<A, B, C> function, final Arg<A> a, final Arg<B> b, final Arg<C> c) {
        return taskUntyped(function, a, b, c);
    }

    /** A procedure of 4 arguments: values. */
    default <A, B, C, D> TaskCall<Void> run(
            final VoidFn4<A, B, C, D> function, final A a, final B b, final C c, final D d) {
        return taskUntyped(function, a, b, c, d);
    }

    /** A procedure of 4 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, C, D> TaskCall<Void> run(
            final VoidFn4<A, B, C, D> function, final Arg<A> a, final Arg<B> b, final Arg<C> c, final Arg<D> d) {
        return taskUntyped(function, a, b, c, d);
    }

    /** A procedure of 5 arguments: values. */
    default <A, B, C, D, E> TaskCall<Void> run(
            final VoidFn5<A, B, C, D, E> function, final A a, final B b, final C c, final D d, final E e) {
        return taskUntyped(function, a, b, c, d, e);
    }

    /** A procedure of 5 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, C, D, E> TaskCall<Void> run(
            final VoidFn5<A, B, C, D, E> function,
            final Arg<A> a,
            final Arg<B> b,
            final Arg<C> c,
            final Arg<D> d,
            final Arg<E> e) {
        return taskUntyped(function, a, b, c, d, e);
    }

    /** A procedure of 6 arguments: values. */
    default <A, B, C, D, E, F> TaskCall<Void> run(
            final VoidFn6<A, B, C, D, E, F> function,
            final A a,
            final B b,
            final C c,
            final D d,
            final E e,
            final F f) {
        return taskUntyped(function, a, b, c, d, e, f);
    }

    /** A procedure of 6 arguments: references, {@link Gather}s, wrapped values. */
    default <A, B, C, D, E, F> TaskCall<Void> run(
            final VoidFn6<A, B, C, D, E, F> function,
            final Arg<A> a,
            final Arg<B> b,
            final Arg<C> c,
            final Arg<D> d,
            final Arg<E> e,
            final Arg<F> f) {
        return taskUntyped(function, a, b, c, d, e, f);
    }
}
