/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.TransportException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * How a sender attaches: claims a slot, makes the lane file, says READY, rings. Killed anywhere in between, the receiver
 * finds the claim with the pid of a dead process in it, removes the file and frees the slot.
 */
final class SlotClaim {
    /** ENOENT. */
    private static final int NO_SUCH_FILE = 2;

    private static final long SWEEP_PATIENCE_NS = 500_000_000L;
    private static final long RETRY_NS = 5_000_000L;

    final InboxFile inbox;
    final LaneFile lane;
    final int slot;
    final long word;

    private SlotClaim(InboxFile inbox, LaneFile lane, int slot, long word) {
        this.inbox = inbox;
        this.lane = lane;
        this.slot = slot;
        this.word = word;
    }

    static SlotClaim attach(Path shmDir, String inboxName, String myName) {
        InboxBirth.checkName(inboxName);
        InboxFile inbox = attachInbox(shmDir, inboxName);
        try {
            return claim(shmDir, inbox, truncated(myName));
        } catch (RuntimeException e) {
            inbox.close();
            throw e;
        }
    }

    private static InboxFile attachInbox(Path shmDir, String inboxName) {
        Path path = Inbox.pathOf(shmDir, inboxName);
        InboxFile inbox;
        try {
            inbox = InboxFile.attach(path, inboxName);
        } catch (PosixException e) {
            // By what the open said, not only by what is there now: the next owner may have made it meanwhile.
            throw e.errno() != NO_SUCH_FILE && Files.exists(path)
                    ? new CorruptLaneException("inbox file " + path, e.getMessage())
                    : new PeerNotFoundException(inboxName, path + " does not exist");
        }
        String problem = null;
        if (!inbox.isOpen()) {
            problem = "it was closed";
        } else if (!inbox.owner.isAlive()) {
            problem = "its owner pid=" + inbox.owner.pid() + " is dead";
        }
        if (problem != null) {
            inbox.close();
            throw new PeerNotFoundException(inboxName, problem);
        }
        return inbox;
    }

    private static SlotClaim claim(Path shmDir, InboxFile inbox, byte[] myName) {
        ProcessIdentity self = ProcessIdentity.current();
        long deadline = System.nanoTime() + SWEEP_PATIENCE_NS;
        for (boolean asked = false; ; asked = true) {
            for (int slot = 0; slot < inbox.slotCount; slot++) {
                long free = inbox.slotVolatile(slot);
                if (SlotWord.state(free) == SlotWord.FREE) {
                    long claimed = SlotWord.of(SlotWord.CLAIMED, SlotWord.generation(free), self);
                    if (inbox.casSlot(slot, free, claimed)) {
                        return makeReady(shmDir, inbox, slot, claimed, myName);
                    }
                }
            }
            if (System.nanoTime() - deadline > 0) {
                throw new InboxFullException(inbox.name, inbox.slotCount);
            }
            if (!asked) {
                inbox.sweepWanted(true); // some may be dead and the receiver not yet aware of it
                inbox.signal();
            }
            LockSupport.parkNanos(RETRY_NS);
        }
    }

    private static SlotClaim makeReady(Path shmDir, InboxFile inbox, int slot, long claimed, byte[] myName) {
        ProcessIdentity self = ProcessIdentity.current();
        int generation = SlotWord.generation(claimed);
        Path path = LaneFile.pathOf(shmDir, inbox.name, inbox.incarnation, slot, generation);
        LaneFile lane;
        try {
            lane = LaneFile.create(path, inbox, slot, generation, self, myName);
        } catch (RuntimeException e) {
            inbox.casSlot(slot, claimed, SlotWord.free(generation));
            throw e;
        }
        inbox.producerStartRelease(slot, self.startTicks());
        long ready = SlotWord.of(SlotWord.READY, generation, self);
        // The CAS is a full fence between READY and the look at the state: either we see CLOSED here, or the closing
        // owner
        // sees READY; whoever sees it removes the file (both may).
        if (!inbox.casSlot(slot, claimed, ready) || !inbox.isOpen()) {
            lane.close();
            InboxHeir.delete(path);
            throw new PeerNotFoundException(inbox.name, "it was closed just now");
        }
        inbox.ring(slot);
        return new SlotClaim(inbox, lane, slot, ready);
    }

    private static byte[] truncated(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= LaneDescriptor.MAX_NAME_LENGTH
                ? bytes
                : Arrays.copyOf(bytes, LaneDescriptor.MAX_NAME_LENGTH);
    }

    /** Whether the receiver still counts the slot as ours; false once it has retired the lane, or somebody wrote there. */
    boolean isHeld() {
        return inbox.slotVolatile(slot) == word;
    }

    /** Whether nobody wants what is in the lane. If not, an heir reads it and deletes the file, or the next inbox of the name does. */
    private boolean isRead() {
        long tail = lane.ring().getLongVolatile(inbox.laneCapacity + RingBufferDescriptor.TAIL_POSITION_OFFSET);
        return lane.isConsumerClosed() || lane.consumedTo() >= tail;
    }

    /** The last user of the mappings has left: tells the receiver, or, where nobody is left to tell, removes the file. */
    void release() {
        try {
            lane.producerClosedRelease();
            inbox.ring(slot);
            if ((!inbox.isOpen() || !inbox.owner.isAlive()) && isRead()) {
                InboxHeir.delete(lane.path);
            }
        } catch (TransportException e) {
            InboxErrors.LOG.warn("lane {} is closed, its file stays until the session ends", lane.path, e);
        } finally {
            lane.close();
            inbox.close();
        }
    }
}
