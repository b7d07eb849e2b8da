/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import io.thornback.objectstore.ObjectBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.agrona.MutableDirectBuffer;

/**
 * Memory of an object that is being written. Nobody sees it before {@link #seal()}; {@link #close()} without it gives the memory back.
 * Several threads may fill different parts; {@code seal} comes after all of them.
 */
public interface ObjectWriter extends AutoCloseable {
    /** Size in bytes, as asked for. */
    long sizeBytes();

    /** The bytes {@code [offset, offset + length)}, writable in place. */
    MutableDirectBuffer slice(long offset, int length);

    /** The bytes {@code [offset, offset + length)}, writable in place, little-endian. */
    ByteBuffer byteBuffer(long offset, int length);

    /**
     * Fills the object from its start with what the channel has from its position on.
     *
     * @return the number of bytes read: {@link #sizeBytes()}, or less where the channel ended.
     */
    long transferFrom(FileChannel channel) throws IOException;

    /** Makes the object visible, for good and unchangeable. */
    ObjectRef<ObjectBuffer> seal();

    /** Gives the memory back if the object was not sealed. */
    @Override
    void close();
}
