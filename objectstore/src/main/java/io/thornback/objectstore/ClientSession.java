/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.OutboundLane;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A client, as the store sees it, and the way to it. The agent never waits for a client: what does not fit into its lane is kept, in order,
 * up to a limit that only a client reaches which asks and never reads. One thread.
 */
final class ClientSession {
    private static final int MAX_BACKLOG = 1 << 16;

    final int id;
    final ProcessIdentity process;
    final int jobId;
    final MappedFile pinTable;
    private final OutboundLane lane;
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
            final OutboundLane lane) {
        this.id = id;
        this.process = process;
        this.jobId = jobId;
        this.pinTable = pinTable;
        this.lane = lane;
    }

    /** Sends or keeps a message; a client that is gone hears nothing more. */
    void tell(final int templateId, final DirectBuffer message, final int length) {
        if (backlog.isEmpty()) {
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

    /** Sends what was kept; returns how many went. */
    int drain() {
        int sent = 0;
        while (!backlog.isEmpty()) {
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
        return !backlog.isEmpty();
    }

    long dropped() {
        return dropped;
    }

    /** Closes the way to the client, and deletes its pin table. */
    void close() {
        lane.close();
        StoreFiles.deletePinTable(pinTable);
    }

    @Override
    public String toString() {
        return "client " + id + " (pid=" + process.pid() + " job=" + jobId + ")";
    }
}
