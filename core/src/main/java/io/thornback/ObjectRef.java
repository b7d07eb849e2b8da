/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import io.thornback.objectstore.ObjectId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A value that is, or will be, somewhere: the result of a task, or something put. It may be passed as an argument, where
 * it is resolved before the call, or travel inside a value, where it stays a reference.
 *
 * <p>The object goes when its last reference goes: when no process of the job has a reachable reference to it, and no stored value contains one. What the store has lost (a
 * damaged disk, a delete by hand) is made again by running its task again, where that may be retried. Thread-safe.
 *
 * @param <T> type of the value.
 */
public interface ObjectRef<T> extends Arg<T> {
    /** The id of the object, known before it exists. */
    ObjectId id();

    /**
     * Waits for the value, for as long as the task can still end; a report is logged every so often.
     *
     * @return the value; for an object that was written through {@link ObjectStore#create} an
     *     {@link io.thornback.objectstore.ObjectBuffer} that the caller closes.
     * @throws TaskException if the task threw.
     * @throws TaskCancelledException if it was cancelled.
     * @throws OwnerDiedException if the process that submitted the task died first.
     * @throws ObjectLostException if it was there, is lost, and cannot be made again.
     * @throws ThornbackException if no value can come: the worker, the actor or the node died.
     */
    T get();

    /**
     * As {@link #get()}, with a deadline.
     *
     * @throws GetTimeoutException if the value was not there in time.
     */
    T get(Duration timeout);

    /**
     * Gives up the task that makes this object; {@code get} throws {@link TaskCancelledException} from now on. If it has not begun it never will; if it runs, its thread is interrupted, and
     * whether it heeds that is up to it. It is not run again. What it has submitted itself and has not ended by then is given up with it. The same for the call of an actor.
     *
     * @return false if there is nothing to give up: the task has ended, the object was put, or another process submitted the task.
     */
    boolean cancel();

    /**
     * As {@link #cancel()}, and the process of a task that runs is killed. With a node in this JVM ({@link Thornback#startLocal()}) there is no such process, and this does no more than
     * {@link #cancel()}.
     *
     * @throws IllegalArgumentException for the call of an actor: that would kill the actor, as {@link ActorRef#kill} does.
     */
    boolean cancelForcibly();

    /** Whether {@link #get()} would return or throw at once. */
    boolean isReady();

    /** A future with the value or the failure; its dependents run on the common pool. */
    CompletableFuture<T> toCompletableFuture();
}
