/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static io.thornback.transport.ipc.IpcFixture.DEADLINE_NS;
import static io.thornback.transport.ipc.IpcFixture.MESSAGE_LENGTH;
import static io.thornback.transport.ipc.IpcFixture.TEMPLATE;
import static io.thornback.transport.ipc.IpcFixture.message;
import static io.thornback.transport.ipc.IpcFixture.offer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.wire.MessageHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real processes, and SIGKILL. */
class TwoProcessTest {
    private final IpcFixture ipc = new IpcFixture();

    @AfterEach
    void removeFolder() throws IOException {
        ipc.close();
    }

    /** Checks that every sender's numbers come without a gap, and kills a child at the message drawn for it. */
    private static final class Killer implements LaneHandler {
        final Map<Long, Long> next = new HashMap<>();
        final Map<Long, ChildJvm> children = new HashMap<>();
        final Map<Long, Integer> killAt = new HashMap<>();
        final List<String> closed = new ArrayList<>();
        int livingClosed;

        @Override
        public void onMessage(InboundLane from, int templateId, DirectBuffer buffer, int offset, int length) {
            long sender = buffer.getLong(offset + MessageHeaders.LENGTH);
            long number = buffer.getLong(offset + MessageHeaders.LENGTH + 8);
            assertEquals(next.getOrDefault(sender, 0L), number, "sender=" + sender);
            next.put(sender, number + 1);
            long child = sender / 2;
            if (killAt.merge(child, -1, Integer::sum) == 0) {
                children.get(child).kill();
            }
        }

        @Override
        public void onLaneClosed(InboundLane lane, boolean producerDied) {
            closed.add(lane.producerName());
            livingClosed += producerDied ? 0 : 1;
        }
    }

    @Test
    void killedSendersLeaveAPrefixOfWhatTheySentAndNothingElse() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int childCount = 8;
        List<Throwable> errors = new ArrayList<>();
        Killer killer = new Killer();
        try (Inbox inbox = Inbox.create(ipc.shmDir, "raylet", InboxOptions.DEFAULT, errors::add)) {
            for (long child = 0; child < childCount; child++) {
                killer.killAt.put(child, 1 + random.nextInt(random.nextBoolean() ? 3 : 20_000));
                killer.children.put(
                        child,
                        ChildJvm.start(
                                SenderMain.class,
                                ipc.shmDir.resolve("child.log"),
                                ipc.shmDir.toString(),
                                "raylet",
                                Long.toString(child)));
                if (child % 2 == 1) {
                    long wanted = child + 1;
                    IpcFixture.pollUntil(inbox, killer, () -> killer.closed.size() == wanted);
                }
            }
            assertEquals(List.of(), errors, "seed=" + seed);
            assertEquals(0, killer.livingClosed);
            assertEquals(0, inbox.corruptLanes());
            assertEquals(List.of(), ipc.laneFiles());
            try (InboxFile file = InboxFile.attach(Inbox.pathOf(ipc.shmDir, "raylet"), "raylet")) {
                for (int slot = 0; slot < file.slotCount; slot++) {
                    assertEquals(SlotWord.FREE, SlotWord.state(file.slotVolatile(slot)), "slot=" + slot);
                }
            }
        } finally {
            killer.children.values().forEach(ChildJvm::close);
        }
    }

    private ChildJvm receiver(Inbox test, String mode) throws IOException {
        IpcFixture.Recorder ready = new IpcFixture.Recorder();
        ChildJvm child = ChildJvm.start(
                ReceiverMain.class, ipc.shmDir.resolve("child.log"), ipc.shmDir.toString(), "raylet", mode);
        boolean started = false;
        try {
            IpcFixture.pollUntil(test, ready, () -> ready.numbers.size() == 1 || !child.isAlive());
            assertEquals(1, ready.numbers.size(), () -> log());
            started = true;
            return child;
        } finally {
            if (!started) {
                child.close();
            }
        }
    }

    private String log() {
        try {
            return Files.readString(ipc.shmDir.resolve("child.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void senderNoticesTheDeathOfAReceiverWhileThereIsRoom() throws Exception {
        try (Inbox test = ipc.inbox("test");
                ChildJvm child = receiver(test, "idle");
                OutboundLane lane = ipc.lane("raylet")) {
            assertEquals(child.identity(), lane.receiver());
            offer(lane, 1, 0);
            assertTrue(lane.isReceiverAlive());
            child.kill();
            long killed = System.nanoTime();
            PeerDiedException e = assertThrows(PeerDiedException.class, () -> {
                for (int i = 1; System.nanoTime() - killed < DEADLINE_NS; i++) {
                    lane.send(TEMPLATE, message(1, i), 0, MESSAGE_LENGTH, DEADLINE_NS);
                    Thread.onSpinWait();
                }
            });
            assertNoticedInTime(killed);
            assertTrue(e.getMessage().contains("pid=" + child.identity().pid()), e.getMessage());
            assertFalse(lane.isReceiverAlive());
            assertEquals(OutboundLane.PEER_DEAD, offer(lane, 1, 9));
        }
    }

    @Test
    void senderThatWaitsForRoomNoticesTheDeathOfItsReceiver() throws Exception {
        try (Inbox test = ipc.inbox("test");
                ChildJvm child = receiver(test, "idle");
                OutboundLane lane = ipc.lane("raylet")) {
            child.kill();
            long killed = System.nanoTime();
            assertThrows(PeerDiedException.class, () -> {
                while (true) {
                    lane.send(TEMPLATE, message(1, 1), 0, MESSAGE_LENGTH, DEADLINE_NS);
                }
            });
            assertNoticedInTime(killed);
        }
    }

    private static void assertNoticedInTime(long killedNs) {
        long tookMs = (System.nanoTime() - killedNs) / 1_000_000;
        assertTrue(tookMs < 100 + 400, "noticed after ms=" + tookMs + ", 100 promised (and 400 for a noisy host)");
    }

    @Test
    void restartedReceiverReplacesTheInboxAndOldLanesAreClosed() throws Exception {
        try (Inbox test = ipc.inbox("test");
                ChildJvm child = receiver(test, "idle")) {
            OutboundLane old = ipc.lane("raylet");
            assertThrows(InboxTakenException.class, () -> ipc.inbox("raylet"), "its owner lives");
            offer(old, 1, 1);
            child.kill();
            assertThrows(PeerNotFoundException.class, () -> ipc.lane("raylet"), "its owner is dead");
            IpcFixture.Recorder seen = new IpcFixture.Recorder();
            try (Inbox restarted = ipc.inbox("raylet");
                    OutboundLane lane = ipc.lane("raylet")) {
                assertEquals(OutboundLane.CLOSED, offer(old, 1, 2));
                offer(lane, 1, 3);
                restarted.poll(seen, 10);
                assertEquals(List.of(3L), seen.numbers);
            }
            old.close();
            assertTrue(
                    ipc.laneFiles().stream().allMatch(path -> path.toString().contains("/test-")),
                    "nothing is left but the child's lane to the test");
        }
    }

    @Test
    void heirDeliversWhatTheDeadReceiverHadNotReadWithoutAGap() throws Exception {
        Random random = new Random();
        for (int round = 0; round < 3; round++) {
            try (Inbox test = ipc.inbox("test");
                    ChildJvm child = receiver(test, "slow");
                    OutboundLane lane = ipc.lane("raylet")) {
                long sent = 0;
                int target = 3000 + random.nextInt(20_000);
                while (sent < target) {
                    if (offer(lane, 1, sent) == OutboundLane.SENT) {
                        sent++;
                    }
                }
                child.kill();
                IpcFixture.Recorder seen = new IpcFixture.Recorder();
                long last = sent - 1;
                Inbox.inherit(ipc.shmDir, "raylet", seen);
                assertEquals(OutboundLane.CLOSED, offer(lane, 1, sent));
                assertEquals(1, seen.closed.size());
                for (int i = 0; i < seen.numbers.size(); i++) {
                    assertEquals(last - seen.numbers.size() + 1 + i, seen.numbers.get(i));
                }
                assertTrue(!seen.numbers.isEmpty() || last < 0, "a slow receiver has not read everything");
            }
        }
    }

    @Test
    void deadInboxesAreSweptWithTheirLanes() throws Exception {
        try (Inbox test = ipc.inbox("test")) {
            ChildJvm child = receiver(test, "idle");
            OutboundLane lane = ipc.lane("raylet");
            child.kill();
            assertFalse(Inbox.removeDead(ipc.shmDir, "test"), "its owner lives");
            assertFalse(Inbox.removeDead(ipc.shmDir, "nobody"));
            assertEquals(0, Inbox.removeDead(ipc.shmDir, name -> !name.equals("raylet")));
            assertEquals(1, Inbox.removeDead(ipc.shmDir, name -> true));
            assertEquals(0, Inbox.removeDead(ipc.shmDir, name -> true));
            assertFalse(Files.exists(Inbox.pathOf(ipc.shmDir, "raylet")));
            assertTrue(Files.exists(Inbox.pathOf(ipc.shmDir, "test")), "its owner lives");
            assertEquals(OutboundLane.CLOSED, offer(lane, 1, 1));
            lane.close();
        }
    }
}
