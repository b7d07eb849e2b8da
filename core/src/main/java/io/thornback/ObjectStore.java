/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import java.time.Duration;

/**
 * The shared memory of the node, as bytes. Reading and writing need no other process: an object is written in place and made
 * visible by {@link ObjectWriter#seal()}, and read where it lies. Thread-safe.
 */
public interface ObjectStore {
    /**
     * Memory for a new object.
     *
     * @param sizeBytes 0 or more; may be over 2 GiB.
     * @throws io.thornback.objectstore.ObjectStoreException if the store is full (says what holds the memory) or the object is larger than the store.
     */
    ObjectWriter create(long sizeBytes);

    /**
     * Copies bytes into a new object.
     *
     * @return a reference whose value is an {@link ObjectBuffer}.
     */
    ObjectRef<ObjectBuffer> put(byte[] bytes);

    /**
     * A view of a sealed object of this node, pinned until it is closed.
     *
     * @return the view, or null if there is no such object now.
     */
    ObjectBuffer get(ObjectId id);

    /**
     * As {@link #get(ObjectId)}; waits until the object is sealed.
     *
     * @throws GetTimeoutException if it was not sealed in time.
     */
    ObjectBuffer get(ObjectId id, Duration timeout);

    /** Whether the object is sealed on this node; asks the store if it is not found at once. */
    boolean contains(ObjectId id);

    /** Deletes an object; those who read it keep what they read. Deleting what is not there does nothing. */
    void delete(ObjectId id);
}
