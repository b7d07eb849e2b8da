/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * When spilled objects are forced to the disk with {@code fsync}. The death of any process loses nothing whatever is chosen: the kernel has the
 * bytes. A crash of the host takes what is in memory anyway, so the default is {@link #NONE}.
 */
public enum SpillSync {
    /** Never. */
    NONE,
    /** When a file is full and closed. */
    FILE,
    /** After each object, before its memory may be given to another. */
    OBJECT
}
