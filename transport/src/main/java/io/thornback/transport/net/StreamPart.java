/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * What one side of a stream sends or receives: the bytes of a memory from an offset to its end. Both sides must mean the same.
 *
 * @param memory where the bytes are, or come
 * @param offset the first byte of the stream
 * @param length of the whole memory, so the stream has {@code length - offset} bytes
 * @param checksum has seen what lies before the offset, and on both sides the same before that; sees every byte as it passes, on the network thread
 * @param ended called once, on the network thread, when the stream does not touch the memory any more; must neither block nor throw
 */
public record StreamPart(
        StreamMemory memory, long offset, long length, CRC32C checksum, Consumer<StreamOutcome> ended) {
    public StreamPart {
        Objects.checkFromToIndex(offset, length, Long.MAX_VALUE);
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(checksum, "checksum");
        Objects.requireNonNull(ended, "ended");
    }
}
