/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static io.thornback.transport.ipc.IpcFixture.offer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.posix.MappedFile;
import io.thornback.transport.wire.ExpectJobDecoder;
import io.thornback.transport.wire.MessageHeaders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nonsense in a lane whose records are in order: it costs the message, not its receiver. */
class UnreadableMessageTest {
    private static final int TEXT_AT = MessageHeaders.LENGTH + ExpectJobDecoder.BLOCK_LENGTH;

    private final IpcFixture ipc = new IpcFixture();
    private final List<Throwable> errors = new ArrayList<>();
    private final List<Integer> unreadable = new ArrayList<>();
    private final IpcFixture.Recorder read = new IpcFixture.Recorder();
    private final LaneHandler handler = new LaneHandler() {
        @Override
        public void onMessage(InboundLane from, int templateId, DirectBuffer buffer, int offset, int length) {
            read.onMessage(from, templateId, buffer, offset, length);
        }

        @Override
        public void onUnreadable(InboundLane from, int templateId, DirectBuffer buffer, int offset, int length) {
            unreadable.add(templateId);
            assertEquals(40, length);
            throw new IllegalStateException("from the handler");
        }
    };

    @AfterEach
    void removeFolder() throws IOException {
        ipc.close();
    }

    private static void offerLying(OutboundLane lane, int textLength) {
        UnsafeBuffer message = new UnsafeBuffer(new byte[44], 4, 40);
        MessageHeaders.write(message, 0, ExpectJobDecoder.BLOCK_LENGTH, ExpectJobDecoder.TEMPLATE_ID);
        message.putInt(TEXT_AT, textLength);
        assertEquals(OutboundLane.SENT, lane.offer(ExpectJobDecoder.TEMPLATE_ID, message, 0, 40));
    }

    @Test
    void isSkippedCountedAndToldOnceForEachLane() {
        try (Inbox inbox = Inbox.create(ipc.shmDir, "raylet", InboxOptions.DEFAULT, errors::add);
                OutboundLane one = ipc.lane("raylet");
                OutboundLane two = ipc.lane("raylet")) {
            offer(one, 1, 1);
            offerLying(one, 1 << 30);
            offer(one, 1, 2);
            offerLying(one, 40 - TEXT_AT - Integer.BYTES + 1);
            offer(one, 1, 3);
            offerLying(two, -1);
            offer(two, 2, 4);
            assertEquals(7, inbox.poll(handler, 100));
            assertEquals(List.of(1L, 2L, 3L, 4L), read.numbers);
            assertEquals(List.of(222, 222, 222), unreadable);
            assertEquals(3, inbox.unreadableMessages());
            assertEquals(3, inbox.handlerErrors(), "what the handler throws is counted as ever");
            assertEquals(0, inbox.corruptLanes());
            List<String> told = errors.stream()
                    .map(Throwable::getMessage)
                    .filter(message -> message.contains("lead out of it"))
                    .toList();
            assertEquals(2, told.size());
            assertTrue(told.get(0).contains("template=222 length=40 from producer=sender"), told.get(0));
        }
    }

    @Test
    void aLaneThatSaysItIsSealedIsRefusedByALivingOwner() throws IOException {
        try (Inbox inbox = Inbox.create(ipc.shmDir, "raylet", InboxOptions.DEFAULT, errors::add)) {
            try (OutboundLane lane = ipc.lane("raylet")) {
                offer(lane, 1, 1);
                try (MappedFile file = MappedFile.open(ipc.laneFiles().get(0))) {
                    file.buffer(0, LaneDescriptor.RING_OFFSET).putLong(LaneDescriptor.SEALED_TAIL_OFFSET, 1);
                }
                assertEquals(0, inbox.poll(handler, 100));
                assertEquals(1, inbox.corruptLanes());
                assertTrue(assertInstanceOf(CorruptLaneException.class, errors.get(0))
                        .getMessage()
                        .contains("sealedTail=0 though the owner of its inbox lives"));
                assertEquals(OutboundLane.CLOSED, offer(lane, 1, 2), "its sender must see that nobody reads it");
            }
            try (OutboundLane next = ipc.lane("raylet")) {
                offer(next, 1, 3);
                inbox.poll(handler, 100);
            }
            assertEquals(List.of(3L), read.numbers);
        }
    }
}
