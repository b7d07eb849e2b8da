/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.Map;
import java.util.Optional;

/** Keeps nothing, and so has nothing to wait for: for a cluster that ends with the process it is in. */
final class NoClusterStore implements ClusterStore {
    @Override
    public Map<String, byte[]> rows(Table table) {
        return Map.of();
    }

    @Override
    public void put(Table table, String key, byte[] row) {}

    @Override
    public void remove(Table table, String key) {}

    @Override
    public void commit() {}

    @Override
    public long openCommit() {
        return 0;
    }

    @Override
    public boolean isDurable(long commit) {
        return true;
    }

    @Override
    public Optional<String> failure() {
        return Optional.empty();
    }

    @Override
    public long epoch() {
        return 0;
    }

    @Override
    public void close() {}
}
