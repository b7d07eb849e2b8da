/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.ipc.PeerGoneException;
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
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a client says to the store. Any thread; a full lane is waited for, up to the time-out given at construction, then the lane's
 * own BackPressureException goes to the caller.
 */
final class StoreLane implements AutoCloseable {
    final OutboundLane lane;
    private final long timeoutNs;

    StoreLane(final OutboundLane lane, final long timeoutNs) {
        this.lane = lane;
        this.timeoutNs = timeoutNs;
    }

    boolean isStoreAlive() {
        return lane.isReceiverAlive();
    }

    void hello(final ClientOptions options, final long correlationId) {
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
                .inbox(options.inboxName());
        final int length = StoreMessages.HEADER_LENGTH + hello.encodedLength();
        send(StoreHelloEncoder.TEMPLATE_ID, new UnsafeBuffer(buffer.byteArray(), 0, length), length);
    }

    /** Written straight into the lane: no copy, no allocation. */
    void seal(final ObjectId id, final long token, final int clientId) {
        final int index = lane.tryClaim(SealEncoder.TEMPLATE_ID, StoreMessages.SEAL_LENGTH);
        if (index > 0) {
            boolean written = false;
            try {
                StoreMessages.putSeal(lane.buffer(), index, token, clientId, id);
                written = true;
            } finally {
                finish(index, written);
            }
            return;
        }
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[StoreMessages.SEAL_LENGTH]);
        StoreMessages.putSeal(copy, 0, token, clientId, id);
        send(SealEncoder.TEMPLATE_ID, copy, StoreMessages.SEAL_LENGTH);
    }

    /** One attempt; false if the lane is full. */
    boolean tryLease(final long correlationId, final int clientId, final int cells, final long sizeBytes) {
        final int index = lane.tryClaim(LeaseRequestEncoder.TEMPLATE_ID, StoreMessages.LEASE_LENGTH);
        if (index <= 0) {
            return false;
        }
        boolean written = false;
        try {
            putLease(lane.buffer(), index, correlationId, clientId, cells, sizeBytes, 0);
            written = true;
        } finally {
            finish(index, written);
        }
        return true;
    }

    void lease(final long correlationId, final int clientId, final int cells, final long sizeBytes, final long waitNs) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[StoreMessages.LEASE_LENGTH]);
        putLease(buffer, 0, correlationId, clientId, cells, sizeBytes, waitNs);
        send(LeaseRequestEncoder.TEMPLATE_ID, buffer, StoreMessages.LEASE_LENGTH);
    }

    void abort(final long token, final int clientId) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[StoreMessages.ABORT_LENGTH]);
        StoreMessages.putAbort(buffer, 0, token, clientId);
        send(AbortCellEncoder.TEMPLATE_ID, buffer, StoreMessages.ABORT_LENGTH);
    }

    /** Word 0: answered with ObjectReady. */
    void awaitObject(final long correlationId, final ObjectId id, final int waitWord, final int sequence) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[StoreMessages.WAIT_LENGTH]);
        StoreMessages.putWait(buffer, 0, correlationId, id, waitWord, sequence);
        send(WaitObjectEncoder.TEMPLATE_ID, buffer, StoreMessages.WAIT_LENGTH);
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
        send(ListObjectsEncoder.TEMPLATE_ID, buffer, length);
    }

    void subscribe(final long correlationId, final int jobId, final int kinds) {
        final int length = StoreMessages.HEADER_LENGTH + SubscribeEventsEncoder.BLOCK_LENGTH;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        new SubscribeEventsEncoder()
                .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .correlationId(correlationId)
                .jobId(jobId)
                .kinds(kinds);
        send(SubscribeEventsEncoder.TEMPLATE_ID, buffer, length);
    }

    void unsubscribe(final long correlationId) {
        correlation(UnsubscribeEventsEncoder.TEMPLATE_ID, correlationId);
    }

    void query(final long correlationId, final ObjectId id) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[StoreMessages.QUERY_LENGTH]);
        StoreMessages.putQuery(buffer, 0, correlationId, id);
        send(QueryObjectEncoder.TEMPLATE_ID, buffer, StoreMessages.QUERY_LENGTH);
    }

    /** If there is room: for a thread that is on its way out with an exception. */
    void tryCancelWait(final long correlationId) {
        final int length = StoreMessages.HEADER_LENGTH + Long.BYTES;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        StoreMessages.putCorrelation(buffer, 0, CancelWaitEncoder.TEMPLATE_ID, correlationId);
        lane.offer(CancelWaitEncoder.TEMPLATE_ID, buffer, 0, length);
    }

    void cancelWait(final long correlationId) {
        correlation(CancelWaitEncoder.TEMPLATE_ID, correlationId);
    }

    void flush(final long correlationId) {
        correlation(FlushRequestEncoder.TEMPLATE_ID, correlationId);
    }

    void delete(final ObjectId id) {
        object(DeleteObjectEncoder.TEMPLATE_ID, id);
    }

    void addReference(final ObjectId id) {
        object(AddReferenceEncoder.TEMPLATE_ID, id);
    }

    void dropReference(final ObjectId id) {
        object(DropReferenceEncoder.TEMPLATE_ID, id);
    }

    void referencesComplete(final long epoch) {
        correlation(ReferencesCompleteEncoder.TEMPLATE_ID, epoch);
    }

    void releaseJob(final int jobId) {
        final int length = StoreMessages.HEADER_LENGTH + ReleaseJobEncoder.BLOCK_LENGTH;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        StoreMessages.putHeader(buffer, 0, ReleaseJobEncoder.TEMPLATE_ID, ReleaseJobEncoder.BLOCK_LENGTH);
        buffer.putInt(StoreMessages.HEADER_LENGTH, jobId, ByteOrder.LITTLE_ENDIAN);
        send(ReleaseJobEncoder.TEMPLATE_ID, buffer, length);
    }

    @Override
    public void close() {
        lane.close();
    }

    /** A message whose block is an object's id alone. */
    private void object(final int templateId, final ObjectId id) {
        final int length = StoreMessages.HEADER_LENGTH + ObjectId.LENGTH_BYTES;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        StoreMessages.putHeader(buffer, 0, templateId, ObjectId.LENGTH_BYTES);
        id.putInto(buffer, StoreMessages.HEADER_LENGTH);
        send(templateId, buffer, length);
    }

    private void correlation(final int templateId, final long correlationId) {
        final int length = StoreMessages.HEADER_LENGTH + Long.BYTES;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        StoreMessages.putCorrelation(buffer, 0, templateId, correlationId);
        send(templateId, buffer, length);
    }

    private void finish(final int index, final boolean written) {
        if (written) {
            lane.commit(index);
        } else {
            lane.abort(index);
        }
    }

    private void send(final int templateId, final UnsafeBuffer buffer, final int length) {
        try {
            lane.send(templateId, buffer, 0, length, timeoutNs);
        } catch (final PeerGoneException e) {
            throw unavailable(e);
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
            final int clientId,
            final int cells,
            final long sizeBytes,
            final long waitNs) {
        StoreMessages.putHeader(buffer, offset, LeaseRequestEncoder.TEMPLATE_ID, LeaseRequestEncoder.BLOCK_LENGTH);
        final int block = offset + StoreMessages.HEADER_LENGTH;
        final ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        buffer.putLong(block + LeaseRequestEncoder.correlationIdEncodingOffset(), correlationId, order);
        buffer.putInt(block + LeaseRequestEncoder.clientIdEncodingOffset(), clientId, order);
        buffer.putInt(block + LeaseRequestEncoder.cellCountEncodingOffset(), cells, order);
        buffer.putLong(block + LeaseRequestEncoder.sizeBytesEncodingOffset(), sizeBytes, order);
        buffer.putLong(block + LeaseRequestEncoder.timeoutNsEncodingOffset(), waitNs, order);
    }
}
