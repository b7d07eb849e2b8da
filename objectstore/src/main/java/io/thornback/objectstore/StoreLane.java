/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.wire.AbortCellEncoder;
import io.thornback.transport.wire.AddReferenceEncoder;
import io.thornback.transport.wire.CancelWaitEncoder;
import io.thornback.transport.wire.DeleteObjectEncoder;
import io.thornback.transport.wire.DropReferenceEncoder;
import io.thornback.transport.wire.FlushRequestEncoder;
import io.thornback.transport.wire.LeaseRequestEncoder;
import io.thornback.transport.wire.ListObjectsEncoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.QueryObjectEncoder;
import io.thornback.transport.wire.ReferencesCompleteEncoder;
import io.thornback.transport.wire.ReleaseJobEncoder;
import io.thornback.transport.wire.SealEncoder;
import io.thornback.transport.wire.StoreHelloEncoder;
import io.thornback.transport.wire.SubscribeEventsEncoder;
import io.thornback.transport.wire.UnsubscribeEventsEncoder;
import io.thornback.transport.wire.WaitObjectEncoder;
import io.thornback.transport.wire.WireVersion;
import java.nio.ByteOrder;
import java.util.function.Predicate;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a client says to the store, encoded. Any thread; a full lane is waited for, up to the create time-out, then the lane's
 * own BackPressureException goes to the caller. What becomes of it when the store dies is {@link StoreLink}'s affair.
 */
final class StoreLane implements AutoCloseable {
    private static final int OBJECT_LENGTH = StoreMessages.HEADER_LENGTH + ObjectId.LENGTH_BYTES;

    private final StoreLink link;

    StoreLane(final StoreLink link) {
        this.link = link;
    }

    /** The lane at this moment. */
    OutboundLane lane() {
        return link.lane();
    }

    /** Whether the store is there, asked of the kernel. Looks for another one if not. */
    boolean isStoreAlive() {
        return link.isThere();
    }

    /** Into a lane that is new and has room; {@code clientId} 0 for a client that has no number yet. */
    static void hello(
            final OutboundLane to,
            final ClientOptions options,
            final long correlationId,
            final int clientId,
            final long lastEpoch) {
        final ProcessIdentity self = ProcessIdentity.current();
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final StoreHelloEncoder hello = new StoreHelloEncoder();
        hello.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .pid(self.pid())
                .startTicks(self.startTicks())
                .layoutVersion(StoreDescriptor.LAYOUT_VERSION)
                .schemaVersion(WireVersion.SCHEMA)
                .jobId(options.jobId())
                .correlationId(correlationId)
                .clientId(clientId)
                .lastEpoch(lastEpoch)
                .inbox(options.inboxName());
        to.offer(StoreHelloEncoder.TEMPLATE_ID, buffer, 0, StoreMessages.HEADER_LENGTH + hello.encodedLength());
    }

    /** Written straight into the lane: no copy, no allocation. Returns the lane; {@link #confirmSeal} follows. */
    OutboundLane seal(final ObjectId id, final long token, final int clientId) {
        final OutboundLane to = link.lane();
        final int index = to.tryClaimForHeir(SealEncoder.TEMPLATE_ID, StoreMessages.SEAL_LENGTH);
        if (index <= 0) {
            sealAgain(id, token, clientId);
            return link.lane();
        }
        Steps.reached(Step.SEAL_CLAIMED);
        boolean written = false;
        try {
            StoreMessages.putSeal(to.buffer(), index, token, clientId, id);
            written = true;
            Steps.reached(Step.SEAL_WRITTEN);
        } finally {
            finish(to, index, written);
        }
        Steps.reached(Step.SEAL_COMMITTED);
        return to;
    }

    /** The put is among the own puts by now. If the lane was replaced meanwhile, the next store may not have seen its seal. */
    void confirmSeal(final OutboundLane sentOn, final ObjectId id, final long token, final int clientId) {
        if (sentOn != link.lane()) {
            sealAgain(id, token, clientId);
        }
    }

    /** As good twice as once. */
    void sealAgain(final ObjectId id, final long token, final int clientId) {
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[StoreMessages.SEAL_LENGTH]);
        StoreMessages.putSeal(copy, 0, token, clientId, id);
        link.tell(SealEncoder.TEMPLATE_ID, copy, StoreMessages.SEAL_LENGTH);
    }

    /** One attempt; false if the lane is full. */
    boolean tryLease(final long correlationId, final int cells, final long sizeBytes) {
        final OutboundLane to = link.lane();
        final int index = to.tryClaim(LeaseRequestEncoder.TEMPLATE_ID, StoreMessages.LEASE_LENGTH);
        if (index <= 0) {
            return false;
        }
        boolean written = false;
        try {
            putLease(to.buffer(), index, correlationId, cells, sizeBytes, 0);
            written = true;
        } finally {
            finish(to, index, written);
        }
        return true;
    }

    void lease(final long correlationId, final int cells, final long sizeBytes, final long waitNs) {
        leaseOn(correlationId, cells, sizeBytes, waitNs, 0, 0);
    }

    /** One cell, whose token the store leaves at a word. */
    void leaseOn(
            final long correlationId, final long sizeBytes, final long waitNs, final int waitWord, final int sequence) {
        leaseOn(correlationId, 1, sizeBytes, waitNs, waitWord, sequence);
    }

    private void leaseOn(
            final long correlationId,
            final int cells,
            final long sizeBytes,
            final long waitNs,
            final int waitWord,
            final int sequence) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[StoreMessages.LEASE_LENGTH]);
        putLease(buffer, 0, correlationId, cells, sizeBytes, waitNs);
        final int block = StoreMessages.HEADER_LENGTH;
        buffer.putInt(block + LeaseRequestEncoder.waitWordEncodingOffset(), waitWord, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(block + LeaseRequestEncoder.waitSequenceEncodingOffset(), sequence, ByteOrder.LITTLE_ENDIAN);
        link.ask(LeaseRequestEncoder.TEMPLATE_ID, buffer, StoreMessages.LEASE_LENGTH);
    }

    void abort(final long token, final int clientId) {
        link.tell(AbortCellEncoder.TEMPLATE_ID, abortMessage(token, clientId), StoreMessages.ABORT_LENGTH);
    }

    /** One attempt, which looks for a store if there is none; false if it must be made again. */
    boolean tryAbort(final long token, final int clientId) {
        final boolean told =
                link.tryTell(AbortCellEncoder.TEMPLATE_ID, abortMessage(token, clientId), StoreMessages.ABORT_LENGTH);
        if (!told) {
            isStoreAlive();
        }
        return told;
    }

    /** Word 0: answered with ObjectReady. */
    void awaitObject(final long correlationId, final ObjectId id, final int waitWord, final int sequence) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[StoreMessages.WAIT_LENGTH]);
        StoreMessages.putWait(buffer, 0, correlationId, id, waitWord, sequence);
        link.ask(WaitObjectEncoder.TEMPLATE_ID, buffer, StoreMessages.WAIT_LENGTH);
    }

    void list(final long correlationId, final long cursor, final int most, final int jobId) {
        final int length = StoreMessages.HEADER_LENGTH + ListObjectsEncoder.BLOCK_LENGTH;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        new ListObjectsEncoder()
                .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .correlationId(correlationId)
                .cursor(cursor)
                .most(most)
                .jobId(jobId);
        link.ask(ListObjectsEncoder.TEMPLATE_ID, buffer, length);
    }

    void subscribe(final long correlationId, final int jobId, final int kinds) {
        final int length = StoreMessages.HEADER_LENGTH + SubscribeEventsEncoder.BLOCK_LENGTH;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        new SubscribeEventsEncoder()
                .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .correlationId(correlationId)
                .jobId(jobId)
                .kinds(kinds);
        link.ask(SubscribeEventsEncoder.TEMPLATE_ID, buffer, length);
    }

    void unsubscribe(final long correlationId) {
        correlation(UnsubscribeEventsEncoder.TEMPLATE_ID, correlationId);
    }

    void query(final long correlationId, final ObjectId id) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[StoreMessages.QUERY_LENGTH]);
        StoreMessages.putQuery(buffer, 0, correlationId, id);
        link.ask(QueryObjectEncoder.TEMPLATE_ID, buffer, StoreMessages.QUERY_LENGTH);
    }

    /** If there is room: for a thread that is on its way out with an exception. */
    void tryCancelWait(final long correlationId) {
        final int length = StoreMessages.HEADER_LENGTH + Long.BYTES;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        StoreMessages.putCorrelation(buffer, 0, CancelWaitEncoder.TEMPLATE_ID, correlationId);
        link.lane().offer(CancelWaitEncoder.TEMPLATE_ID, buffer, 0, length);
    }

    void cancelWait(final long correlationId) {
        correlation(CancelWaitEncoder.TEMPLATE_ID, correlationId);
    }

    void flush(final long correlationId) {
        correlation(FlushRequestEncoder.TEMPLATE_ID, correlationId);
    }

    void delete(final ObjectId id) {
        link.tell(DeleteObjectEncoder.TEMPLATE_ID, object(DeleteObjectEncoder.TEMPLATE_ID, id), OBJECT_LENGTH);
    }

    /** One attempt to say that the client holds an object, or does not; false if it must be made again. */
    boolean tryReference(final ObjectId id, final boolean isHeld) {
        return tryTold(reference(isHeld), id);
    }

    /** One attempt to say something of an object; false if it must be made again. */
    boolean tryTold(final int templateId, final ObjectId id) {
        return link.tryTell(templateId, object(templateId, id), OBJECT_LENGTH);
    }

    /** Says what the function answers, until it is in the lane; false on the feeding thread when there is no store. */
    boolean reference(final ObjectId id, final Predicate<ObjectId> attempt) {
        return link.attempt(
                to -> attempt.test(id) ? OutboundLane.SENT : to.isOpen() ? OutboundLane.FULL : OutboundLane.CLOSED);
    }

    void referencesComplete(final long epoch) {
        correlation(ReferencesCompleteEncoder.TEMPLATE_ID, epoch);
    }

    void releaseJob(final int jobId) {
        final int length = StoreMessages.HEADER_LENGTH + ReleaseJobEncoder.BLOCK_LENGTH;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        StoreMessages.putHeader(buffer, 0, ReleaseJobEncoder.TEMPLATE_ID, ReleaseJobEncoder.BLOCK_LENGTH);
        buffer.putInt(StoreMessages.HEADER_LENGTH, jobId, ByteOrder.LITTLE_ENDIAN);
        link.tell(ReleaseJobEncoder.TEMPLATE_ID, buffer, length);
    }

    @Override
    public void close() {
        link.close();
    }

    private static UnsafeBuffer abortMessage(final long token, final int clientId) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[StoreMessages.ABORT_LENGTH]);
        StoreMessages.putAbort(buffer, 0, token, clientId);
        return buffer;
    }

    private static int reference(final boolean isHeld) {
        return isHeld ? AddReferenceEncoder.TEMPLATE_ID : DropReferenceEncoder.TEMPLATE_ID;
    }

    /** A message whose block is an object's id alone. */
    private static UnsafeBuffer object(final int templateId, final ObjectId id) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[OBJECT_LENGTH]);
        StoreMessages.putHeader(buffer, 0, templateId, ObjectId.LENGTH_BYTES);
        id.putInto(buffer, StoreMessages.HEADER_LENGTH);
        return buffer;
    }

    private void correlation(final int templateId, final long correlationId) {
        final int length = StoreMessages.HEADER_LENGTH + Long.BYTES;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        StoreMessages.putCorrelation(buffer, 0, templateId, correlationId);
        link.ask(templateId, buffer, length);
    }

    private static void finish(final OutboundLane to, final int index, final boolean written) {
        if (written) {
            to.commit(index);
        } else {
            to.abort(index);
        }
    }

    static StoreUnavailableException unavailable(final Throwable cause) {
        final StoreUnavailableException e = new StoreUnavailableException(
                "the object store is gone: " + cause.getMessage(), "wait until the node has started it again");
        e.initCause(cause);
        return e;
    }

    private static void putLease(
            final MutableDirectBuffer buffer,
            final int offset,
            final long correlationId,
            final int cells,
            final long sizeBytes,
            final long waitNs) {
        StoreMessages.putHeader(buffer, offset, LeaseRequestEncoder.TEMPLATE_ID, LeaseRequestEncoder.BLOCK_LENGTH);
        final int block = offset + StoreMessages.HEADER_LENGTH;
        final ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        buffer.putLong(block + LeaseRequestEncoder.correlationIdEncodingOffset(), correlationId, order);
        buffer.putInt(block + LeaseRequestEncoder.cellCountEncodingOffset(), cells, order);
        buffer.putLong(block + LeaseRequestEncoder.sizeBytesEncodingOffset(), sizeBytes, order);
        buffer.putLong(block + LeaseRequestEncoder.timeoutNsEncodingOffset(), waitNs, order);
        buffer.putInt(block + LeaseRequestEncoder.waitWordEncodingOffset(), 0, order);
        buffer.putInt(block + LeaseRequestEncoder.waitSequenceEncodingOffset(), 0, order);
    }
}
