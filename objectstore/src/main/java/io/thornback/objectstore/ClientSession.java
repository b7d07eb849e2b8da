/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.ipc.OutboundLane;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A client, as the store sees it, and the way to it. The agent never waits for a client: what does not fit into its lane is kept, in order,
 * up to a limit that only a client reaches which asks and never reads. One thread.
 */
final class ClientSession {
    private static final int MAX_BACKLOG = 1 << 16;
    private static final int LANE_NAME_BYTES = 64;

    final int id;
    final ProcessIdentity process;
    final int jobId;
    final MappedFile pinTable;
    final String inboxName;
    /** Null after a restart of the store, until one is opened. */
    private OutboundLane lane;
    /** The lane that it said hello on; null after a restart, until it does again. */
    private InboundLane inbound;

    private final Deque<Kept> backlog = new ArrayDeque<>();
    /** Its LEASED and WRITING cells; CellTable's. */
    final CellLists.Ends cells = new CellLists.Ends();
    /** CellTable's. */
    long leasedBytes;

    private long dropped;

    private record Kept(int templateId, UnsafeBuffer message) {}

    ClientSession(
            final int id,
            final ProcessIdentity process,
            final int jobId,
            final MappedFile pinTable,
            final String inboxName) {
        this.id = id;
        this.process = process;
        this.jobId = jobId;
        this.pinTable = pinTable;
        this.inboxName = inboxName;
    }

    /** The way to the client, closed with the session. */
    void open(final OutboundLane newLane) {
        if (lane != null) {
            lane.close();
        }
        lane = newLane;
    }

    boolean isOpen() {
        return lane != null && lane.isOpen();
    }

    /** The client has said hello on this lane; what it says on an older one does not end the session. */
    void attach(final InboundLane from) {
        inbound = from;
        from.attach(this);
    }

    boolean isAttached() {
        return inbound != null;
    }

    boolean isAttachedTo(final InboundLane from) {
        return inbound == from;
    }

    /** The client has left, whatever became of its process. */
    boolean hasLeft() {
        return UnsafeApi.getIntAcquire(null, pinTable.address() + PinTableDescriptor.CLOSED_OFFSET) != 0;
    }

    /** Sends or keeps a message; a client that is gone hears nothing more. */
    void tell(final int templateId, final DirectBuffer message, final int length) {
        if (lane != null && backlog.isEmpty()) {
            final int result = lane.offer(templateId, message, 0, length);
            if (result != OutboundLane.FULL) {
                dropped += result < 0 ? 1 : 0;
                return;
            }
        }
        if (backlog.size() >= MAX_BACKLOG) {
            dropped++;
            return;
        }
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
        copy.putBytes(0, message, 0, length);
        backlog.add(new Kept(templateId, copy));
    }

    /** Sends a message if nothing is waiting to be sent and there is room, and keeps nothing. */
    boolean offer(final int templateId, final DirectBuffer message, final int length) {
        return backlog.isEmpty() && lane.offer(templateId, message, 0, length) == OutboundLane.SENT;
    }

    /** Sends what was kept; returns how many went. */
    int drain() {
        int sent = 0;
        while (hasBacklog()) {
            final Kept kept = backlog.peek();
            final int result = lane.offer(kept.templateId, kept.message, 0, kept.message.capacity());
            if (result == OutboundLane.FULL) {
                break;
            }
            dropped += result < 0 ? 1 : 0;
            backlog.poll();
            sent++;
        }
        return sent;
    }

    boolean hasBacklog() {
        return lane != null && !backlog.isEmpty();
    }

    long dropped() {
        return dropped;
    }

    /** How lanes of this client name it: see OutboundLane.open. */
    String laneName() {
        final byte[] name = inboxName.getBytes(StandardCharsets.UTF_8);
        return name.length <= LANE_NAME_BYTES
                ? inboxName
                : new String(name, 0, LANE_NAME_BYTES, StandardCharsets.UTF_8);
    }

    /** Closes the way to the client, and deletes its pin table. */
    void close() {
        if (lane != null) {
            lane.close();
        }
        StoreFiles.deletePinTable(pinTable);
    }

    /** The same, but the pin table stays for the next store. */
    void suspend() {
        if (lane != null) {
            lane.close();
        }
        pinTable.close();
    }

    @Override
    public String toString() {
        return "client " + id + " (pid=" + process.pid() + " job=" + jobId + ")";
    }
}
