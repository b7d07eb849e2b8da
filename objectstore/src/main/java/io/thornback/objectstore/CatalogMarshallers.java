/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;

/** How ids and entries lie in the map's file. Without state; the file names these classes, and makes them by their constructors. */
final class CatalogMarshallers {
    private CatalogMarshallers() {}

    /** An id, {@link ObjectId#LENGTH_BYTES} bytes. Reading one makes one, which only a walk through the map does. */
    static final class Key implements SizedReader<ObjectId>, SizedWriter<ObjectId> {
        @Override
        public long size(final ObjectId id) {
            return ObjectId.LENGTH_BYTES;
        }

        @Override
        public void write(final Bytes<?> out, final long size, final ObjectId id) {
            out.writeLong(id.word0);
            out.writeLong(id.word1);
            out.writeLong(id.word2);
            out.writeInt(id.word3);
        }

        @Override
        public ObjectId read(final Bytes<?> in, final long size, final ObjectId ignored) {
            return new ObjectId(in.readLong(), in.readLong(), in.readLong(), in.readInt());
        }
    }

    /** An entry, as of {@link CatalogDescriptor}; read into the one that is given. */
    static final class Value implements SizedReader<CatalogEntry>, SizedWriter<CatalogEntry> {
        @Override
        public long size(final CatalogEntry entry) {
            return CatalogDescriptor.VALUE_LENGTH;
        }

        @Override
        public void write(final Bytes<?> out, final long size, final CatalogEntry entry) {
            final long at = out.writePosition();
            out.writeSkip(CatalogDescriptor.VALUE_LENGTH);
            out.writeLong(at + CatalogDescriptor.LENGTH_OFFSET, entry.length);
            out.writeLong(at + CatalogDescriptor.CELL_OFFSET, entry.cell);
            out.writeLong(at + CatalogDescriptor.PLACE_OFFSET, entry.place);
            out.writeLong(at + CatalogDescriptor.SEALED_MS_OFFSET, entry.sealedMs);
            out.writeLong(at + CatalogDescriptor.ACCESSED_MS_OFFSET, entry.accessedMs);
            out.writeLong(at + CatalogDescriptor.WRITTEN_MS_OFFSET, entry.writtenMs);
            out.writeInt(at + CatalogDescriptor.PAYLOAD_CRC_OFFSET, entry.payloadCrc);
            out.writeInt(at + CatalogDescriptor.CREATOR_OFFSET, entry.creator);
            out.writeInt(at + CatalogDescriptor.JOB_OFFSET, entry.job);
            out.writeByte(at + CatalogDescriptor.FORMAT_OFFSET, (byte) entry.format);
            out.writeByte(at + CatalogDescriptor.FLAGS_OFFSET, (byte) entry.flags);
            out.writeByte(at + CatalogDescriptor.PLACES_OFFSET, (byte) entry.places);
            out.writeByte(at + CatalogDescriptor.DIRECTORY_OFFSET, (byte) entry.directory);
            out.writeLong(at + CatalogDescriptor.CHECK_OFFSET, entry.check());
        }

        @Override
        public CatalogEntry read(final Bytes<?> in, final long size, final CatalogEntry using) {
            final CatalogEntry entry = using == null ? new CatalogEntry() : using;
            final long at = in.readPosition();
            in.readSkip(CatalogDescriptor.VALUE_LENGTH);
            entry.length = in.readLong(at + CatalogDescriptor.LENGTH_OFFSET);
            entry.cell = in.readLong(at + CatalogDescriptor.CELL_OFFSET);
            entry.place = in.readLong(at + CatalogDescriptor.PLACE_OFFSET);
            entry.sealedMs = in.readLong(at + CatalogDescriptor.SEALED_MS_OFFSET);
            entry.accessedMs = in.readLong(at + CatalogDescriptor.ACCESSED_MS_OFFSET);
            entry.writtenMs = in.readLong(at + CatalogDescriptor.WRITTEN_MS_OFFSET);
            entry.payloadCrc = in.readInt(at + CatalogDescriptor.PAYLOAD_CRC_OFFSET);
            entry.creator = in.readInt(at + CatalogDescriptor.CREATOR_OFFSET);
            entry.job = in.readInt(at + CatalogDescriptor.JOB_OFFSET);
            entry.format = in.readUnsignedByte(at + CatalogDescriptor.FORMAT_OFFSET);
            entry.flags = in.readUnsignedByte(at + CatalogDescriptor.FLAGS_OFFSET);
            entry.places = in.readUnsignedByte(at + CatalogDescriptor.PLACES_OFFSET);
            entry.directory = in.readUnsignedByte(at + CatalogDescriptor.DIRECTORY_OFFSET);
            if (in.readLong(at + CatalogDescriptor.CHECK_OFFSET) != entry.check()) {
                throw new IllegalStateException(
                        "an entry is damaged: place=" + entry.place + " length=" + entry.length);
            }
            return entry;
        }
    }
}
