/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import io.thornback.ids.JobId;
import io.thornback.runtime.Connector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A program's connection to its node: put and get objects, run tasks, make actors. One a program is enough; any number of threads
 * may use it. Closing it ends the job: its tasks are dropped, its actors and workers end, its objects are deleted.
 */
public interface Thornback extends Tasks, Actors, AutoCloseable {
    /**
     * Attaches to the node that runs on this host for this user.
     *
     * @throws NodeNotFoundException if none runs.
     * @throws ThornbackException if node and program speak different versions, or the JVM lacks a flag (the message has the line to add).
     */
    static Thornback connect() {
        return Connector.connect(ConnectOptions.defaults());
    }

    /** As {@link #connect()}, with another directory, name or time-out. */
    static Thornback connect(final ConnectOptions options) {
        return Connector.connect(options);
    }

    /**
     * Hosts a node of the same parts in this JVM, for tests and a first try; {@link #close()} ends it.
     *
     * @throws ThornbackException as {@link #connect()}.
     */
    static Thornback startLocal() {
        return Connector.startLocal(LocalOptions.defaults());
    }

    /** As {@link #startLocal()}, with other sizes. */
    static Thornback startLocal(final LocalOptions options) {
        return Connector.startLocal(options);
    }

    /**
     * The connection of the task or actor that this thread runs; in a driver, the last one opened and not closed.
     *
     * @throws ThornbackException if there is none.
     */
    static Thornback current() {
        return Connector.current();
    }

    /**
     * Copies a value into the store: primitive arrays with one copy, other values as Apache Fory writes them.
     *
     * @throws ThornbackException if the value cannot be written.
     */
    <T> ObjectRef<T> put(T value);

    /** {@link ObjectRef#get()} of each; the first failure in the order of the list is thrown. */
    <T> List<T> get(List<? extends ObjectRef<T>> refs);

    /**
     * As {@link #get(List)} with one deadline for all.
     *
     * @throws GetTimeoutException if a value was not there in time.
     */
    <T> List<T> get(List<? extends ObjectRef<T>> refs, Duration timeout);

    /**
     * Waits until {@code count} of the references are ready (value or failure), or the time has passed.
     *
     * @param refs without null; an empty list gives two empty lists.
     * @param count from 1 to the length of the list.
     * @param timeout zero asks and does not wait.
     */
    <T> WaitResult<T> wait(List<? extends ObjectRef<T>> refs, int count, Duration timeout);

    /** The shared memory of this node. */
    ObjectStore store();

    /** The actor of this name in this connection's namespace that lives, starts or is being restarted, if there is one. */
    <A> Optional<ActorRef<A>> getActor(String name, Class<A> type);

    /** As the other form, in another namespace. */
    <A> Optional<ActorRef<A>> getActor(String name, String namespace, Class<A> type);

    /**
     * For an actor's own use, on the thread that runs one of its calls: the actor ends for good when this call has returned. Its result is sent, and so are those of
     * all calls that came before it; calls that came later are not run and fail with {@link ActorDiedException}. Its process ends in order, shutdown hooks included; it is not restarted.
     *
     * @throws IllegalStateException on a thread that runs no actor's call.
     */
    void exitActor();

    /** Where this connection's actors have their names, and where it looks for others; see {@link ConnectOptions#withNamespace}. */
    String namespace();

    /** The job that this connection is. */
    JobId job();

    /** Where this thread runs: job, node, task. */
    RuntimeContext runtimeContext();

    /** The id of the node, as hexadecimal digits. */
    String nodeId();

    /** Ends the job and lets go of the node. Idempotent. */
    @Override
    void close();
}
