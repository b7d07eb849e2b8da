/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Tables on the heap, with a disk that the test may make full or slow. */
final class GateStore implements ClusterStore {
    private final Map<Table, Map<String, byte[]>> rows = new EnumMap<>(Table.class);
    private boolean changed;
    private volatile boolean full;
    private final AtomicLong committed = new AtomicLong();
    private volatile long slowMs;

    /** What the disk has: the rows of the last commit. */
    private volatile Map<Table, Map<String, byte[]>> disk = new EnumMap<>(Table.class);

    GateStore() {
        for (Table table : Table.values()) {
            rows.put(table, new TreeMap<>());
        }
    }

    void full(boolean isFull) {
        full = isFull;
    }

    /** How long each commit takes from now on. */
    void slow(long ms) {
        slowMs = ms;
    }

    long commits() {
        return committed.get();
    }

    int onDisk(Table table) {
        return disk.getOrDefault(table, Map.of()).size();
    }

    @Override
    public Map<String, byte[]> rows(Table table) {
        return rows.get(table);
    }

    @Override
    public void put(Table table, String key, byte[] row) {
        rows.get(table).put(key, row);
        changed = true;
    }

    @Override
    public void remove(Table table, String key) {
        changed |= rows.get(table).remove(key) != null;
    }

    @Override
    public void commit() {
        if (!changed || full) {
            return;
        }
        if (slowMs > 0) {
            try {
                Thread.sleep(slowMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        final Map<Table, Map<String, byte[]>> copy = new EnumMap<>(Table.class);
        rows.forEach((table, all) -> copy.put(table, new TreeMap<>(all)));
        disk = copy;
        changed = false;
        committed.incrementAndGet();
    }

    @Override
    public long openCommit() {
        return committed.get() + 1;
    }

    @Override
    public boolean isDurable(long commit) {
        return commit <= committed.get();
    }

    @Override
    public Optional<String> failure() {
        return full ? Optional.of("the test's disk is full") : Optional.empty();
    }

    @Override
    public long epoch() {
        return 1;
    }

    @Override
    public void close() {}
}
