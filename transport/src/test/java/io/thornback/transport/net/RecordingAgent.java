/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.transport.wire.ClusterStateEncoder;
import io.thornback.transport.wire.ClusterStateRequestDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** An agent that a test steps by hand; it keeps what it saw, and answers state requests if told to. */
final class RecordingAgent implements NetHandler {
    record Seen(NetConnection connection, int templateId, DirectBuffer buffer, String closeReason) {}

    final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    final NetInbox inbox;
    boolean answers = true;
    private final Semaphore woken = new Semaphore(0);

    RecordingAgent(int capacity) {
        inbox = new NetInbox(capacity, woken::release);
    }

    @Override
    public void onOpened(NetConnection connection) {
        seen.add(new Seen(connection, 0, null, null));
    }

    @Override
    public void onFrame(NetConnection connection, int templateId, DirectBuffer buffer, int offset, int length) {
        seen.add(new Seen(connection, templateId, buffer, null));
        if (templateId == ClusterStateRequestDecoder.TEMPLATE_ID && answers) {
            final ClusterStateRequestDecoder request =
                    new ClusterStateRequestDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
            connection.send(state(request.correlationId()));
        }
    }

    @Override
    public void onClosed(NetConnection connection, String reason) {
        seen.add(new Seen(connection, 0, null, reason));
    }

    static DirectBuffer state(long correlationId) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final ClusterStateEncoder encoder =
                new ClusterStateEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(correlationId).sequence(7).nodesCount(0);
        encoder.jobsCount(0);
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
    }

    /** Polls, and waits for wake-ups, until something was seen. */
    Seen next() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            inbox.poll(this, 64);
            final Seen first = seen.poll();
            if (first != null) {
                return first;
            }
            if (!woken.tryAcquire(10, TimeUnit.SECONDS)) {
                break;
            }
        }
        throw new AssertionError("nothing arrived");
    }
}
