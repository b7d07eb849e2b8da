/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * Changes on their way to the catalog, in order. The agent fills it, the catalog's thread applies it, then the agent has it back and clears it; it goes from one to
 * the other by a queue. Used again and again.
 *
 * <p>Each change says what it is about, cell at a generation or place on disk, and changes an entry that says something else in no way: an id can be
 * deleted and made again before the first of its changes is applied. An entry goes when it names no place any more.
 */
final class CatalogBatch {
    static final int SIZE = 512;

    private static final byte SEALED = 1;
    private static final byte LEFT_MEMORY = 2;
    private static final byte WRITTEN = 3;
    private static final byte LEFT_DISK = 4;

    private final byte[] kinds = new byte[SIZE];
    private final ObjectId[] ids = new ObjectId[SIZE];
    private final CatalogEntry[] changes = new CatalogEntry[SIZE];
    private final Spilled[] objects = new Spilled[SIZE];
    private final boolean[] refused = new boolean[SIZE];
    private final CatalogEntry entry = new CatalogEntry();
    private int count;
    private long objectsAfter;

    CatalogBatch() {
        for (int i = 0; i < SIZE; i++) {
            changes[i] = new CatalogEntry();
        }
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return count == SIZE;
    }

    void clear() {
        for (int i = 0; i < count; i++) {
            ids[i] = null;
            objects[i] = null;
            refused[i] = false;
        }
        count = 0;
    }

    /** The object is in this cell, SEALED. */
    void sealed(final ObjectId id, final int cell, final long cellAddress, final long accessedMs) {
        final long word = CellDescriptor.wordPlain(cellAddress);
        final CatalogEntry change = add(SEALED, id, null);
        change.cell = CatalogEntry.cell(cell, CellDescriptor.generation(word));
        change.length = CellDescriptor.lengthsPlain(cellAddress);
        change.format = CellDescriptor.formatPlain(cellAddress);
        change.flags = CellDescriptor.flagsPlain(cellAddress);
        change.creator = CellDescriptor.client(word);
        change.accessedMs = accessedMs;
    }

    /** The object is not in this cell any more. */
    void leftMemory(final ObjectId id, final long cell, final long accessedMs) {
        final CatalogEntry change = add(LEFT_MEMORY, id, null);
        change.cell = cell;
        change.accessedMs = accessedMs;
    }

    /** The object is on disk. */
    void written(final Spilled object) {
        add(WRITTEN, object.id, object);
    }

    /** The object is not on disk any more, there where it was. */
    void leftDisk(final Spilled object) {
        add(LEFT_DISK, object.id, object);
    }

    private CatalogEntry add(final byte kind, final ObjectId id, final Spilled object) {
        kinds[count] = kind;
        ids[count] = id;
        objects[count] = object;
        return changes[count++];
    }

    /** On the catalog's thread. */
    void apply(final CatalogMap map, final long nowMs) {
        for (int i = 0; i < count; i++) {
            final ObjectId id = ids[i];
            final boolean known = map.get(id, entry);
            switch (kinds[i]) {
                case SEALED -> refused[i] = !seal(map, id, known, changes[i], nowMs);
                case WRITTEN -> refused[i] = !write(map, id, known, objects[i], nowMs);
                case LEFT_MEMORY -> {
                    if (known && entry.isInMemory() && entry.cell == changes[i].cell) {
                        entry.cell = 0;
                        entry.accessedMs = changes[i].accessedMs;
                        leave(map, id, CatalogDescriptor.IN_MEMORY);
                    }
                }
                default -> {
                    if (known && entry.isOnDisk() && entry.place == objects[i].place) {
                        entry.place = CatalogEntry.NO_PLACE;
                        leave(map, id, CatalogDescriptor.ON_DISK);
                    }
                }
            }
        }
        objectsAfter = map.size();
    }

    private boolean seal(
            final CatalogMap map, final ObjectId id, final boolean known, final CatalogEntry change, final long nowMs) {
        if (!known || entry.length != change.length) {
            entry.reset(change.length, nowMs);
        }
        entry.cell = change.cell;
        entry.format = change.format;
        entry.flags = change.flags;
        // One that was restored has the store for its maker.
        entry.creator = change.creator == 0 ? entry.creator : change.creator;
        entry.accessedMs = change.accessedMs;
        entry.job = id.jobId();
        entry.places |= CatalogDescriptor.IN_MEMORY;
        return map.put(id, entry);
    }

    private boolean write(
            final CatalogMap map, final ObjectId id, final boolean known, final Spilled object, final long nowMs) {
        if (!known || entry.length != object.length) {
            entry.reset(object.length, nowMs);
            entry.accessedMs = object.writtenMs;
        }
        entry.format = object.format;
        entry.flags = object.flags;
        entry.creator = object.creator;
        entry.place = object.place;
        entry.payloadCrc = object.payloadCrc;
        entry.writtenMs = object.writtenMs;
        entry.job = id.jobId();
        entry.places |= CatalogDescriptor.ON_DISK;
        return map.put(id, entry);
    }

    private void leave(final CatalogMap map, final ObjectId id, final int place) {
        entry.places &= ~place;
        if (entry.places == 0) {
            map.remove(id);
        } else {
            map.put(id, entry);
        }
    }

    /** What the agent hears of an applied batch. */
    interface Outcome {
        /** The catalog has the place of this object, or had no room for it. */
        void written(Spilled object, boolean refused);

        /** The catalog does not have this place any more. */
        void leftDisk(Spilled object);
    }

    /** On the agent's thread, afterwards; returns how many objects found no room. */
    int tell(final Outcome outcome) {
        int without = 0;
        for (int i = 0; i < count; i++) {
            if (refused[i]) {
                without++;
            }
            if (kinds[i] == WRITTEN) {
                outcome.written(objects[i], refused[i]);
            } else if (kinds[i] == LEFT_DISK) {
                outcome.leftDisk(objects[i]);
            }
        }
        return without;
    }

    /** Entries of the map when this batch had been applied. */
    long objectsAfter() {
        return objectsAfter;
    }
}
