/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.List;

/**
 * One piece of a walk through the catalog: some objects, and where the next piece begins. Done by the catalog's thread, between two batches; whoever asked gets it afterwards. An
 * object that is listed or goes while somebody walks may be found or not, and one that stays can be missed, or come twice, if others of its
 * part of the map go meanwhile.
 */
final class CatalogWalk {
    /** Of every job. */
    static final int ANY_JOB = -1;

    /** There is no next piece. */
    static final long END = -1;

    private static final int SEGMENT_SHIFT = 32;

    private final long cursor;
    private final int most;
    private final int jobId;
    private final int wantedPlaces;
    private final List<ObjectId> ids = new ArrayList<>();
    private final List<CatalogEntry> entries = new ArrayList<>();
    private long nextCursor = END;
    private boolean hasFailed;

    private CatalogWalk(final long cursor, final int most, final int jobId, final int wantedPlaces) {
        this.cursor = cursor;
        this.most = most;
        this.jobId = jobId;
        this.wantedPlaces = wantedPlaces;
    }

    /**
     * Of all objects.
     *
     * @param cursor 0, or what {@link #nextCursor} said
     */
    static CatalogWalk all(final long cursor, final int most, final int jobId) {
        return new CatalogWalk(cursor, most, jobId, ~0);
    }

    /** Of those on disk. */
    static CatalogWalk onDisk(final long cursor, final int most, final int jobId) {
        return new CatalogWalk(cursor, most, jobId, CatalogDescriptor.ON_DISK);
    }

    int jobId() {
        return jobId;
    }

    int count() {
        return ids.size();
    }

    ObjectId id(final int index) {
        return ids.get(index);
    }

    CatalogEntry entry(final int index) {
        return entries.get(index);
    }

    /** The map did not survive it. What was found is not all. */
    boolean hasFailed() {
        return hasFailed;
    }

    void failed() {
        hasFailed = true;
    }

    long nextCursor() {
        return nextCursor;
    }

    /** On the catalog's thread. */
    void run(final CatalogMap map, final long cellsAddress) {
        int segment = (int) (cursor >>> SEGMENT_SHIFT);
        final int[] at = new int[1];
        int skip = (int) cursor;
        while (segment < map.segments() && count() < most) {
            final int from = skip;
            at[0] = 0;
            map.forEach(segment, (id, entry) -> {
                if (at[0]++ >= from) {
                    look(id, entry, cellsAddress);
                }
                return count() < most;
            });
            if (count() >= most) {
                nextCursor = (long) segment << SEGMENT_SHIFT | at[0];
                return;
            }
            segment++;
            skip = 0;
        }
    }

    private void look(final ObjectId id, final CatalogEntry entry, final long cellsAddress) {
        if ((jobId == ANY_JOB || entry.job == jobId)
                && isTrue(entry, cellsAddress)
                && (entry.places & wantedPlaces) != 0) {
            final CatalogEntry copy = new CatalogEntry();
            copy.copyFrom(entry);
            ids.add(id);
            entries.add(copy);
        }
    }

    /** Takes back what an entry says of a cell that bears another object, or none; false if nothing remains. Volatile loads of the cell's word: any thread. */
    static boolean isTrue(final CatalogEntry entry, final long cellsAddress) {
        if (entry.isInMemory()) {
            final long word = CellDescriptor.wordVolatile(
                    CellDescriptor.address(cellsAddress, CatalogEntry.cellNumber(entry.cell)));
            final int state = CellDescriptor.state(word);
            if (CellDescriptor.generation(word) != (entry.cell & CellDescriptor.GENERATION_MASK)
                    || (state != CellDescriptor.SEALED && state != CellDescriptor.EVICTING)) {
                entry.cell = 0;
                entry.places &= ~CatalogDescriptor.IN_MEMORY;
            }
        }
        return entry.places != 0;
    }

    /** On the catalog's thread: deletes what names no place any more, and corrects what names a cell that it left. */
    static void sweep(final CatalogMap map, final long cellsAddress) {
        change(map, entry -> {
            final int before = entry.places;
            return isTrue(entry, cellsAddress) && entry.places == before;
        });
    }

    /** On the catalog's thread, before anything is told: no entry names a place; the times stay. What is not told again is deleted by the next {@link #sweep}. */
    static void forgetPlaces(final CatalogMap map) {
        for (int segment = 0; segment < map.segments(); segment++) {
            final CatalogWalk all = all((long) segment << SEGMENT_SHIFT, Integer.MAX_VALUE, ANY_JOB);
            map.forEach(segment, (id, entry) -> {
                final CatalogEntry copy = new CatalogEntry();
                copy.copyFrom(entry);
                copy.places = 0;
                copy.cell = 0;
                copy.place = CatalogEntry.NO_PLACE;
                all.ids.add(id);
                all.entries.add(copy);
                return true;
            });
            for (int i = 0; i < all.count(); i++) {
                map.put(all.id(i), all.entry(i));
            }
        }
    }

    /** Whether an entry can stay as it is. It may be corrected by this. */
    private interface Check {
        boolean isRight(CatalogEntry entry);
    }

    private static void change(final CatalogMap map, final Check check) {
        final List<ObjectId> ids = new ArrayList<>();
        final CatalogEntry entry = new CatalogEntry();
        for (int segment = 0; segment < map.segments(); segment++) {
            ids.clear();
            map.forEach(segment, (id, found) -> {
                if (!check.isRight(found)) {
                    ids.add(id);
                }
                return true;
            });
            for (final ObjectId id : ids) {
                if (map.get(id, entry) && !check.isRight(entry)) {
                    if (entry.places == 0) {
                        map.remove(id);
                    } else {
                        map.put(id, entry);
                    }
                }
            }
        }
    }
}
