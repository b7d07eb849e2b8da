/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that go into one object. They are collected by size first, so the object can be made exactly as long as it
 * must be, and then each is copied once, from where it lies straight into the object. Not thread-safe.
 */
final class Pack {
    private static final Logger LOG = LoggerFactory.getLogger(Pack.class);

    private final int limitBytes;
    private final List<ClassFile> files = new ArrayList<>();
    private long fileBytes;

    /**
     * @param limitBytes the length aimed at; a single file that is longer still makes a pack of its own
     */
    Pack(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Whether {@code file} belongs in this pack; the first always does. */
    boolean hasRoomFor(ClassFile file) {
        return files.isEmpty()
                || PackDescriptor.directoryEnd(files.size() + 1L) + fileBytes + file.sizeBytes() <= limitBytes;
    }

    void add(ClassFile file) {
        files.add(file);
        fileBytes += file.sizeBytes();
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    int count() {
        return files.size();
    }

    /** Length of the object that holds this pack, in bytes. */
    int sizeBytes() {
        return Math.toIntExact(PackDescriptor.directoryEnd(files.size()) + fileBytes);
    }

    /**
     * Writes the pack from the target's position 0. A file that can no longer be read leaves its place unused and is
     * not in the directory; one that has become shorter is there with what it still had.
     *
     * @param target {@link #sizeBytes} long
     * @return how many files could not be read
     */
    int writeTo(ByteBuffer target) {
        ByteBuffer pack = target.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int offset = Math.toIntExact(PackDescriptor.directoryEnd(files.size()));
        int written = 0;
        for (ClassFile file : files) {
            int entry = PackDescriptor.DIRECTORY_OFFSET + written * PackDescriptor.DIRECTORY_ENTRY_BYTES;
            try {
                int length = file.copyTo(pack.slice(offset, file.sizeBytes()));
                pack.putInt(entry, offset).putInt(entry + Integer.BYTES, length);
                offset += file.sizeBytes();
                written++;
            } catch (IOException e) {
                LOG.debug("leaving out {}", file.name(), e);
            }
        }
        pack.putInt(PackDescriptor.MAGIC_OFFSET, PackDescriptor.MAGIC)
                .putInt(PackDescriptor.VERSION_OFFSET, PackDescriptor.VERSION)
                .putInt(PackDescriptor.COUNT_OFFSET, written)
                .putInt(PackDescriptor.LENGTH_OFFSET, sizeBytes());
        return files.size() - written;
    }
}
