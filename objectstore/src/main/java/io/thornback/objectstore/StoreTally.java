/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.ObjectEventKind;
import org.agrona.UnsafeApi;

/** Counts what leaves memory and comes back, in {@code store.dat}, and tells who listens. One thread, the agent. */
final class StoreTally {
    /** Hears what becomes of objects. */
    interface Listener {
        /** Called on the agent's thread; must not call the store. */
        void happened(ObjectEventKind kind, ObjectId id, long sizeBytes);
    }

    private final long storeAddress;
    private Listener listener = (kind, id, sizeBytes) -> {};

    StoreTally(final StoreFiles files) {
        this.storeAddress = files.storeAddress;
    }

    void listener(final Listener newListener) {
        listener = newListener;
    }

    void evicted(final ObjectId id, final long sizeBytes) {
        add(StoreDescriptor.EVICTED_OFFSET, 1);
        listener.happened(ObjectEventKind.EVICTED, id, sizeBytes);
    }

    void objects(final long count) {
        set(StoreDescriptor.OBJECTS_OFFSET, count);
    }

    void waiting(final long count) {
        set(StoreDescriptor.WAITING_OFFSET, count);
    }

    private void add(final int offset, final long delta) {
        set(offset, UnsafeApi.getLong(storeAddress + offset) + delta);
    }

    private void set(final int offset, final long value) {
        UnsafeApi.putLongRelease(null, storeAddress + offset, value);
    }
}
