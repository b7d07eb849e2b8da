/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import java.lang.ref.PhantomReference;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The pins of a client, and what gives them back: for each entry of the pin table the reference that the garbage collector
 * reports when the buffer is unreachable. Any thread; no lock on pin and unpin.
 */
final class ClientPins {
    private static final int GC_ROUNDS = 4;
    private static final long GC_WAIT_NS = 500_000_000;
    private static final long GC_POLL_NS = 1_000_000;

    /**
     * Roots of this JVM: references that must themselves be reachable, whatever becomes of the client. A NIO buffer knows nothing of its
     * client; the entry here does, and so keeps the memory mapped.
     */
    private static final Set<Object> ALIVE = ConcurrentHashMap.newKeySet();

    private final PinTable table;
    /** Makes the references themselves reachable. A slot's element is replaced by its next user. */
    private final AtomicReferenceArray<ObjectBuffer.PinReference> references;

    private volatile Runnable whenEmpty;

    ClientPins(final PinTable table) {
        this.table = table;
        this.references = new AtomicReferenceArray<>(table.slots());
    }

    /** Unmaps the store's files when no client and no view of theirs can be reached. */
    static void unmapWhenUnreachable(final ObjectStoreClient client, final ClientFiles files) {
        ALIVE.add(new Mapping(client, files));
    }

    /**
     * Pins a cell.
     *
     * @return the entry
     * @throws PinTableFullException if none is free, even after unreachable buffers were given back
     */
    int pin(final int cell, final long tick) {
        final int slot = table.pin(cell, tick);
        return slot == PinTable.FULL ? pinAfterCollection(cell, tick) : slot;
    }

    void unpin(final int slot) {
        Steps.reached(Step.UNPIN_BEGUN);
        table.unpin(slot);
        Steps.reached(Step.UNPINNED);
        final Runnable last = whenEmpty;
        if (last != null && table.pinned() == 0) {
            last.run();
        }
    }

    /** Says that this client has left, for good. */
    void leave() {
        table.leave();
    }

    int pinned() {
        return table.pinned();
    }

    /** Keeps the reference of the buffer that holds the entry. Plain order is enough: the collector stops all threads. */
    void track(final int slot, final ObjectBuffer.PinReference reference) {
        if (references.getPlain(slot) != reference) {
            references.setRelease(slot, reference);
        }
    }

    /**
     * Closes the buffers that are open.
     *
     * @param later what to do when the last pin goes, if slices hold some
     * @return true if no pin is left
     */
    boolean closeAll(final Runnable later) {
        for (int i = 0; i < references.length(); i++) {
            final ObjectBuffer.PinReference reference = references.get(i);
            if (reference != null && reference.get() instanceof ObjectBuffer buffer) {
                buffer.close();
            }
        }
        whenEmpty = later;
        return table.pinned() == 0;
    }

    /** A read-only NIO buffer whose reachability, and that of its slices and duplicates, keeps the owner reachable. */
    static ByteBuffer keptByteBuffer(
            final Object owner, final MappedFile arena, final long arenaOffset, final int length) {
        return writableByteBuffer(owner, arena, arenaOffset, length).asReadOnlyBuffer();
    }

    /** The same, writable. All buffers derived from this one refer to it. */
    static ByteBuffer writableByteBuffer(
            final Object owner, final MappedFile arena, final long arenaOffset, final int length) {
        final ByteBuffer base = arena.byteBuffer(arenaOffset, length);
        ALIVE.add(new KeptBuffer(base, owner));
        return base;
    }

    /** As java.nio does when direct memory runs out: buffers that nobody can reach hold what is wanted. Waits for 2 s at most. */
    private int pinAfterCollection(final int cell, final long tick) {
        int slot = PinTable.FULL;
        for (int round = 0; round < GC_ROUNDS && slot == PinTable.FULL; round++) {
            System.gc();
            final long deadlineNs = System.nanoTime() + GC_WAIT_NS;
            slot = table.pin(cell, tick);
            while (slot == PinTable.FULL && System.nanoTime() - deadlineNs < 0) {
                LockSupport.parkNanos(GC_POLL_NS);
                slot = table.pin(cell, tick);
            }
        }
        if (slot == PinTable.FULL) {
            throw new PinTableFullException(table.slots());
        }
        return slot;
    }

    /** Keeps the owner of a NIO buffer reachable until the buffer is not. */
    private static final class KeptBuffer extends PhantomReference<Object> implements Reclaimer.Reclaimable {
        @SuppressWarnings("UnusedVariable") // its job is to be referred to
        private final Object owner;

        KeptBuffer(final ByteBuffer buffer, final Object owner) {
            super(buffer, Reclaimer.QUEUE);
            this.owner = owner;
        }

        @Override
        public boolean reclaim() {
            ALIVE.remove(this);
            return true;
        }
    }

    /** The mapped files of a client, which its pins are given back in. */
    private static final class Mapping extends PhantomReference<Object> implements Reclaimer.Reclaimable {
        private final ClientFiles files;

        Mapping(final ObjectStoreClient client, final ClientFiles files) {
            super(client, Reclaimer.QUEUE);
            this.files = files;
        }

        @Override
        public boolean reclaim() {
            ALIVE.remove(this);
            files.close();
            return true;
        }
    }
}
