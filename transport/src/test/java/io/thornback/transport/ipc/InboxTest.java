/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static io.thornback.transport.ipc.IpcFixture.DEADLINE_NS;
import static io.thornback.transport.ipc.IpcFixture.MESSAGE_LENGTH;
import static io.thornback.transport.ipc.IpcFixture.Recorder;
import static io.thornback.transport.ipc.IpcFixture.TEMPLATE;
import static io.thornback.transport.ipc.IpcFixture.claimOnly;
import static io.thornback.transport.ipc.IpcFixture.fill;
import static io.thornback.transport.ipc.IpcFixture.message;
import static io.thornback.transport.ipc.IpcFixture.offer;
import static io.thornback.transport.ipc.IpcFixture.writeAndCommit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.wire.MessageHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final IpcFixture ipc = new IpcFixture();
    private final Recorder seen = new Recorder();

    @AfterEach
    void removeFolder() throws IOException {
        ipc.close();
    }

    @Test
    void deliversMessagesOfOneSenderInOrder() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            for (int i = 0; i < 100; i++) {
                assertEquals(OutboundLane.SENT, offer(lane, 1, i));
            }
            assertEquals(64, inbox.poll(seen, 1000), "one lane's turn");
            assertEquals(36, inbox.poll(seen, 1000));
            assertEquals(java.util.stream.LongStream.range(0, 100).boxed().toList(), seen.numbers);
            assertEquals(1, seen.opened.size());
            assertEquals(ProcessIdentity.current(), seen.opened.get(0).producer());
            assertEquals("sender", seen.opened.get(0).producerName());
            assertEquals(0, inbox.poll(seen, 1000));
        }
    }

    @Test
    void announcesLaneThenMessagesThenItsEndAndFreesTheSlot() throws IOException {
        try (Inbox inbox = ipc.inbox("raylet")) {
            OutboundLane lane = ipc.lane("raylet");
            offer(lane, 1, 7);
            assertEquals(1, ipc.laneFiles().size());
            lane.close();
            assertEquals(1, inbox.poll(seen, 10));
            assertEquals(List.of(7L), seen.numbers);
            assertEquals(seen.opened, seen.closed);
            assertEquals(List.of(false), seen.died);
            assertEquals(List.of(), ipc.laneFiles());
            try (OutboundLane again = ipc.lane("raylet")) {
                offer(again, 1, 8);
                assertTrue(ipc.laneFiles().get(0).toString().endsWith("-0-1.lane"), "same slot, next generation");
                inbox.poll(seen, 10);
            }
            assertEquals(List.of(7L, 8L), seen.numbers);
        }
    }

    @Test
    void visitsEveryLaneThoughTheLimitIsReachedInTheFirst() {
        try (Inbox inbox = ipc.inbox("raylet")) {
            List<OutboundLane> lanes = new ArrayList<>();
            for (int sender = 0; sender < 70; sender++) {
                OutboundLane lane = ipc.lane("raylet");
                lanes.add(lane);
                for (int i = 0; i < 20; i++) {
                    offer(lane, sender, i);
                }
            }
            int handled = 0;
            for (int polls = 0; polls < 70 * 20 / 5; polls++) {
                int now = inbox.poll(seen, 5);
                assertTrue(now <= 5, "limit kept");
                handled += now;
            }
            assertEquals(70 * 20, handled);
            assertEquals(70, seen.opened.size());
            lanes.forEach(OutboundLane::close);
        }
    }

    @Test
    void aSenderThatNeverStopsDoesNotStarveTheOthers() {
        try (Inbox inbox = ipc.inbox("raylet")) {
            List<OutboundLane> lanes = new ArrayList<>();
            for (int i = 0; i < 70; i++) {
                lanes.add(ipc.lane("raylet"));
            }
            for (int i = 1; i < 70; i++) {
                offer(lanes.get(i), i, 0);
            }
            for (int polls = 0; polls < 140; polls++) {
                for (int i = 0; i < 5; i++) {
                    offer(lanes.get(0), 0, 0);
                    offer(lanes.get(1), 1, 0);
                }
                inbox.poll(seen, 5);
            }
            assertEquals(70, seen.senders.stream().distinct().count());
            lanes.forEach(OutboundLane::close);
        }
    }

    @Test
    void abortedClaimIsSkippedAndReleasesWhatWaitsBehindIt() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            int first = claimOnly(lane);
            offer(lane, 1, 2);
            assertEquals(0, inbox.poll(seen, 10), "a claim in progress holds back what follows");
            lane.abort(first);
            inbox.poll(seen, 10);
            assertEquals(List.of(2L), seen.numbers);
        }
    }

    @Test
    void handlerThatThrowsIsReportedAndItsMessageConsumed() {
        List<Throwable> errors = new ArrayList<>();
        try (Inbox inbox = Inbox.create(ipc.shmDir, "raylet", InboxOptions.DEFAULT, errors::add);
                OutboundLane lane = ipc.lane("raylet")) {
            offer(lane, 1, 1);
            offer(lane, 1, 2);
            offer(lane, 1, 3);
            LaneHandler failing = (from, templateId, buffer, offset, length) -> {
                seen.onMessage(from, templateId, buffer, offset, length);
                if (buffer.getLong(offset + MessageHeaders.LENGTH + 8) == 2) {
                    throw new IllegalStateException("cannot handle 2");
                }
            };
            assertEquals(3, inbox.poll(failing, 10));
            assertEquals(List.of(1L, 2L, 3L), seen.numbers);
            assertEquals("cannot handle 2", errors.get(0).getMessage());
            assertEquals(1, inbox.handlerErrors());
            assertEquals(0, inbox.poll(failing, 10));
        }
    }

    @Test
    void closedInboxIsSeenAtOnce() throws IOException {
        Inbox inbox = ipc.inbox("raylet");
        try (OutboundLane lane = ipc.lane("raylet")) {
            offer(lane, 1, 1);
            inbox.poll(seen, 10);
            inbox.close();
            assertEquals(OutboundLane.CLOSED, offer(lane, 1, 2));
            assertFalse(lane.isOpen());
            assertThrows(PeerGoneException.class, () -> lane.send(TEMPLATE, message(1, 3), 0, MESSAGE_LENGTH, 1));
        }
        assertThrows(PeerNotFoundException.class, () -> ipc.lane("raylet"));
        assertEquals(List.of(), ipc.laneFiles());
        try (var files = Files.list(ipc.shmDir.resolve("inbox"))) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void handlerMayCloseItsInbox() {
        Inbox inbox = ipc.inbox("raylet");
        try (OutboundLane lane = ipc.lane("raylet")) {
            offer(lane, 1, 1);
            LaneHandler closing = (from, templateId, buffer, offset, length) -> inbox.close();
            assertEquals(1, inbox.poll(closing, 10));
            assertEquals(OutboundLane.CLOSED, offer(lane, 1, 2));
            assertEquals(0, inbox.poll(closing, 10));
        }
    }

    @Test
    void refusesANameThatALivingProcessOwns() {
        try (Inbox inbox = ipc.inbox("raylet")) {
            InboxTakenException e = assertThrows(InboxTakenException.class, () -> ipc.inbox(inbox.name()));
            assertTrue(
                    e.getMessage().contains("pid=" + ProcessIdentity.current().pid()), e.getMessage());
        }
        ipc.inbox("raylet").close();
    }

    @Test
    void refusesNamesThatWouldLeaveTheFolder() {
        assertThrows(IllegalArgumentException.class, () -> ipc.inbox("../raylet"));
        assertThrows(IllegalArgumentException.class, () -> ipc.inbox(".raylet"));
        assertThrows(IllegalArgumentException.class, () -> ipc.lane("a/b"));
    }

    @Test
    void longestMessageFitsAndOneByteMoreDoesNot() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            assertEquals(16_376, lane.maxMessageLength());
            assertEquals(inbox.maxMessageLength(), lane.maxMessageLength());
            UnsafeBuffer longest = fill(new UnsafeBuffer(new byte[lane.maxMessageLength() + 1]), 1, 5);
            assertEquals(OutboundLane.TOO_LONG, lane.offer(TEMPLATE, longest, 0, lane.maxMessageLength() + 1));
            assertEquals(OutboundLane.SENT, lane.offer(TEMPLATE, longest, 0, lane.maxMessageLength()));
            int[] length = new int[1];
            inbox.poll((from, templateId, buffer, offset, n) -> length[0] = n, 10);
            assertEquals(lane.maxMessageLength(), length[0]);
        }
    }

    @Test
    void headerThatContradictsTheClaimIsRefusedBeforeItIsSent() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            assertThrows(
                    IllegalArgumentException.class, () -> lane.offer(TEMPLATE + 1, message(1, 1), 0, MESSAGE_LENGTH));
            assertEquals(OutboundLane.SENT, offer(lane, 1, 2));
            inbox.poll(seen, 10);
            assertEquals(List.of(2L), seen.numbers);
        }
    }

    @Test
    void offerFromABufferThatIsTooShortLeavesNoClaimBehind() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> lane.offer(TEMPLATE, message(1, 1), 0, MESSAGE_LENGTH + 1000));
            offer(lane, 1, 2);
            inbox.poll(seen, 10);
            assertEquals(List.of(2L), seen.numbers);
        }
    }

    /** A message during whose copying, between claim and commit, something happens. */
    private static UnsafeBuffer copiedSlowly(long number, Runnable whileItIsCopied) {
        return new UnsafeBuffer(message(1, number)) {
            @Override
            public byte[] byteArray() {
                whileItIsCopied.run();
                return super.byteArray();
            }
        };
    }

    @Test
    void whatIsNotHurriedIsReadWithTheNext() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            offer(lane, 1, 0);
            assertEquals(1, inbox.poll(seen, 10));
            for (int number = 1; number < 20_000; number += 3) { // round the ring
                assertEquals(OutboundLane.SENT, lane.offerUnhurried(TEMPLATE, message(1, number), 0, MESSAGE_LENGTH));
                assertEquals(
                        OutboundLane.SENT, lane.offerUnhurried(TEMPLATE, message(1, number + 1), 0, MESSAGE_LENGTH));
                assertEquals(0, inbox.poll(seen, 10), "nobody has rung");
                offer(lane, 1, number + 2);
                assertEquals(3, inbox.poll(seen, 10));
            }
        }
    }

    @Test
    void whatIsNotHurriedHoldsNothingUpThatCameBehindItsClaim() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            UnsafeBuffer slow = copiedSlowly(7, () -> {
                offer(lane, 1, 8); // as another thread might
                assertEquals(0, inbox.poll(seen, 10), "the claim before it stands in the way");
            });
            assertEquals(OutboundLane.SENT, lane.offerUnhurried(TEMPLATE, slow, 0, MESSAGE_LENGTH));
            assertEquals(2, inbox.poll(seen, 10), "nobody else would ring for them");
            assertEquals(List.of(7L, 8L), seen.numbers);
        }
    }

    @Test
    void fullLaneIsBackPressureThatNamesTheReceiver() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            int sent = 0;
            while (offer(lane, 1, sent) == OutboundLane.SENT) {
                sent++;
            }
            assertEquals(OutboundLane.FULL, offer(lane, 1, sent));
            BackPressureException e = assertThrows(
                    BackPressureException.class,
                    () -> lane.send(TEMPLATE, message(1, 3), 0, MESSAGE_LENGTH, 5_000_000));
            assertTrue(e.getMessage().contains("receiver=raylet"), e.getMessage());
            int delivered = 0;
            for (int n = inbox.poll(seen, 100_000); n > 0; n = inbox.poll(seen, 100_000)) {
                delivered += n;
            }
            assertEquals(sent, delivered, "nothing lost");
        }
    }

    @Test
    void closingALaneWaitsForItsClaims() {
        try (Inbox inbox = ipc.inbox("raylet")) {
            OutboundLane lane = ipc.lane("raylet");
            int index = claimOnly(lane);
            lane.close();
            assertEquals(OutboundLane.CLOSED, offer(lane, 1, 2));
            inbox.poll(seen, 10);
            assertEquals(0, seen.closed.size());
            writeAndCommit(lane, index, 1, 1);
            inbox.poll(seen, 10);
            assertEquals(List.of(1L), seen.numbers);
            assertEquals(1, seen.closed.size());
        }
    }

    @Test
    void positionsTellWhenAllThatWasSentHasBeenHandled() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            offer(lane, 1, 1);
            long sent = lane.producerPosition();
            assertTrue(lane.consumerPosition() < sent);
            List<Long> tails = new ArrayList<>();
            inbox.forEachLane(inbound -> tails.add(inbound.producerPosition()));
            assertEquals(List.of(sent), tails, "a lane that was never polled counts");
            inbox.poll(
                    new LaneHandler() {
                        @Override
                        public void onMessage(
                                InboundLane from, int templateId, DirectBuffer buffer, int offset, int length) {
                            assertEquals(0, from.consumerPosition(), "the record being handled is not yet handled");
                        }
                    },
                    10);
            assertEquals(0, inbox.handlerErrors());
            assertEquals(sent, lane.consumerPosition());
        }
    }

    @Test
    void wakeEndsAParkAndOneThatComesBeforeItIsNotLost() {
        try (Inbox inbox = ipc.inbox("raylet")) {
            long start = System.nanoTime();
            inbox.wake();
            inbox.park(DEADLINE_NS);
            Thread waker = new Thread(inbox::wake);
            waker.start();
            inbox.park(DEADLINE_NS);
            assertTrue(System.nanoTime() - start < DEADLINE_NS);
            assertFalse(inbox.hasWork());
        }
    }

    @Test
    void slotsRunOutWithAnErrorThatSaysSo() {
        try (Inbox inbox = Inbox.create(ipc.shmDir, "small", new InboxOptions(4096, 64))) {
            List<OutboundLane> lanes = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                lanes.add(ipc.lane("small"));
            }
            InboxFullException e = assertThrows(InboxFullException.class, () -> ipc.lane("small"));
            assertTrue(e.getMessage().contains("slots=64"), e.getMessage());
            lanes.get(20).close();
            inbox.poll(seen, 10);
            lanes.add(ipc.lane("small"));
            lanes.forEach(OutboundLane::close);
        }
    }
}
