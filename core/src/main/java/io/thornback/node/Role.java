/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.LogSettings;

/**
 * One part of a node: gcs, objectstore, raylet. The same object runs in a process of its own or beside the others in one
 * JVM; it cannot tell which. It has a public constructor without parameters, reads what it needs from the context, keeps its
 * state in agents of its own, and touches neither standard input and output nor the JVM's shutdown.
 *
 * <p>The host calls {@link #prepare}, {@link #start} and {@link #stop} or {@link #leave} once each, in this order, from one thread at a time;
 * {@code stop} also comes after a {@code prepare} or {@code start} that threw.
 */
public interface Role {

    /**
     * Does what needs no other role (loads classes, makes files and inboxes) while those are still starting. The context's
     * facts are not there yet.
     *
     * @throws Exception to fail the start; the message goes to the operator
     */
    default void prepare(RoleContext context) throws Exception {}

    /**
     * Starts the role's agents and returns; {@link RoleContext#ready} is called when it serves, from any thread, before or
     * after the return.
     *
     * @throws Exception to fail the start; the message goes to the operator
     */
    void start(RoleContext context) throws Exception;

    /**
     * Takes no more work from outside: the node is to stop. What was taken on goes on, with all that comes of it. Of a role that is ready, at most once; {@link #stop} comes afterwards, and may come before
     * the answer.
     *
     * @param done to be run when nothing of it is left, at most once, on any thread; it does not block
     */
    default void drain(Runnable done) {
        done.run();
    }

    /** How logs are written has changed, and this process's own is open again: told to a role that has processes of its own or writes other files. */
    default void reload(LogSettings logs) {}

    /**
     * Finishes what can be finished within the time, ends all threads and processes of the role and releases its files.
     * What is left when the time is over is killed.
     *
     * @param timeoutMs time for it
     * @throws Exception is logged; the node stops all the same
     */
    void stop(long timeoutMs) throws Exception;

    /**
     * In place of stop when somebody else than the node ends this process, by SIGTERM: a role that a new process can take over leaves everything to
     * that.
     *
     * @param timeoutMs time for it
     * @throws Exception is logged
     */
    default void leave(long timeoutMs) throws Exception {
        stop(timeoutMs);
    }
}
