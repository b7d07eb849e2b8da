/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.ListObjectsDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.ObjectListEncoder;
import io.thornback.transport.wire.ObjectPresence;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Answers ListObjects, page by page: first what is in memory, by the number of the cell, then what is on disk alone: first what the heap knows, then what
 * the catalog knows, read by its thread in pieces. A page looks at a bounded number of
 * cells and may be empty without being the last. What is sealed or deleted while somebody turns pages is seen or not. One thread, the agent.
 */
final class ListDesk {
    static final long END = -1;
    static final int MOST_IN_A_PAGE = 128;

    private static final int MOST_CELLS_LOOKED_AT = 4096;
    /** Cursors from here on count what is on disk. */
    private static final long DISK_CURSOR = 1L << 32;

    /** The cursor of every page of what the catalog knows. */
    private static final long CATALOG_CURSOR = 1L << 62;

    private static final int PIECE_OBJECTS = 4096;
    private static final int BUFFER_BYTES = 8192;

    /** How far a client has come; one listing per client at a time gets what is on disk in full. */
    private static final class Listing {
        /** What the heap knew when the client had seen all that is in memory. */
        List<Spilled> heap = List.of();
        /** Of these; some go from the heap to the catalog meanwhile. */
        Set<ObjectId> seen = Set.of();

        CatalogWalk piece;
        int next;
    }

    private final CellTable cells;
    private final ObjectIndexWriter index;
    private final Residency residency;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BUFFER_BYTES]);
    private final ObjectListEncoder encoder = new ObjectListEncoder();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final byte[] idBytes = new byte[ObjectId.LENGTH_BYTES];
    private final UnsafeBuffer idBuffer = new UnsafeBuffer(idBytes);
    private final int[] found = new int[MOST_IN_A_PAGE];
    private final ClientRegistry clients;
    private final Map<Integer, Listing> listings = new HashMap<>();

    ListDesk(
            final CellTable cells,
            final ObjectIndexWriter index,
            final Residency residency,
            final ClientRegistry clients) {
        this.cells = cells;
        this.index = index;
        this.residency = residency;
        this.clients = clients;
    }

    void forget(final ClientSession client) {
        listings.remove(client.id);
    }

    void list(final ClientSession client, final DirectBuffer request, final int offset) {
        final long cursor = StoreMessages.getLong(request, offset, ListObjectsDecoder.cursorEncodingOffset());
        final int most = Math.max(
                1,
                Math.min(
                        MOST_IN_A_PAGE,
                        StoreMessages.getInt(request, offset, ListObjectsDecoder.mostEncodingOffset())));
        final int jobId = StoreMessages.getInt(request, offset, ListObjectsDecoder.jobIdEncodingOffset());
        final long correlationId =
                StoreMessages.getLong(request, offset, ListObjectsDecoder.correlationIdEncodingOffset());
        if (cursor >= CATALOG_CURSOR) {
            listCatalog(client, correlationId, most, jobId);
            return;
        }
        begin(correlationId);
        if (cursor < DISK_CURSOR) {
            // A cursor that no page gave may be more than a cell's number holds, and then less than none.
            listMemory((int) Math.min(cells.usedHigh(), Math.max(0, cursor)), most, jobId);
        } else {
            listDisk(client, cursor - DISK_CURSOR, most, jobId);
        }
        tell(client);
    }

    private void begin(final long correlationId) {
        encoder.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
    }

    private void tell(final ClientSession client) {
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
            final Listing begun = new Listing();
            begun.heap = residency.onDisk(jobId);
            listings.put(client.id, begun);
        }
        final List<Spilled> all = listing(client).heap;
        int at = (int) Math.min(from, all.size());
        int count = 0;
        for (; at < all.size() && at - from < MOST_CELLS_LOOKED_AT && count < most; at++) {
            final ObjectId id = all.get(at).id;
            if (index.find(id) == ObjectIndex.NONE && residency.isOnDisk(id)) {
                found[count++] = at;
            }
        }
        encoder.nextCursor(at < all.size() ? DISK_CURSOR + at : CATALOG_CURSOR);
        final ObjectListEncoder.ObjectsEncoder group = encoder.objectsCount(count);
        for (int i = 0; i < count; i++) {
            putSpilled(group, all.get(found[i]), 0);
        }
    }

    /** The answer comes at once, or when the catalog's thread has read the next piece. */
    private void listCatalog(final ClientSession client, final long correlationId, final int most, final int jobId) {
        final Listing listing = listing(client);
        if (listing.seen.isEmpty() && !listing.heap.isEmpty()) {
            listing.seen = new HashSet<>();
            listing.heap.forEach(object -> listing.seen.add(object.id));
        }
        if (listing.piece != null && listing.next < listing.piece.count()) {
            listPiece(client, listing, correlationId, most);
            return;
        }
        final long from = listing.piece == null ? 0 : listing.piece.nextCursor();
        final boolean begun = from != CatalogWalk.END
                && residency.walkCatalog(CatalogWalk.onDisk(from, PIECE_OBJECTS, jobId), piece -> {
                    listing.piece = piece;
                    listing.next = 0;
                    if (clients.find(client.id) == client) {
                        listPiece(client, listing, correlationId, most);
                    }
                });
        if (!begun) {
            end(client, correlationId);
        }
    }

    private void listPiece(
            final ClientSession client, final Listing listing, final long correlationId, final int most) {
        final CatalogWalk piece = listing.piece;
        int count = 0;
        int at = listing.next;
        for (; at < piece.count() && count < most; at++) {
            final ObjectId id = piece.id(at);
            if (index.find(id) == ObjectIndex.NONE && !listing.seen.contains(id) && residency.isOnDisk(id)) {
                found[count++] = at;
            }
        }
        listing.next = at;
        if (count == 0 && at == piece.count() && (piece.nextCursor() == CatalogWalk.END || piece.hasFailed())) {
            end(client, correlationId);
            return;
        }
        begin(correlationId);
        encoder.nextCursor(CATALOG_CURSOR);
        final long nowMs = System.currentTimeMillis();
        final ObjectListEncoder.ObjectsEncoder group = encoder.objectsCount(count);
        for (int i = 0; i < count; i++) {
            final CatalogEntry entry = piece.entry(found[i]);
            putSpilled(group, entry.toSpilled(piece.id(found[i])), Math.max(0, nowMs - entry.accessedMs) / 1000);
        }
        tell(client);
    }

    private void end(final ClientSession client, final long correlationId) {
        listings.remove(client.id);
        begin(correlationId);
        encoder.nextCursor(END).objectsCount(0);
        tell(client);
    }

    private Listing listing(final ClientSession client) {
        return listings.computeIfAbsent(client.id, unknown -> new Listing());
    }

    private void putSpilled(
            final ObjectListEncoder.ObjectsEncoder group, final Spilled object, final long idleSeconds) {
        group.next()
                .sizeBytes(object.dataBytes())
                .metadataBytes(object.metadataBytes())
                .clientId(object.creator)
                .idleSeconds((int) Math.min(Integer.MAX_VALUE, idleSeconds))
                .presence(ObjectPresence.SPILLED);
        putId(group, object.id);
    }

    private ObjectId idOf(final int cell) {
        return ObjectId.ofAddress(cells.address(cell) + CellDescriptor.ID_OFFSET);
    }

    private void putId(final ObjectListEncoder.ObjectsEncoder group, final ObjectId id) {
        id.putInto(idBuffer, 0);
        group.putObjectId(idBytes, 0, idBytes.length);
    }
}
