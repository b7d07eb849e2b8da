/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** Which pages the arena is made of. */
public enum HugePages {
    /** The page size of the file system, 4 KiB on tmpfs. */
    OFF,
    /** Advice to the kernel, which follows it where {@code shmem_enabled} lets it. */
    TRANSPARENT,
    /** Pages that were reserved for this (hugetlbfs); the store does not start without them. */
    EXPLICIT
}
