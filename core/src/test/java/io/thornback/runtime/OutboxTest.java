/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.ipc.LaneHandler;
import io.thornback.transport.wire.GoodbyeEncoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of messages and actions that find a lane full. */
class OutboxTest {
    private static final int TEMPLATE = GoodbyeEncoder.TEMPLATE_ID;
    private static final int LENGTH = 8 * 1024;

    @TempDir
    private Path shm;

    private final List<Integer> received = new ArrayList<>();
    private Inbox inbox;
    private Links links;
    private Outbox outbox;

    @BeforeEach
    void open() {
        inbox = Inbox.create(shm, "receiver", InboxOptions.DEFAULT);
        links = new Links(shm, "sender", () -> {});
        outbox = links.to("receiver");
    }

    @AfterEach
    void close() {
        links.close();
        inbox.close();
    }

    private static UnsafeBuffer message(final int number, final int length) {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[length]);
        new GoodbyeEncoder().wrapAndApplyHeader(message, 0, new MessageHeaderEncoder());
        message.putInt(length - Integer.BYTES, number);
        return message;
    }

    private void post(final int number) {
        outbox.post(TEMPLATE, message(number, LENGTH), 0, LENGTH);
    }

    /** As many as the lane takes, and more. */
    private int fill() {
        int posted = 0;
        while (!outbox.hasBacklog()) {
            post(posted++);
        }
        return posted;
    }

    private void receive() {
        final LaneHandler handler = (from, templateId, buffer, offset, length) ->
                received.add(buffer.getInt(offset + length - Integer.BYTES));
        int work;
        do {
            work = inbox.poll(handler, 100) + links.flush();
        } while (work > 0);
    }

    @Test
    void aMessageThatIsTooLongIsRefusedAtOnceAndHoldsNothingUp() {
        final UnsafeBuffer tooLong = message(-1, 17 * 1024);
        assertThrows(
                IllegalArgumentException.class, () -> outbox.post(TEMPLATE, tooLong, 0, tooLong.capacity()), "empty");
        final int posted = fill();
        final IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> outbox.post(TEMPLATE, tooLong, 0, tooLong.capacity()), "full");
        assertTrue(e.getMessage().contains("length=" + tooLong.capacity()), e.getMessage());
        post(posted);
        receive();
        assertEquals(posted + 1, received.size());
        for (int i = 0; i <= posted; i++) {
            assertEquals(i, received.get(i));
        }
        assertFalse(links.hasBacklog());
    }

    @Test
    void whatIsToBeDoneWhenAllIsSentIsDoneThoughTheLaneIsForgotten() {
        final List<String> done = new ArrayList<>();
        fill();
        outbox.whenSent(() -> done.add("before"));
        assertEquals(List.of(), done);
        links.forget("receiver");
        outbox.whenSent(() -> done.add("after"));
        assertTrue(links.hasBacklog() || done.contains("before"));
        links.flush();
        links.flush();
        assertTrue(done.containsAll(List.of("before", "after")), done::toString);
        assertEquals(2, done.size());
        assertFalse(links.hasBacklog());
    }

    private void postInCycle() {
        final MessageBuffer message = MessageBuffer.local();
        final GoodbyeEncoder out = new GoodbyeEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        links.postInCycle(outbox, TEMPLATE, message, out.encodedLength());
    }

    private int poll() {
        return inbox.poll((from, templateId, buffer, offset, length) -> {}, 100);
    }

    @Test
    void oneRingAtTheEndOfTheCycleIsForAllThatWasPostedInIt() {
        receive(); // a consumer that is new looks into its lanes unasked
        postInCycle();
        postInCycle();
        postInCycle();
        assertEquals(0, poll(), "woken before the end of the cycle");
        links.ring();
        assertEquals(3, poll());
        links.ring();
        assertEquals(0, poll());
        postInCycle();
        links.ring();
        assertEquals(1, poll(), "the next cycle rings too");
    }

    @Test
    void whatIsNotHurriedWaitsUntilItIs() {
        receive();
        final MessageBuffer message = MessageBuffer.local();
        final GoodbyeEncoder out = new GoodbyeEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        outbox.postUnhurried(TEMPLATE, message, out.encodedLength());
        assertEquals(0, poll());
        outbox.hurry();
        assertEquals(1, poll());
    }

    @Test
    void whatWasPostedInACycleArrivesWhenTheLaneIsClosedInIt() {
        receive();
        postInCycle();
        links.forget("receiver");
        links.ring();
        assertEquals(1, poll());
    }
}
