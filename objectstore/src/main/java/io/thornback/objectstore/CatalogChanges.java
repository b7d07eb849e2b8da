/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What the catalog is still to be told. Cells that were sealed are marked by a byte each and told in the round after, if they still bear the object; that an object left
 * memory is told if it was listed, up to a limit, beyond which somebody has to look through the catalog; what becomes of places on disk is told in
 * order, all of it. Bounded by the number of cells and by what is on disk. One thread, the agent; until {@link #begin} it collects nothing.
 */
final class CatalogChanges {
    private static final int MOST_LEFT = 1 << 16;
    private static final int FEED_CELLS = 8192;

    /** By cell: waits to be told; is in one of the two lists of such cells; was told. */
    private static final int CHANGED = 1;

    private static final int QUEUED = 2;
    private static final int LISTED = 4;

    private final CellTable cells;
    private final Lru lru;
    /** Written there if {@link Spilled#listed}, else gone from there. */
    private final Deque<Spilled> onDisk = new ArrayDeque<>();

    private final List<ObjectId> leftIds = new ArrayList<>();
    private long[] leftCells = new long[64];
    private byte[] marks;
    private int[] changed = new int[64];
    private int[] due = new int[64];
    private int changedCount;
    private int dueCount;
    private int dueNext;
    private int feedNext;
    private boolean isFeeding;
    private boolean isSweepWanted;

    CatalogChanges(final CellTable cells, final Lru lru) {
        this.cells = cells;
        this.lru = lru;
    }

    /** From now on. */
    void begin() {
        marks = new byte[cells.maxCells()];
    }

    /** What is in memory already is to be told too, little by little, by {@link #feed}. */
    void feedAll() {
        isFeeding = true;
    }

    /** Nothing will be told any more. */
    void end() {
        marks = null;
        leftIds.clear();
        onDisk.clear();
        changedCount = 0;
        dueCount = 0;
        dueNext = 0;
        isFeeding = false;
    }

    /** The object in this cell is SEALED. */
    void sealed(final int cell) {
        if (marks != null) {
            final int mark = marks[cell];
            marks[cell] = (byte) (mark | CHANGED | QUEUED);
            if ((mark & QUEUED) == 0) {
                if (changedCount == changed.length) {
                    changed = Arrays.copyOf(changed, changedCount * 2);
                }
                changed[changedCount++] = cell;
            }
        }
    }

    /** The object in this cell is about to leave memory. The cell still describes it. */
    void left(final ObjectId id, final int cell) {
        if (marks == null || marks[cell] == 0) {
            return;
        }
        final boolean listed = (marks[cell] & LISTED) != 0;
        marks[cell] &= QUEUED;
        if (listed && leftIds.size() < MOST_LEFT) {
            if (leftIds.size() == leftCells.length) {
                leftCells = Arrays.copyOf(leftCells, leftCells.length * 2);
            }
            leftCells[leftIds.size()] =
                    CatalogEntry.cell(cell, CellDescriptor.generation(CellDescriptor.wordPlain(cells.address(cell))));
            leftIds.add(id);
        } else if (listed) {
            isSweepWanted = true;
        }
    }

    /** A place on disk is new, or is none any more. */
    void onDisk(final Spilled object) {
        onDisk.add(object);
    }

    /** Entries may name places that are none any more. */
    void wantSweep() {
        isSweepWanted = true;
    }

    /** Whether such entries are to be looked for now: all that is known has been told before. */
    boolean takeSweep() {
        final boolean now = isSweepWanted && !isFeeding && onDisk.isEmpty() && isRoundOver();
        isSweepWanted &= !now;
        return now;
    }

    boolean isFeeding() {
        return isFeeding;
    }

    /** What was sealed before is told as if it were sealed now. */
    void feed() {
        final int end = Math.min(feedNext + FEED_CELLS, cells.usedHigh());
        for (; feedNext < end; feedNext++) {
            if (CellDescriptor.state(cells.word(feedNext)) == CellDescriptor.SEALED) {
                sealed(feedNext);
            }
        }
        isFeeding = end < cells.usedHigh();
    }

    /** All cells of the last round have been told. */
    boolean isRoundOver() {
        return dueNext == dueCount;
    }

    /** The cells that were sealed since the last round are due. After {@link #isRoundOver}. */
    void nextRound() {
        final int[] done = due;
        due = changed;
        dueCount = changedCount;
        dueNext = 0;
        changed = done;
        changedCount = 0;
    }

    boolean isAnythingDue() {
        return dueNext < dueCount || !leftIds.isEmpty() || !onDisk.isEmpty();
    }

    /** Nothing is due, and nothing will be without further changes. */
    boolean isEmpty() {
        return !isFeeding && changedCount == 0 && !isAnythingDue();
    }

    /** Moves what is due into a batch, as much as it takes. */
    void fill(final CatalogBatch batch) {
        final long nowMs = System.currentTimeMillis();
        while (!batch.isFull() && dueNext < dueCount) {
            final int cell = due[dueNext++];
            final boolean isChanged = (marks[cell] & CHANGED) != 0;
            marks[cell] &= ~(CHANGED | QUEUED);
            if (isChanged) {
                marks[cell] |= LISTED;
                final long address = cells.address(cell);
                batch.sealed(
                        ObjectId.ofAddress(address + CellDescriptor.ID_OFFSET),
                        cell,
                        address,
                        nowMs - 1000L * lru.idleSeconds(cell));
            }
        }
        // After all that was sealed: what is told here may have been sealed in this batch.
        int at = dueNext == dueCount ? leftIds.size() : 0;
        while (!batch.isFull() && at > 0) {
            at--;
            batch.leftMemory(leftIds.remove(at), leftCells[at], nowMs);
        }
        while (!batch.isFull() && !onDisk.isEmpty()) {
            final Spilled object = onDisk.remove();
            if (object.listed) {
                batch.written(object);
            } else {
                batch.leftDisk(object);
            }
        }
    }
}
