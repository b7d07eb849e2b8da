/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static io.thornback.transport.ipc.InboxDescriptor.FUTEX_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.HEIR_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.INCARNATION_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.LANE_CAPACITY_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.MAGIC;
import static io.thornback.transport.ipc.InboxDescriptor.MAGIC_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.NOTIFIED;
import static io.thornback.transport.ipc.InboxDescriptor.OWNER_PID_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.OWNER_START_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.PARKED;
import static io.thornback.transport.ipc.InboxDescriptor.RUNNING;
import static io.thornback.transport.ipc.InboxDescriptor.SCHEMA_VERSION_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.SIGNAL_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.SLOT_COUNT_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.SLOT_PRODUCER_START_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.SLOT_WORD_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.STATE_CLOSED;
import static io.thornback.transport.ipc.InboxDescriptor.STATE_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.STATE_OPEN;
import static io.thornback.transport.ipc.InboxDescriptor.SWEEP_WANTED_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.VERSION_OFFSET;
import static io.thornback.transport.ipc.InboxDescriptor.doorbellOffset;
import static io.thornback.transport.ipc.InboxDescriptor.fileLength;
import static io.thornback.transport.ipc.InboxDescriptor.isSlotCount;
import static io.thornback.transport.ipc.InboxDescriptor.slotOffset;

import io.thornback.posix.Futex;
import io.thornback.posix.MappedFile;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.wire.WireVersion;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A mapped inbox file: flyweight over {@link InboxDescriptor} for both sides. Header values are read once, checked, and
 * kept in fields; memory is not asked for them again. Not closed concurrently with use: callers hold a {@link UseCount}.
 */
final class InboxFile implements AutoCloseable {
    private final MappedFile file;
    private final UnsafeBuffer buffer;
    private final long futexAddress;
    final String name;
    final int laneCapacity;
    final int slotCount;
    final int incarnation;
    final ProcessIdentity owner;

    private InboxFile(MappedFile file, String name) {
        this.file = file;
        this.name = name;
        this.buffer = file.buffer(0, (int) file.sizeBytes());
        this.futexAddress = file.address() + FUTEX_OFFSET;
        this.laneCapacity = buffer.getInt(LANE_CAPACITY_OFFSET);
        this.slotCount = buffer.getInt(SLOT_COUNT_OFFSET);
        this.incarnation = buffer.getInt(INCARNATION_OFFSET);
        this.owner = new ProcessIdentity(buffer.getLong(OWNER_PID_OFFSET), buffer.getLong(OWNER_START_OFFSET));
    }

    /** Makes a complete, open inbox in a file of a temporary name; the caller links it to its real one. */
    static InboxFile create(Path temporary, String name, InboxOptions options, int incarnation, ProcessIdentity owner) {
        MappedFile file = MappedFile.create(temporary, fileLength(options.slots()));
        UnsafeBuffer buffer = file.buffer(0, (int) file.sizeBytes());
        buffer.putInt(MAGIC_OFFSET, MAGIC);
        buffer.putInt(SCHEMA_VERSION_OFFSET, WireVersion.SCHEMA);
        buffer.putInt(LANE_CAPACITY_OFFSET, options.laneCapacityBytes());
        buffer.putInt(SLOT_COUNT_OFFSET, options.slots());
        buffer.putInt(INCARNATION_OFFSET, incarnation);
        buffer.putLong(OWNER_PID_OFFSET, owner.pid());
        buffer.putLong(OWNER_START_OFFSET, owner.startTicks());
        buffer.putInt(STATE_OFFSET, STATE_OPEN);
        buffer.putIntRelease(VERSION_OFFSET, WireVersion.LAYOUT);
        return new InboxFile(file, name);
    }

    /**
     * Maps and checks a published inbox.
     *
     * @throws PeerVersionException if it was made by another version
     * @throws CorruptLaneException if it is no inbox
     */
    static InboxFile attach(Path path, String name) {
        MappedFile file = MappedFile.open(path);
        try {
            check(file, path);
            return new InboxFile(file, name);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void check(MappedFile file, Path path) {
        String where = "inbox file " + path;
        if (file.sizeBytes() < STATE_OFFSET) {
            throw new CorruptLaneException(where, "sizeBytes=" + file.sizeBytes() + " is less than a header");
        }
        UnsafeBuffer buffer = file.buffer(0, STATE_OFFSET); // the same in all versions
        int layout = buffer.getIntVolatile(VERSION_OFFSET); // pairs with the release in create
        int magic = buffer.getInt(MAGIC_OFFSET);
        if (magic != MAGIC) {
            throw new CorruptLaneException(where, "magic=0x" + Integer.toHexString(magic) + " is not that of an inbox");
        }
        if (layout != WireVersion.LAYOUT) {
            throw new PeerVersionException(where, "layout", WireVersion.LAYOUT, layout);
        }
        int schema = buffer.getInt(SCHEMA_VERSION_OFFSET);
        if (schema != WireVersion.SCHEMA) {
            throw new PeerVersionException(where, "schema", WireVersion.SCHEMA, schema);
        }
        int capacity = buffer.getInt(LANE_CAPACITY_OFFSET);
        int slots = buffer.getInt(SLOT_COUNT_OFFSET);
        if (!LaneDescriptor.isCapacity(capacity) || !isSlotCount(slots) || file.sizeBytes() != fileLength(slots)) {
            throw new CorruptLaneException(
                    where,
                    "laneCapacity=" + capacity + " slotCount=" + slots + " sizeBytes=" + file.sizeBytes()
                            + " do not fit together");
        }
    }

    boolean isOpen() {
        return buffer.getIntVolatile(STATE_OFFSET) == STATE_OPEN;
    }

    /** Senders see it at their next claim. Full fence: a sender that has just set READY sees it, or we see its READY. */
    void markClosed() {
        buffer.putIntVolatile(STATE_OFFSET, STATE_CLOSED);
        VarHandle.fullFence();
    }

    long heirVolatile() {
        return buffer.getLongVolatile(HEIR_OFFSET);
    }

    boolean casHeir(long expected, long heir) {
        return buffer.compareAndSetLong(HEIR_OFFSET, expected, heir);
    }

    // ---- slots

    long slotVolatile(int slot) {
        return buffer.getLongVolatile(slotOffset(slot) + SLOT_WORD_OFFSET);
    }

    boolean casSlot(int slot, long expected, long word) {
        return buffer.compareAndSetLong(slotOffset(slot) + SLOT_WORD_OFFSET, expected, word);
    }

    long producerStart(int slot) {
        return buffer.getLongVolatile(slotOffset(slot) + SLOT_PRODUCER_START_OFFSET);
    }

    void producerStartRelease(int slot, long startTicks) {
        buffer.putLongRelease(slotOffset(slot) + SLOT_PRODUCER_START_OFFSET, startTicks);
    }

    // ---- doorbell

    int doorbellWords() {
        return slotCount / Long.SIZE;
    }

    /** Whether any lane was rung and not yet taken. */
    boolean isRung() {
        for (int word = 0; word < doorbellWords(); word++) {
            if (buffer.getLongVolatile(doorbellOffset(word)) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Takes the bits of one word. The exchange is a full fence: records committed before a taken bit was set are seen. */
    long takeBits(int word) {
        int offset = doorbellOffset(word);
        return buffer.getLongVolatile(offset) == 0 ? 0 : buffer.getAndSetLong(offset, 0);
    }

    /** Sets bits of one word, whatever others do to the word at the same time. */
    void setBits(int word, long bits) {
        int offset = doorbellOffset(word);
        long seen = buffer.getLongVolatile(offset);
        while ((seen & bits) != bits && !buffer.compareAndSetLong(offset, seen, seen | bits)) {
            seen = buffer.getLongVolatile(offset);
        }
    }

    /**
     * Rings the doorbell of one lane after a commit, and wakes the owner if it is parked.
     *
     * <p>The read-modify-write is left out where the bit is already set. No wake-up is lost by that. The fence stands
     * between the commit's store and the load of the bit; the consumer takes bits by an exchange and loads the record
     * after it. (1) We load 1 that is taken later: then the exchange comes after our load in the order of that word, so
     * the consumer's later load of the record sees our commit. (2) The consumer is about to sleep: it stores PARKED,
     * fences, and loads the bits. If it loads our 1 it does not sleep. If it loads 0, the 1 that we loaded was set after
     * that load, by another thread which may not have come to its own load of the futex word yet (and may be suspended);
     * but our load of the bit comes after that setting, hence after PARKED, so our load of the futex word below sees
     * PARKED or NOTIFIED and we wake. So the futex word is read on either path.
     *
     * @return true if nobody has taken the bit yet or the owner was parked: the owner is behind, asleep, or dead
     */
    boolean ring(int slot) {
        int offset = doorbellOffset(slot >>> 6);
        long bit = 1L << slot;
        VarHandle.fullFence(); // commit before bit; pairs with the exchange in takeBits and the fence in Inbox.park
        long seen = buffer.getLongVolatile(offset);
        boolean alreadySet = (seen & bit) != 0;
        while ((seen & bit) == 0 && !buffer.compareAndSetLong(offset, seen, seen | bit)) {
            seen = buffer.getLongVolatile(offset);
        }
        return wakeIfParked() || alreadySet;
    }

    // ---- futex

    /** Wakes without a message. */
    void signal() {
        buffer.getAndSetInt(SIGNAL_OFFSET, 1); // full fence: signal before futex; pairs with the fence in Inbox.park
        wakeIfParked();
    }

    boolean isSignalled() {
        return buffer.getIntVolatile(SIGNAL_OFFSET) != 0;
    }

    /** Takes the signal by an exchange: what its senders did before it is then seen by what the owner looks at next. */
    void takeSignal() {
        if (isSignalled()) {
            buffer.getAndSetInt(SIGNAL_OFFSET, 0);
        }
    }

    boolean isSweepWanted() {
        return buffer.getIntVolatile(SWEEP_WANTED_OFFSET) != 0;
    }

    void sweepWanted(boolean wanted) {
        buffer.putIntVolatile(SWEEP_WANTED_OFFSET, wanted ? 1 : 0);
    }

    /** See {@link InboxDescriptor} for why the word changes, and not to RUNNING. Returns whether the owner had parked. */
    private boolean wakeIfParked() {
        int seen = buffer.getIntVolatile(FUTEX_OFFSET);
        if (seen == RUNNING) {
            return false;
        }
        if (seen == PARKED) {
            // If it fails, the owner runs or another has notified it.
            buffer.compareAndSetInt(FUTEX_OFFSET, PARKED, NOTIFIED);
        }
        Futex.wake(futexAddress, 1);
        return true;
    }

    int futexVolatile() {
        return buffer.getIntVolatile(FUTEX_OFFSET);
    }

    void futexVolatile(int value) {
        buffer.putIntVolatile(FUTEX_OFFSET, value);
    }

    void awaitFutex(long timeoutNs) {
        Futex.await(futexAddress, PARKED, timeoutNs);
    }

    @Override
    public void close() {
        file.close();
    }
}
