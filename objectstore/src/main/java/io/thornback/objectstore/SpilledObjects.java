/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which objects are on disk, and where. What the catalog has is only there; on the heap is what it does not have yet, or has no room for, and what it is still to forget. One
 * thread, the agent.
 *
 * <p>If the catalog fails, the places that only it knew are read again from the headers of the spill files, at once: a pause, and no object is forgotten.
 */
final class SpilledObjects implements Catalog.Places {
    /** Ids looked at by one walk through the catalog. */
    private static final int WALK_OBJECTS = 4096;

    private final Map<ObjectId, Spilled> places = new HashMap<>();
    /** Deleted, and the catalog still says where. */
    private final Map<ObjectId, Spilled> removed = new HashMap<>();

    private final StoreTally tally;
    private final Catalog catalog;
    private Consumer<Consumer<Spilled>> rescan = found -> {};
    private CatalogFilter inCatalog;
    /** Objects whose place only the catalog knows. */
    private int listed;
    /** Objects on the heap for which the catalog had no room. */
    private int unlisted;

    SpilledObjects(final StoreTally tally, final Catalog catalog) {
        this.tally = tally;
        this.catalog = catalog;
    }

    /** How to find everything again by the headers on disk. */
    void rescan(final Consumer<Consumer<Spilled>> newRescan) {
        rescan = newRescan;
    }

    boolean contains(final ObjectId id) {
        return find(id) != null;
    }

    /** Null if the object is not on disk. */
    Spilled find(final ObjectId id) {
        if (places.isEmpty() && listed == 0) {
            return null;
        }
        final Spilled known = places.get(id);
        if (known != null || listed == 0) {
            return known;
        }
        if (catalog.isOpen()) {
            if (!inCatalog.mayContain(id) || removed.containsKey(id)) {
                return null;
            }
            final Spilled found = catalog.findOnDisk(id);
            if (catalog.isOpen()) {
                return found;
            }
        }
        recover();
        return places.get(id);
    }

    /** Returns what was known under this id before, if it is another place, or null. */
    Spilled put(final Spilled object) {
        final Spilled before = find(object.id);
        if (before != null) {
            remove(before.id);
        }
        places.put(object.id, object);
        tally.onDisk(1, object.dataBytes());
        catalog.written(object);
        return before == null || before.place == object.place ? null : before;
    }

    /** Returns what was known, or null. */
    Spilled remove(final ObjectId id) {
        final Spilled before = find(id);
        if (before != null) {
            if (places.remove(id) == null) {
                listed--;
                inCatalog.remove(id);
            }
            tally.onDisk(-1, -before.dataBytes());
            if (before.listed) {
                removed.put(id, before);
                catalog.leftDisk(before);
            }
        }
        return before;
    }

    /** This place is not one any more; another of the same object may be. */
    void forget(final Spilled object) {
        final Spilled known = places.isEmpty() && listed == 0 ? null : find(object.id);
        if (known != null && known.place == object.place) {
            remove(object.id);
        }
    }

    int count() {
        return places.size() + listed;
    }

    /** Places that are on the heap. */
    int onHeap() {
        return places.size();
    }

    /** Objects of a job; those that only the catalog knows come later, in pieces, to be deleted if {@link #find} still says the same place. */
    List<ObjectId> ofJob(final int jobId, final Consumer<Spilled> later) {
        final List<ObjectId> found = new ArrayList<>();
        for (final ObjectId id : places.keySet()) {
            if (id.jobId() == jobId) {
                found.add(id);
            }
        }
        if (listed > 0) {
            walk(CatalogWalk.onDisk(0, WALK_OBJECTS, jobId), later);
        }
        return found;
    }

    /** Those of a job, or all, that the catalog does not have. */
    List<Spilled> onHeap(final int jobId) {
        if (listed > 0 && !catalog.isOpen()) {
            recover();
        }
        final List<Spilled> found = new ArrayList<>();
        for (final Spilled object : places.values()) {
            if (jobId == EventDesk.EVERY_JOB || object.id.jobId() == jobId) {
                found.add(object);
            }
        }
        return found;
    }

    private void walk(final CatalogWalk walk, final Consumer<Spilled> later) {
        final boolean begun = catalog.walk(walk, done -> {
            for (int i = 0; i < done.count(); i++) {
                later.accept(done.entry(i).toSpilled(done.id(i)));
            }
            if (done.hasFailed()) {
                onHeapOfJob(walk.jobId()).forEach(later);
            } else if (done.nextCursor() != CatalogWalk.END) {
                walk(CatalogWalk.onDisk(done.nextCursor(), WALK_OBJECTS, walk.jobId()), later);
            }
        });
        if (!begun) {
            onHeapOfJob(walk.jobId()).forEach(later);
        }
    }

    /** When the catalog has failed: all are on the heap again. */
    private List<Spilled> onHeapOfJob(final int jobId) {
        if (listed > 0) {
            recover();
        }
        return places.values().stream()
                .filter(object -> object.id.jobId() == jobId)
                .toList();
    }

    @Override
    public void tellAll() {
        removed.clear();
        places.values().forEach(catalog::written);
    }

    @Override
    public void written(final Spilled object, final boolean refused) {
        if (places.get(object.id) != object) {
            return; // deleted, or written again, meanwhile
        }
        if (refused) {
            object.listed = false;
            unlisted++;
            return;
        }
        if (inCatalog == null) {
            inCatalog = new CatalogFilter(catalog.entries());
        }
        places.remove(object.id);
        inCatalog.add(object.id);
        listed++;
    }

    @Override
    public void leftDisk(final Spilled object) {
        removed.remove(object.id, object);
    }

    @Override
    public void roomAgain() {
        if (unlisted > 0) {
            unlisted = 0;
            places.values().stream().filter(object -> !object.listed).forEach(catalog::written);
        }
    }

    private void recover() {
        listed = 0;
        removed.clear();
        inCatalog = null;
        rescan.accept(object -> {
            final Spilled known = places.get(object.id);
            if (known == null || known.place < object.place) {
                places.put(object.id, object);
            }
        });
        tally.nothingOnDisk();
        places.values().forEach(object -> {
            object.listed = false;
            tally.onDisk(1, object.dataBytes());
        });
    }
}
