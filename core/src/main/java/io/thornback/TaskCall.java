/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.util.List;

/**
 * A task that is about to be submitted, and what it needs. Not thread-safe; used once.
 *
 * @param <R> type of the result.
 */
public interface TaskCall<R> {
    /** CPUs that the task holds while it runs; 1 unless said otherwise; multiples of 1/10,000. */
    TaskCall<R> cpus(double cpus);

    /** Memory in bytes that the task holds while it runs, and that its worker process has at least; 0 unless said otherwise. */
    TaskCall<R> memory(long bytes);

    /** Any resource that the node was given a number of. */
    TaskCall<R> resource(String name, double amount);

    /** Graphics processors, the resource {@value Resource#GPU}; 0 unless said otherwise; multiples of 1/10,000. */
    default TaskCall<R> gpus(final double gpus) {
        return resource(Resource.GPU, gpus);
    }

    /** As {@link #resource}, for as many as are given. */
    default TaskCall<R> require(final Resource... resources) {
        for (final Resource each : resources) {
            resource(each.name(), each.amount());
        }
        return this;
    }

    /** Only on nodes whose labels meet all these conditions and those given before. What no node meets waits, and is reported. */
    TaskCall<R> labels(Label... conditions);

    /**
     * In a worker with this environment instead of the job's.
     *
     * @throws IllegalArgumentException if a jar or the working directory is not there, or if jars are named by other than a driver.
     */
    TaskCall<R> environment(RuntimeEnvironment environment);

    /** On the least used of the nodes that can run it; without this the local node comes first until it is half used. */
    TaskCall<R> spread();

    /**
     * On this node and no other.
     *
     * @param nodeId as {@code thornback status --json} tells it.
     * @throws IllegalArgumentException if that is no node's id.
     */
    TaskCall<R> onNode(String nodeId);

    /** On this node; on another if it is gone or can never run this. */
    TaskCall<R> preferNode(String nodeId);

    /** How often the task is run again when its worker dies; 3 unless said otherwise. What the task itself throws is retried only where {@link #retryOn} says so. */
    TaskCall<R> retries(int retries);

    /**
     * The task is run again, as often as {@link #retries} allows for all reasons together, when it throws an exception of this class or of one that extends it.
     * May be said of several classes. Causes are not looked at. {@link RuntimeContext#attempt()} tells it which attempt it is; what the last one throws is the result.
     */
    TaskCall<R> retryOn(Class<? extends Throwable> type);

    /** As {@link #retryOn}, for every {@link Exception}; an {@link Error} is not retried. */
    TaskCall<R> retryOnException();

    /** What the task is called in errors and lists; its method's name unless said otherwise. */
    TaskCall<R> name(String name);

    /**
     * The function gives a {@link List} or an array of exactly so many values, and each becomes an object of its own; then the task is handed over by
     * {@link #submitAll()}. They come together: a task that gives another number, throws, is cancelled or lost fails all of them.
     *
     * @param count from 1 to 65,536.
     */
    TaskCall<R> returns(int count);

    /**
     * As {@link #submit()}, for a task that {@link #returns} several objects.
     *
     * @param <T> type of the elements of the list or array: what the caller says it is, as in a cast, for the compiler knows only R.
     * @return their references, in the order of the list.
     * @throws IllegalStateException if the number was not said.
     */
    <T> List<ObjectRef<T>> submitAll();

    /**
     * How many items of a {@link #stream()} the task may make ahead of those that have been taken; 64 unless said otherwise.
     *
     * @param items from 1 to 65,536.
     */
    TaskCall<R> window(int items);

    /**
     * As {@link #submit()}, for a task that makes many objects one after the other, which can be taken while it runs: the function gives an {@link java.util.Iterator}, an {@link Iterable} or
     * a {@link java.util.stream.BaseStream}, or puts its items into a {@link Yield} ({@link Tasks#generate}).
     *
     * @param <T> type of the items: what the caller says it is, as in a cast.
     * @throws IllegalStateException if it {@link #returns} several objects.
     */
    <T> ObjectRefStream<T> stream();

    /**
     * Hands the task over. Returns at once unless too many tasks are in flight; then it waits for one to end.
     *
     * @throws IllegalArgumentException if the function captures a variable.
     * @throws IllegalStateException if it {@link #returns} several objects.
     * @throws ThornbackException if function or arguments cannot be sent, or the node has stopped.
     */
    ObjectRef<R> submit();
}
