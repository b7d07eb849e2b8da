/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

/**
 * Sizes of an inbox, fixed when it is created. Memory is taken per sender that is attached, not per slot.
 *
 * @param laneCapacityBytes ring of each lane into the inbox: a power of two, 4 KiB to 256 MiB, default 256 KiB. The longest
 *                          message is a sixteenth of it less 8 bytes (16,376 bytes by default), SBE header included.
 * @param slots             most senders at a time: a multiple of 64, 64 to 1024, default 256
 */
public record InboxOptions(int laneCapacityBytes, int slots) {
    public static final int DEFAULT_LANE_CAPACITY_BYTES = 256 * 1024;
    public static final int DEFAULT_SLOTS = 256;
    public static final InboxOptions DEFAULT = new InboxOptions(DEFAULT_LANE_CAPACITY_BYTES, DEFAULT_SLOTS);

    public InboxOptions {
        if (!LaneDescriptor.isCapacity(laneCapacityBytes)) {
            throw new IllegalArgumentException(
                    "laneCapacityBytes=" + laneCapacityBytes + " must be a power of two from "
                            + LaneDescriptor.MIN_CAPACITY + " to " + LaneDescriptor.MAX_CAPACITY);
        }
        if (!InboxDescriptor.isSlotCount(slots)) {
            throw new IllegalArgumentException(
                    "slots=" + slots + " must be a multiple of 64 from 64 to " + InboxDescriptor.MAX_SLOTS);
        }
    }

    /** Longest message that fits, SBE header included. */
    public int maxMessageLength() {
        return LaneDescriptor.maxMessageLength(laneCapacityBytes);
    }
}
