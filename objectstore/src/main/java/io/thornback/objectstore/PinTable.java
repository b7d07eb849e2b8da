/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.agrona.UnsafeApi.compareAndSetLong;
import static org.agrona.UnsafeApi.getLong;
import static org.agrona.UnsafeApi.getLongVolatile;
import static org.agrona.UnsafeApi.putIntRelease;
import static org.agrona.UnsafeApi.putLong;
import static org.agrona.UnsafeApi.putLongRelease;

/**
 * A client's side of its pin table. Any thread of the client; no lock, no allocation. Threads begin to look for a free
 * entry at places of their own, and where they found or freed one last, so that they seldom meet and the entries in use
 * stay few and low. Layout and memory order: {@link PinTableDescriptor}.
 */
final class PinTable {
    /** Every entry is taken. */
    static final int FULL = -1;

    private static final int STRIPES = 16;
    private static final int STRIPE_SLOTS = 8;
    private static final int HINT_SPACING = 32;

    private final long address;
    private final int slots;
    private final WaitWords waitWords;
    /** Where to look first. Written with plain stores by any thread: a lost update costs a few more steps, no more. */
    private final int[] hints = new int[STRIPES * HINT_SPACING];

    PinTable(final long address, final int slots) {
        this.address = address;
        this.slots = slots;
        this.waitWords = new WaitWords(address);
        for (int i = 0; i < STRIPES; i++) {
            hints[i * HINT_SPACING] = i * STRIPE_SLOTS % slots;
        }
    }

    /**
     * Pins a cell. The caller then reads the cell's word, volatile, and unpins if it is not what it expected.
     *
     * @return the entry, or {@link #FULL}
     */
    int pin(final int cell, final long tick) {
        final int hint = hintIndex();
        int slot = hints[hint];
        for (int i = 0; i < slots; i++) {
            final long pin = PinTableDescriptor.pinAddress(address, slot);
            if (getLong(pin) == 0) {
                raiseHighWater(slot + 1);
                // CAS: other threads of this process compete for the entry. It is also a volatile store and a full
                // fence, before the load of the cell's word. Partner: the fence in the store's scan.
                if (compareAndSetLong(null, pin, 0, cell + 1L)) {
                    putLong(pin + PinTableDescriptor.ACCESS_OFFSET, PinTableDescriptor.access(cell, tick));
                    hints[hint] = slot;
                    return slot;
                }
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
        return FULL;
    }

    /** Lets go. Release: every load from the cell's memory is over before the store can see the entry free. */
    void unpin(final int slot) {
        putLongRelease(null, PinTableDescriptor.pinAddress(address, slot), 0);
        hints[hintIndex()] = slot;
    }

    /** The words of this table on which threads wait for objects. */
    WaitWords waitWords() {
        return waitWords;
    }

    /** Release: all pins are given back before. Partner: a store that looks after a restart. */
    void leave() {
        putIntRelease(null, address + PinTableDescriptor.CLOSED_OFFSET, 1);
    }

    int slots() {
        return slots;
    }

    /** Entries in use; a statistic while other threads pin. */
    int pinned() {
        return countPins(address, slots);
    }

    static int countPins(final long tableAddress, final int slots) {
        int count = 0;
        for (int i = 0; i < slots; i++) {
            if (getLongVolatile(null, PinTableDescriptor.pinAddress(tableAddress, i)) != 0) {
                count++;
            }
        }
        return count;
    }

    private void raiseHighWater(final int wanted) {
        final long highWater = address + PinTableDescriptor.HIGH_WATER_OFFSET;
        long current = getLongVolatile(null, highWater);
        while (current < wanted && !compareAndSetLong(null, highWater, current, wanted)) {
            current = getLongVolatile(null, highWater);
        }
    }

    private static int hintIndex() {
        final long thread = Thread.currentThread().getId();
        return (int) (((thread * 0x9E3779B9L) >>> 16) & (STRIPES - 1)) * HINT_SPACING;
    }
}
