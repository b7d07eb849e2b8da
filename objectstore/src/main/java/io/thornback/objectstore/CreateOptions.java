/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.time.Duration;
import java.util.List;

/**
 * How an object is made. Immutable.
 */
public final class CreateOptions {
    /** No metadata, the object itself and no copy, the time-out of the client's options. */
    public static final CreateOptions DEFAULT = new CreateOptions(new byte[0], 0, null, List.of());

    /** Bytes of metadata there can be. */
    public static final int MAX_METADATA_BYTES = CellDescriptor.MAX_METADATA_BYTES;

    /** References that one object can contain. */
    public static final int MAX_CONTENTS = Contents.MAX_IDS;

    private final byte[] metadata;
    /** Of the cell, but for what the contents add. */
    private final int flags;

    private final Duration timeout;
    private final List<ObjectId> contents;

    private CreateOptions(
            final byte[] metadata, final int flags, final Duration timeout, final List<ObjectId> contents) {
        this.metadata = metadata;
        this.flags = flags;
        this.timeout = timeout;
        this.contents = contents;
    }

    /**
     * The same with bytes that are kept beside the object's data and mean nothing to the store.
     *
     * @param newMetadata copied; at most {@link #MAX_METADATA_BYTES}
     */
    public CreateOptions withMetadata(final byte[] newMetadata) {
        if (newMetadata.length > MAX_METADATA_BYTES) {
            throw new IllegalArgumentException(
                    "metadata of " + newMetadata.length + " bytes, limit=" + MAX_METADATA_BYTES);
        }
        return new CreateOptions(newMetadata.clone(), flags, timeout, contents);
    }

    /**
     * The same for a secondary copy: the object is on another node as well, so this one may be evicted when memory is short and nobody holds a
     * reference.
     */
    public CreateOptions asCopy() {
        return new CreateOptions(metadata, flags | CellDescriptor.COPY, timeout, contents);
    }

    /** The same with a time that the create may wait for memory. */
    public CreateOptions withTimeout(final Duration newTimeout) {
        return new CreateOptions(metadata, flags, newTimeout, contents);
    }

    /**
     * The same for an object that contains references to others: it holds them ({@link ObjectHolds}) from its seal until it is deleted. Their ids are kept as its last bytes, behind
     * those that its maker writes, so it is that much longer when it is read.
     *
     * @param ids of the objects, at most {@link #MAX_CONTENTS}; the maker holds them until it has sealed this one
     */
    public CreateOptions containing(final List<ObjectId> ids) {
        if (ids.size() > MAX_CONTENTS) {
            throw new IllegalArgumentException("an object that contains references=" + ids.size() + ", limit="
                    + MAX_CONTENTS + "; put them into several objects");
        }
        return new CreateOptions(metadata, flags, timeout, List.copyOf(ids));
    }

    /**
     * The same for an object whose data come from another store as they are there, the ids behind them included ({@link ObjectBuffer#isContainer()}): its size is that of all of it.
     */
    public CreateOptions asContainer() {
        return new CreateOptions(metadata, flags | CellDescriptor.CONTAINER, timeout, contents);
    }

    List<ObjectId> contents() {
        return contents;
    }

    /** Bytes of an object of so many bytes with the ids behind it. */
    long lengthOf(final long sizeBytes) {
        return Contents.lengthWith(sizeBytes, contents.size());
    }

    byte[] metadata() {
        return metadata;
    }

    int flags() {
        return flags | (contents.isEmpty() ? 0 : CellDescriptor.CONTAINER);
    }

    Duration timeoutOr(final Duration other) {
        return timeout == null ? other : timeout;
    }
}
