/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.ProcessIdentity;
import java.nio.file.Path;

/**
 * Looks whether the claimants of slots live, at a slow rate, so that nothing leaks if nobody reports a death. Asking the
 * kernel about one process costs some 15 µs; a sweep asks about at most {@value #MAX_CHECKS}, once a second, and goes on
 * where the last one stopped. Agent thread.
 */
final class LivenessSweep {
    static final long INTERVAL_NS = 1_000_000_000L;
    private static final int MAX_CHECKS = 32;

    private final Path shmDir;
    private final InboxFile file;
    private final InboundLane[] lanes;
    private final ProcessIdentity self = ProcessIdentity.current();
    private int cursor;
    private long lastNs;

    LivenessSweep(Path shmDir, InboxFile file, InboundLane[] lanes, long nowNs) {
        this.shmDir = shmDir;
        this.file = file;
        this.lanes = lanes;
        this.lastNs = nowNs;
    }

    /** Sweeps if a second has passed since the last time, or a sender that found no free slot has asked for it. */
    void sweepIfDue(long nowNs, long[] attention) {
        if (file.isSweepWanted()) {
            file.sweepWanted(false);
            sweep(attention, Integer.MAX_VALUE);
        } else if (nowNs - lastNs >= INTERVAL_NS) {
            lastNs = nowNs;
            sweep(attention, MAX_CHECKS);
        }
    }

    private void sweep(long[] attention, int maxChecks) {
        int checks = 0;
        for (int i = 0; i < lanes.length && checks < maxChecks; i++) {
            int slot = cursor;
            cursor = cursor + 1 == lanes.length ? 0 : cursor + 1;
            long word = file.slotVolatile(slot);
            if (SlotWord.state(word) != SlotWord.FREE && !SlotWord.isClaimant(word, self)) {
                checks++;
                if (!SlotWord.isClaimantAlive(word)) {
                    claimantDied(slot, word, attention);
                    continue;
                }
            }
            if (SlotWord.state(word) == SlotWord.READY && lanes[slot] == null) {
                attention[slot >>> 6] |= 1L << slot; // killed, or suspended, between READY and the doorbell
            }
        }
    }

    /** Told by the kernel that a process is dead: the same for all its slots. */
    void processDied(ProcessIdentity process, long[] attention) {
        for (int slot = 0; slot < lanes.length; slot++) {
            long word = file.slotVolatile(slot);
            if (SlotWord.state(word) != SlotWord.FREE && SlotWord.isClaimant(word, process)) {
                claimantDied(slot, word, attention);
            }
        }
    }

    /**
     * CLAIMED: there may be a file, complete or not, that nobody has seen; it goes before the slot is free. READY: what it
     * committed is delivered first, by the next poll.
     */
    private void claimantDied(int slot, long word, long[] attention) {
        if (SlotWord.state(word) == SlotWord.CLAIMED) {
            int generation = SlotWord.generation(word);
            InboxHeir.delete(LaneFile.pathOf(shmDir, file.name, file.incarnation, slot, generation));
            file.casSlot(slot, word, SlotWord.free(generation + 1));
        } else {
            attention[slot >>> 6] |= 1L << slot;
            if (lanes[slot] != null && lanes[slot].word == word) {
                lanes[slot].producerDead();
            }
        }
    }
}
