/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.ipc.LaneHandler;
import io.thornback.transport.wire.AbortCellDecoder;
import io.thornback.transport.wire.CancelWaitDecoder;
import io.thornback.transport.wire.DeleteObjectDecoder;
import io.thornback.transport.wire.FlushReplyEncoder;
import io.thornback.transport.wire.FlushRequestDecoder;
import io.thornback.transport.wire.LeaseRequestDecoder;
import io.thornback.transport.wire.ListObjectsDecoder;
import io.thornback.transport.wire.ObjectEventKind;
import io.thornback.transport.wire.ObjectPresence;
import io.thornback.transport.wire.ObjectStatusEncoder;
import io.thornback.transport.wire.QueryObjectDecoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.ReleaseJobDecoder;
import io.thornback.transport.wire.SealDecoder;
import io.thornback.transport.wire.SealRejectedEncoder;
import io.thornback.transport.wire.StoreHelloDecoder;
import io.thornback.transport.wire.SubscribeEventsDecoder;
import io.thornback.transport.wire.UnsubscribeEventsDecoder;
import io.thornback.transport.wire.WaitObjectDecoder;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store does with each message. Every effect is idempotent: a SEAL is known by its cell and generation, a delete of what is gone
 * does nothing, everything else carries a correlation id. One thread, the agent.
 */
final class StoreService implements LaneHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StoreService.class);

    private final StoreFiles files;
    private final CellTable cells;
    private final ObjectIndexWriter index;
    private final DoomedCells doomed;
    private final Waiters waiters;
    private final LeaseDesk leases;
    private final Undecided undecided;
    private final Admissions admissions;
    private final ClientRegistry clients;
    private final Outbox outbox;
    private final Residency residency;
    private final Holds holds;
    private final ReferenceDesk references;
    private final DeleteLog deletes;
    private final NanoClock clock;
    private final EventDesk events;
    private final ListDesk lists;
    private long sealed;
    private long deleted;
    private long rejected;
    private long badMessages;

    StoreService(final StoreParts parts, final NanoClock clock) {
        this.files = parts.files();
        this.cells = parts.cells();
        this.index = parts.index();
        this.doomed = parts.doomed();
        this.waiters = parts.waiters();
        this.leases = parts.leases();
        this.undecided = parts.undecided();
        this.admissions = parts.admissions();
        this.clients = parts.clients();
        this.outbox = parts.outbox();
        this.residency = parts.residency();
        this.holds = parts.holds();
        this.references = new ReferenceDesk(residency, holds);
        this.deletes = parts.undecided().log();
        this.clock = clock;
        this.sealed = counted(StoreDescriptor.SEALED_OFFSET);
        this.deleted = counted(StoreDescriptor.DELETED_OFFSET);
        this.rejected = counted(StoreDescriptor.REJECTED_OFFSET);
        this.badMessages = counted(StoreDescriptor.BAD_MESSAGES_OFFSET);
        this.events = new EventDesk(outbox);
        this.lists = new ListDesk(cells, index, residency, clients);
        parts.tally().listener(events);
    }

    @Override
    public void onMessage(
            final InboundLane from,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (templateId == StoreHelloDecoder.TEMPLATE_ID) {
            admissions.onHello(from, buffer, offset);
        } else if (from.attachment() instanceof ClientSession session) {
            dispatch(from, session, templateId, buffer, offset);
        } else {
            bad(from, templateId, "not admitted");
        }
    }

    @Override
    public void onUnreadable(
            final InboundLane from,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        bad(from, templateId, "its length fields lead out of it");
    }

    /** All that the client had committed has been applied. */
    @Override
    public void onLaneClosed(final InboundLane lane, final boolean producerDied) {
        if (lane.attachment() instanceof ClientSession session && session.isAttachedTo(lane)) {
            end(session);
            LOG.debug("{} {}", session, producerDied ? "died" : "left");
        }
    }

    /** Nothing more will come of this client: all that it held is free. */
    void end(final ClientSession session) {
        clients.state(session.id, StoreDescriptor.CLIENT_CLOSING);
        Steps.reached(Step.CLIENT_CLOSING);
        waiters.forget(session);
        leases.forget(session);
        references.forget(session);
        events.forget(session);
        lists.forget(session);
        cells.freeAll(session);
        Steps.reached(Step.CLIENT_CELLS_FREED);
        clients.remove(session);
        admissions.left(session);
    }

    private void dispatch(
            final InboundLane from,
            final ClientSession session,
            final int templateId,
            final DirectBuffer buffer,
            final int offset) {
        switch (templateId) {
            case SealDecoder.TEMPLATE_ID -> onSeal(from, session, buffer, offset);
            case LeaseRequestDecoder.TEMPLATE_ID -> onLease(from, session, buffer, offset);
            case WaitObjectDecoder.TEMPLATE_ID -> onWait(session, buffer, offset);
            case CancelWaitDecoder.TEMPLATE_ID -> {
                final long id = StoreMessages.getLong(buffer, offset, CancelWaitDecoder.correlationIdEncodingOffset());
                if (!waiters.cancel(session, id)) {
                    leases.cancel(session, id);
                }
            }
            case DeleteObjectDecoder.TEMPLATE_ID ->
                onDelete(from, StoreMessages.getId(buffer, offset, DeleteObjectDecoder.objectIdEncodingOffset()));
            case AbortCellDecoder.TEMPLATE_ID -> onAbort(session, buffer, offset);
            case QueryObjectDecoder.TEMPLATE_ID ->
                onQuery(
                        from,
                        session,
                        StoreMessages.getLong(buffer, offset, QueryObjectDecoder.correlationIdEncodingOffset()),
                        StoreMessages.getId(buffer, offset, QueryObjectDecoder.objectIdEncodingOffset()));
            case FlushRequestDecoder.TEMPLATE_ID ->
                outbox.fixed(FlushReplyEncoder.TEMPLATE_ID, FlushReplyEncoder.BLOCK_LENGTH)
                        .putLong(
                                FlushReplyEncoder.correlationIdEncodingOffset(),
                                StoreMessages.getLong(
                                        buffer, offset, FlushRequestDecoder.correlationIdEncodingOffset()))
                        .tell(session);
            case ReleaseJobDecoder.TEMPLATE_ID -> {
                final int jobId = StoreMessages.getInt(buffer, offset, ReleaseJobDecoder.jobIdEncodingOffset());
                final int entry = deletes.noteJob(from.key(), from.consumerPosition(), jobId);
                undecided.decideInOrder(from, () -> {
                    releaseJob(jobId);
                    deletes.forget(entry);
                });
            }
            default -> {
                if (!references.tell(session, templateId, buffer, offset, files.epoch())) {
                    dispatchQuestion(from, session, templateId, buffer, offset);
                }
            }
        }
    }

    /** What changes nothing. */
    private void dispatchQuestion(
            final InboundLane from,
            final ClientSession session,
            final int templateId,
            final DirectBuffer buffer,
            final int offset) {
        switch (templateId) {
            case ListObjectsDecoder.TEMPLATE_ID -> lists.list(session, buffer, offset);
            case SubscribeEventsDecoder.TEMPLATE_ID -> {
                if (!events.subscribe(session, buffer, offset)) {
                    outbox.refused(
                                    StoreMessages.getLong(
                                            buffer, offset, SubscribeEventsDecoder.correlationIdEncodingOffset()),
                                    RefusalCode.QUEUE_FULL,
                                    EventDesk.MOST_OF_A_CLIENT,
                                    "too many subscriptions of one client: limit=" + EventDesk.MOST_OF_A_CLIENT)
                            .tell(session);
                }
            }
            case UnsubscribeEventsDecoder.TEMPLATE_ID -> events.unsubscribe(session, buffer, offset);
            default -> bad(from, templateId, "not for the store");
        }
    }

    void onSeal(final InboundLane from, final ClientSession session, final DirectBuffer buffer, final int offset) {
        final int cell = StoreMessages.getInt(buffer, offset, SealDecoder.cellEncodingOffset());
        final long generation = StoreMessages.getLong(buffer, offset, SealDecoder.generationEncodingOffset());
        final ObjectId id = StoreMessages.getId(buffer, offset, SealDecoder.objectIdEncodingOffset());
        if (!cells.isCell(cell)) {
            bad(from, SealDecoder.TEMPLATE_ID, "no such cell: " + cell);
            return;
        }
        final long address = cells.address(cell);
        if (cells.word(cell) != CellDescriptor.word(CellDescriptor.WRITING, session.id, generation)) {
            // Applied before: a repeat. Or the lease is long gone. Either way there is nothing to do.
            return;
        }
        final long sizeBytes = CellDescriptor.sizeWithMetadata(
                CellDescriptor.lengthPlain(address), CellDescriptor.metadataLengthPlain(address));
        if (sizeBytes > CellDescriptor.capacityPlain(address)
                || !id.equalsAddress(address + CellDescriptor.ID_OFFSET)
                || CellDescriptor.checksumPlain(address) != CellDescriptor.checksum(address)) {
            bad(from, SealDecoder.TEMPLATE_ID, "the descriptor of cell " + cell + " does not agree with the seal");
            reject(session, cell, generation, id);
            return;
        }
        if (index.find(id) != ObjectIndex.NONE || residency.isOnDisk(id)) {
            reject(session, cell, generation, id);
            return;
        }
        cells.seal(session, cell, true);
        Steps.reached(Step.SEAL_CELL_SEALED);
        index.put(id, cell);
        Steps.reached(Step.SEAL_INDEXED);
        residency.sealed(id, cell);
        if ((CellDescriptor.flagsPlain(address) & CellDescriptor.CONTAINER) != 0) {
            holds.contains(id, Contents.read(files.arena(), address));
        }
        count(StoreDescriptor.SEALED_OFFSET, ++sealed);
        count(StoreDescriptor.OBJECTS_OFFSET, index.live());
        if (!waiters.isEmpty()) {
            waiters.sealed(id, cell);
        }
        events.happened(ObjectEventKind.SEALED, id, CellDescriptor.lengthPlain(address));
    }

    /** The loser of two seals. Its client may have read its own put already: it goes when it is unpinned. */
    private void reject(final ClientSession session, final int cell, final long generation, final ObjectId id) {
        cells.seal(session, cell, false);
        doomed.add(cell);
        Steps.reached(Step.SEAL_REJECTED);
        count(StoreDescriptor.REJECTED_OFFSET, ++rejected);
        tellRejected(session, cell, generation, id);
    }

    void tellRejected(final ClientSession session, final int cell, final long generation, final ObjectId id) {
        outbox.fixed(SealRejectedEncoder.TEMPLATE_ID, SealRejectedEncoder.BLOCK_LENGTH)
                .putLong(SealRejectedEncoder.generationEncodingOffset(), generation)
                .putInt(SealRejectedEncoder.cellEncodingOffset(), cell)
                .putId(SealRejectedEncoder.objectIdEncodingOffset(), id)
                .tell(session);
    }

    private void onLease(
            final InboundLane from, final ClientSession session, final DirectBuffer buffer, final int offset) {
        final long correlationId =
                StoreMessages.getLong(buffer, offset, LeaseRequestDecoder.correlationIdEncodingOffset());
        final int count = StoreMessages.getInt(buffer, offset, LeaseRequestDecoder.cellCountEncodingOffset());
        final long sizeBytes = StoreMessages.getLong(buffer, offset, LeaseRequestDecoder.sizeBytesEncodingOffset());
        final long timeoutNs = StoreMessages.getLong(buffer, offset, LeaseRequestDecoder.timeoutNsEncodingOffset());
        final int word = StoreMessages.getInt(buffer, offset, LeaseRequestDecoder.waitWordEncodingOffset());
        final int sequence = StoreMessages.getInt(buffer, offset, LeaseRequestDecoder.waitSequenceEncodingOffset());
        if (count < 1 || sizeBytes < 0 || timeoutNs < 0 || word < 0 || word > PinTableDescriptor.WAIT_WORDS) {
            bad(
                    from,
                    LeaseRequestDecoder.TEMPLATE_ID,
                    "cellCount=" + count + " sizeBytes=" + sizeBytes + " timeoutNs=" + timeoutNs + " waitWord=" + word);
            return;
        }
        final long nowNs = clock.nanoTime();
        leases.request(
                new LeaseDesk.Request(session, correlationId, sizeBytes, nowNs + timeoutNs, word, sequence),
                word == 0 ? count : 1,
                nowNs);
    }

    private void onWait(final ClientSession session, final DirectBuffer buffer, final int offset) {
        final long correlationId =
                StoreMessages.getLong(buffer, offset, WaitObjectDecoder.correlationIdEncodingOffset());
        final ObjectId id = StoreMessages.getId(buffer, offset, WaitObjectDecoder.objectIdEncodingOffset());
        final int word = StoreMessages.getInt(buffer, offset, WaitObjectDecoder.waitWordEncodingOffset());
        final int sequence = StoreMessages.getInt(buffer, offset, WaitObjectDecoder.waitSequenceEncodingOffset());
        final int cell = index.find(id);
        if (cell == ObjectIndex.NONE) {
            final String lost = residency.lost(id);
            if (lost != null) {
                outbox.refused(correlationId, RefusalCode.OBJECT_LOST, 0, lost).tell(session);
                return;
            }
            waiters.add(session, correlationId, id, word, sequence);
            residency.want(id);
        } else {
            waiters.ready(session, correlationId, id, cell, word, sequence);
        }
    }

    private void onDelete(final InboundLane from, final ObjectId id) {
        if (!deleteLogged(from, id) && !undecided.isInOrder(from)) {
            final int entry = deletes.note(from.key(), from.consumerPosition(), id);
            Steps.reached(Step.DELETE_NOTED);
            undecided.decideInOrder(from, () -> decideDelete(entry, id));
        }
    }

    /** The delete that the lane delivers at this moment; false if there is no such object. */
    boolean deleteLogged(final InboundLane from, final ObjectId id) {
        final long token = token(id);
        deletes.running(from.key(), from.consumerPosition(), id, token, token == 0 ? residency.placeOnDisk(id) : 0);
        Steps.reached(Step.DELETE_LOGGED);
        return delete(id);
    }

    /** A delete that was noted: the object is there by now, or never was. */
    void decideDelete(final int entry, final ObjectId id) {
        final long token = token(id);
        deletes.deciding(entry, token, token == 0 ? residency.placeOnDisk(id) : 0);
        Steps.reached(Step.DELETE_DECIDING);
        delete(id);
        deletes.forget(entry);
    }

    /** 0 if the object is not in memory. */
    private long token(final ObjectId id) {
        final int cell = index.find(id);
        return cell == ObjectIndex.NONE ? 0 : CellDescriptor.token(cell, CellDescriptor.generation(cells.word(cell)));
    }

    private void onQuery(
            final InboundLane from, final ClientSession session, final long correlationId, final ObjectId id) {
        if (index.find(id) == ObjectIndex.NONE && !residency.isOnDisk(id)) {
            undecided.decideInOrder(from, () -> tellPresence(session, correlationId, id));
        } else {
            tellPresence(session, correlationId, id);
        }
    }

    private void tellPresence(final ClientSession session, final long correlationId, final ObjectId id) {
        if (clients.find(session.id) == session) {
            final ObjectPresence absent = residency.isOnDisk(id) ? ObjectPresence.SPILLED : ObjectPresence.ABSENT;
            final ObjectPresence presence = index.find(id) == ObjectIndex.NONE ? absent : ObjectPresence.SEALED;
            outbox.fixed(ObjectStatusEncoder.TEMPLATE_ID, ObjectStatusEncoder.BLOCK_LENGTH)
                    .putLong(ObjectStatusEncoder.correlationIdEncodingOffset(), correlationId)
                    .putByte(ObjectStatusEncoder.presenceEncodingOffset(), presence.value())
                    .putId(ObjectStatusEncoder.objectIdEncodingOffset(), id)
                    .tell(session);
        }
    }

    ReferenceDesk references() {
        return references;
    }

    void onAbort(final ClientSession session, final DirectBuffer buffer, final int offset) {
        final int cell = StoreMessages.getInt(buffer, offset, AbortCellDecoder.cellEncodingOffset());
        final long generation = StoreMessages.getLong(buffer, offset, AbortCellDecoder.generationEncodingOffset());
        if (!cells.isCell(cell)) {
            return;
        }
        final long word = cells.word(cell);
        if (word == CellDescriptor.word(CellDescriptor.WRITING, session.id, generation)) {
            cells.freeWriting(session, cell);
        } else if (word == CellDescriptor.word(CellDescriptor.LEASED, session.id, generation)) {
            // A grant that came after its time-out. What else is idle of this client's goes back with it.
            cells.reclaimLeases(session);
        }
    }

    /** Finishes the delete of what only the disk had, at exactly this place. */
    void deletePlace(final ObjectId id, final long place) {
        if (index.find(id) == ObjectIndex.NONE && residency.placeOnDisk(id) == place) {
            delete(id);
        }
    }

    /** Finishes the delete of exactly this cell at this generation, if it had not come to its end. */
    void deleteToken(final long token) {
        final int cell = CellDescriptor.tokenCell(token);
        if (cells.isCell(cell)) {
            final long word = cells.word(cell);
            final ObjectId id = ObjectId.ofAddress(cells.address(cell) + CellDescriptor.ID_OFFSET);
            if (CellDescriptor.state(word) == CellDescriptor.SEALED
                    && CellDescriptor.generation(word) == CellDescriptor.tokenGeneration(token)
                    && index.find(id) == cell) {
                delete(id);
            }
        }
    }

    /** Brings the counters up to what was found. */
    void recovered(final int lost) {
        count(StoreDescriptor.OBJECTS_OFFSET, index.live());
        count(StoreDescriptor.LOST_OFFSET, counted(StoreDescriptor.LOST_OFFSET) + lost);
    }

    boolean delete(final ObjectId id) {
        final int cell = index.find(id);
        long sizeBytes = ObjectEvent.UNKNOWN_SIZE;
        holds.deleted(id);
        if (cell == ObjectIndex.NONE) {
            if (!residency.deleteOnDisk(id)) {
                return false;
            }
        } else {
            sizeBytes = CellDescriptor.lengthPlain(cells.address(cell));
            index.remove(id, cell);
            residency.deleted(id, cell);
            Steps.reached(Step.DELETE_OUT_OF_INDEX);
            cells.doom(cell);
            Steps.reached(Step.DELETE_DOOMED);
            doomed.add(cell);
        }
        count(StoreDescriptor.DELETED_OFFSET, ++deleted);
        count(StoreDescriptor.OBJECTS_OFFSET, index.live());
        events.happened(ObjectEventKind.DELETED, id, sizeBytes);
        return true;
    }

    /** Deletes what nobody has a reference to any more; returns how many objects were looked at. */
    int dropUnheld() {
        return holds.poll(undecided, this::delete);
    }

    void releaseJob(final int jobId) {
        for (int cell = 0; cell < cells.usedHigh(); cell++) {
            if (CellDescriptor.state(cells.word(cell)) == CellDescriptor.SEALED) {
                final ObjectId id = ObjectId.ofAddress(cells.address(cell) + CellDescriptor.ID_OFFSET);
                if (id.jobId() == jobId) {
                    delete(id);
                }
            }
        }
        residency
                .onDiskOfJob(jobId, object -> {
                    if (residency.isAt(object)) {
                        delete(object.id);
                    }
                })
                .forEach(this::delete);
    }

    void bad(final InboundLane from, final int templateId, final String why) {
        count(StoreDescriptor.BAD_MESSAGES_OFFSET, ++badMessages);
        // The first, and then less and less often: who sends nonsense sends much of it.
        if (Long.bitCount(badMessages) == 1) {
            LOG.warn("message {} of {} is refused: {}; refused so far: {}", templateId, from, why, badMessages);
        }
    }

    /** What the store before had counted; 0 in new files. */
    private long counted(final int offset) {
        return UnsafeApi.getLong(files.storeAddress + offset);
    }

    private void count(final int offset, final long value) {
        UnsafeApi.putLongRelease(null, files.storeAddress + offset, value);
    }
}
