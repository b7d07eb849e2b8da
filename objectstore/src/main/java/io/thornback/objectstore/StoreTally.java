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

    /** An object was written to disk; it may still be in memory. */
    void spilled(final Spilled object) {
        listener.happened(ObjectEventKind.SPILLED, object.id, object.dataBytes());
    }

    /** An object was read back; the index has so many now. */
    void restored(final Spilled object, final long live) {
        add(StoreDescriptor.RESTORED_OFFSET, 1);
        objects(live);
        listener.happened(ObjectEventKind.RESTORED, object.id, object.dataBytes());
    }

    void lost(final Spilled object) {
        add(StoreDescriptor.LOST_OFFSET, 1);
        add(StoreDescriptor.SPILL_ERRORS_OFFSET, 1);
        listener.happened(ObjectEventKind.LOST, object.id, object.dataBytes());
    }

    /** What is on disk has changed by that much. */
    void onDisk(final int objects, final long sizeBytes) {
        add(StoreDescriptor.SPILLED_OFFSET, objects);
        add(StoreDescriptor.SPILLED_BYTES_OFFSET, sizeBytes);
    }

    /** A store that has taken files over counts anew what is on disk. */
    void nothingOnDisk() {
        set(StoreDescriptor.SPILLED_OFFSET, 0);
        set(StoreDescriptor.SPILLED_BYTES_OFFSET, 0);
    }

    void spillErrors(final long more) {
        if (more > 0) {
            add(StoreDescriptor.SPILL_ERRORS_OFFSET, more);
        }
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
