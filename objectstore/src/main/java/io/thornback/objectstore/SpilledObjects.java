/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which objects are on disk, and where. One thread, the agent. */
final class SpilledObjects {
    private final Map<ObjectId, Spilled> places = new HashMap<>();
    private final StoreTally tally;

    SpilledObjects(final StoreTally tally) {
        this.tally = tally;
    }

    boolean contains(final ObjectId id) {
        return !places.isEmpty() && places.containsKey(id);
    }

    /** Null if the object is not on disk. */
    Spilled find(final ObjectId id) {
        return places.isEmpty() ? null : places.get(id);
    }

    /** Returns what was known under this id before, or null. */
    Spilled put(final Spilled object) {
        final Spilled before = places.put(object.id, object);
        tally.onDisk(before == null ? 1 : 0, object.dataBytes() - (before == null ? 0 : before.dataBytes()));
        return before;
    }

    /** Returns what was known, or null. */
    Spilled remove(final ObjectId id) {
        final Spilled before = places.isEmpty() ? null : places.remove(id);
        if (before != null) {
            tally.onDisk(-1, -before.dataBytes());
        }
        return before;
    }

    int count() {
        return places.size();
    }

    List<ObjectId> ofJob(final int jobId) {
        final List<ObjectId> found = new ArrayList<>();
        for (final ObjectId id : places.keySet()) {
            if (id.jobId() == jobId) {
                found.add(id);
            }
        }
        return found;
    }

    /** Those of a job, or all. */
    List<Spilled> list(final int jobId) {
        final List<Spilled> found = new ArrayList<>();
        for (final Spilled object : places.values()) {
            if (jobId == EventDesk.EVERY_JOB || object.id.jobId() == jobId) {
                found.add(object);
            }
        }
        return found;
    }
}
