/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.ByteBuffer;

/** The arena, as channels read and write it. Any thread. */
interface PayloadMemory {
    /** At most this many bytes in one buffer. */
    int WINDOW = 1 << 30;

    /** Bytes that are checksummed and written, or read and checksummed, at a time: they fit into a second-level cache. */
    int PIECE = 256 << 10;

    /** A direct buffer over a range of the arena, its capacity the length. */
    ByteBuffer at(long offset, int length);
}
