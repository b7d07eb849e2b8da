/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import io.thornback.objectstore.CreateOptions;
import io.thornback.objectstore.ObjectBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** All of an object but its data. Immutable. */
final class ObjectShape {
    private static final int HEAD_BYTES = Long.BYTES + 2;

    private final long sizeBytes;
    private final int format;
    private final boolean isContainer;
    private final byte[] metadata;

    /**
     * @param sizeBytes of the data, with the ids behind it if it is a container
     * @param format the byte that its maker left with it
     * @param isContainer whether its last bytes are the ids of what it contains
     * @param metadata nobody changes it any more
     */
    ObjectShape(long sizeBytes, int format, boolean isContainer, byte[] metadata) {
        this.sizeBytes = sizeBytes;
        this.format = format;
        this.isContainer = isContainer;
        this.metadata = metadata;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    int format() {
        return format;
    }

    boolean isContainer() {
        return isContainer;
    }

    byte[] metadata() {
        return metadata;
    }

    static ObjectShape of(ObjectBuffer object) {
        return new ObjectShape(object.length(), object.format(), object.isContainer(), object.metadata());
    }

    /** Memory that a copy takes, about. */
    long memoryBytes() {
        return sizeBytes + metadata.length;
    }

    /** A checksum that has seen the shape and goes on with the data: an object that was made again under the same id, of another shape, is another. */
    CRC32C beginChecksum() {
        final CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(HEAD_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(sizeBytes)
                .put((byte) format)
                .put((byte) (isContainer ? 1 : 0))
                .flip());
        checksum.update(metadata);
        return checksum;
    }

    /** How a copy is made of it. */
    CreateOptions copyOptions() {
        final CreateOptions options = CreateOptions.DEFAULT.asCopy().withMetadata(metadata);
        return isContainer ? options.asContainer() : options;
    }
}
