/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;

/**
 * The catalog's file. Immutable.
 *
 * @param file on a disk, opened by the store's process alone; null: no catalog, everything is kept on the heap
 * @param entries objects it has room for; more are counted, and kept on the heap
 */
public record CatalogConfig(Path file, long entries) {
    /** No catalog. */
    public static final CatalogConfig NONE = new CatalogConfig(null, 0);

    /** Checks the number of entries. */
    public CatalogConfig {
        if (file != null && entries < 1) {
            throw new IllegalArgumentException("catalog: entries=" + entries + " is less than 1");
        }
    }

    /** Whether there is one. */
    public boolean isEnabled() {
        return file != null;
    }
}
