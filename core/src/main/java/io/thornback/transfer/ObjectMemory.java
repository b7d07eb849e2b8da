/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.WritableObject;
import io.thornback.transport.net.NetStreams;
import io.thornback.transport.net.StreamMemory;
import java.nio.ByteBuffer;

/**
 * An object's data as a stream reads or writes them, in place. Mapped once, in pieces that overlap by one chunk: a buffer costs an entry in a table, and there is
 * a chunk each few microseconds.
 */
final class ObjectMemory implements StreamMemory {
    /** The most that is asked for at once. */
    static final int CHUNK_BYTES = NetStreams.CHUNK_BYTES;

    private static final long PIECE_BYTES = 1L << 30;

    private interface Mapper {
        ByteBuffer map(long offset, int length);
    }

    private final ByteBuffer[] pieces;
    /** Throws if the memory may not be touched any more. */
    private final Runnable check;

    private ObjectMemory(long sizeBytes, Mapper mapper, Runnable check) {
        this.check = check;
        this.pieces = new ByteBuffer[(int) ((sizeBytes + PIECE_BYTES - 1) / PIECE_BYTES)];
        for (int i = 0; i < pieces.length; i++) {
            final long offset = i * PIECE_BYTES;
            pieces[i] = mapper.map(offset, (int) Math.min(PIECE_BYTES + CHUNK_BYTES, sizeBytes - offset));
        }
    }

    /** An object that is pinned; whoever closes it while a stream reads it makes the stream fail. */
    static ObjectMemory of(ObjectBuffer source) {
        return new ObjectMemory(source.length(), source::lend, source::length);
    }

    /** An object that is being made; it must not be sealed or given up while a stream writes it. */
    static ObjectMemory of(WritableObject target) {
        return new ObjectMemory(target.sizeBytes(), target::byteBuffer, target::id);
    }

    @Override
    public ByteBuffer at(long offset, int length) {
        check.run();
        return pieces[(int) (offset / PIECE_BYTES)].slice((int) (offset % PIECE_BYTES), length);
    }
}
