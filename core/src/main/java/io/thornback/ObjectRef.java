/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import io.thornback.objectstore.ObjectId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A value that is, or will be, somewhere: the result of a task, or something put. It may be passed as an argument, where
 * it is resolved before the call, or travel inside a value, where it stays a reference.
 *
 * <p>When the process that made the reference has no use of it any more (no reachable reference, never sent inside a value), the
 * object behind it is deleted. Thread-safe.
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
     * @throws ThornbackException if no value can come: the worker, the actor or the node died.
     */
    T get();

    /**
     * As {@link #get()}, with a deadline.
     *
     * @throws GetTimeoutException if the value was not there in time.
     */
    T get(Duration timeout);

    /** Whether {@link #get()} would return or throw at once. */
    boolean isReady();

    /** A future with the value or the failure; its dependents run on the common pool. */
    CompletableFuture<T> toCompletableFuture();
}
