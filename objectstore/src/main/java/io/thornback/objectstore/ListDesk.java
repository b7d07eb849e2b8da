/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.ListObjectsDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.ObjectListEncoder;
import io.thornback.transport.wire.ObjectPresence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Answers ListObjects, page by page: first what is in memory, by the number of the cell, then what is on disk alone. A page looks at a bounded number of
 * cells and may be empty without being the last. What is sealed or deleted while somebody turns pages is seen or not. One thread, the agent.
 */
final class ListDesk {
    static final long END = -1;
    static final int MOST_IN_A_PAGE = 128;

    private static final int MOST_CELLS_LOOKED_AT = 4096;
    /** Cursors from here on count what is on disk. */
    private static final long DISK_CURSOR = 1L << 32;

    private static final int BUFFER_BYTES = 8192;

    private final CellTable cells;
    private final ObjectIndexWriter index;
    private final Residency residency;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BUFFER_BYTES]);
    private final ObjectListEncoder encoder = new ObjectListEncoder();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final byte[] idBytes = new byte[ObjectId.LENGTH_BYTES];
    private final UnsafeBuffer idBuffer = new UnsafeBuffer(idBytes);
    private final int[] found = new int[MOST_IN_A_PAGE];
    /** What was on disk when a client had seen all that is in memory; one listing per client at a time gets it in full. */
    private final Map<Integer, List<Spilled>> onDisk = new HashMap<>();

    ListDesk(final CellTable cells, final ObjectIndexWriter index, final Residency residency) {
        this.cells = cells;
        this.index = index;
        this.residency = residency;
    }

    void forget(final ClientSession client) {
        onDisk.remove(client.id);
    }

    void list(final ClientSession client, final DirectBuffer request, final int offset) {
        final long cursor = StoreMessages.getLong(request, offset, ListObjectsDecoder.cursorEncodingOffset());
        final int most = Math.max(
                1,
                Math.min(
                        MOST_IN_A_PAGE,
                        StoreMessages.getInt(request, offset, ListObjectsDecoder.mostEncodingOffset())));
        final int jobId = StoreMessages.getInt(request, offset, ListObjectsDecoder.jobIdEncodingOffset());
        encoder.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(
                        StoreMessages.getLong(request, offset, ListObjectsDecoder.correlationIdEncodingOffset()));
        if (cursor < DISK_CURSOR) {
            listMemory((int) Math.max(0, cursor), most, jobId);
        } else {
            listDisk(client, cursor - DISK_CURSOR, most, jobId);
        }
        client.tell(ObjectListEncoder.TEMPLATE_ID, buffer, StoreMessages.HEADER_LENGTH + encoder.encodedLength());
    }

    private void listMemory(final int from, final int most, final int jobId) {
        int count = 0;
        int cell = from;
        for (; cell < cells.usedHigh() && cell - from < MOST_CELLS_LOOKED_AT && count < most; cell++) {
            if (CellDescriptor.state(cells.word(cell)) == CellDescriptor.SEALED
                    && (jobId == EventDesk.EVERY_JOB || idOf(cell).jobId() == jobId)) {
                found[count++] = cell;
            }
        }
        encoder.nextCursor(cell < cells.usedHigh() ? cell : DISK_CURSOR);
        final ObjectListEncoder.ObjectsEncoder group = encoder.objectsCount(count);
        for (int i = 0; i < count; i++) {
            final long address = cells.address(found[i]);
            group.next()
                    .sizeBytes(CellDescriptor.lengthPlain(address))
                    .metadataBytes(CellDescriptor.metadataLengthPlain(address))
                    .clientId(CellDescriptor.client(cells.word(found[i])))
                    .idleSeconds(residency.lru().idleSeconds(found[i]))
                    .presence(ObjectPresence.SEALED);
            putId(group, idOf(found[i]));
        }
    }

    private void listDisk(final ClientSession client, final long from, final int most, final int jobId) {
        if (from == 0) {
            onDisk.put(client.id, residency.onDisk(jobId));
        }
        final List<Spilled> all = onDisk.getOrDefault(client.id, List.of());
        int at = (int) Math.min(from, all.size());
        int count = 0;
        for (; at < all.size() && at - from < MOST_CELLS_LOOKED_AT && count < most; at++) {
            final ObjectId id = all.get(at).id;
            if (index.find(id) == ObjectIndex.NONE && residency.isOnDisk(id)) {
                found[count++] = at;
            }
        }
        encoder.nextCursor(at < all.size() ? DISK_CURSOR + at : END);
        final ObjectListEncoder.ObjectsEncoder group = encoder.objectsCount(count);
        for (int i = 0; i < count; i++) {
            final Spilled object = all.get(found[i]);
            group.next()
                    .sizeBytes(object.dataBytes())
                    .metadataBytes(object.metadataBytes())
                    .clientId(object.creator)
                    .idleSeconds(0)
                    .presence(ObjectPresence.SPILLED);
            putId(group, object.id);
        }
        if (at >= all.size()) {
            onDisk.remove(client.id);
        }
    }

    private ObjectId idOf(final int cell) {
        return ObjectId.ofAddress(cells.address(cell) + CellDescriptor.ID_OFFSET);
    }

    private void putId(final ObjectListEncoder.ObjectsEncoder group, final ObjectId id) {
        id.putInto(idBuffer, 0);
        group.putObjectId(idBytes, 0, idBytes.length);
    }
}
