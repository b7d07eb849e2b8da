/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static io.thornback.transport.ipc.IpcFixture.MESSAGE_LENGTH;
import static io.thornback.transport.ipc.IpcFixture.TEMPLATE;
import static io.thornback.transport.ipc.IpcFixture.message;
import static io.thornback.transport.ipc.IpcFixture.offer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.wire.WireVersion;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the dead leave: slots at each step of being claimed, lanes, inboxes. A process that really lived and is dead lends
 * its identity; the steps it "made" before its death are written by the test.
 */
class InboxRepairTest {
    private final IpcFixture ipc = new IpcFixture();
    private final IpcFixture.Recorder seen = new IpcFixture.Recorder();
    private final List<Throwable> errors = new ArrayList<>();

    @AfterEach
    void removeFolder() throws IOException {
        ipc.close();
    }

    private static ProcessIdentity deadProcess() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity identity = ProcessIdentity.of(process.pid()).orElseThrow();
        process.destroyForcibly().waitFor();
        assertFalse(identity.isAlive());
        return identity;
    }

    private Inbox inbox() {
        return Inbox.create(ipc.shmDir, "raylet", new InboxOptions(8192, 64), errors::add);
    }

    private InboxFile attached() {
        return InboxFile.attach(Inbox.pathOf(ipc.shmDir, "raylet"), "raylet");
    }

    private LaneFile laneOf(InboxFile file, int slot, ProcessIdentity producer) {
        return LaneFile.create(
                LaneFile.pathOf(ipc.shmDir, "raylet", file.incarnation, slot, 0),
                file,
                slot,
                0,
                producer,
                "dead-one".getBytes(StandardCharsets.UTF_8));
    }

    // ---- producers that died while attaching

    @Test
    void freesASlotWhoseClaimantDiedBeforeItsLaneExisted() throws Exception {
        ProcessIdentity dead = deadProcess();
        try (Inbox inbox = inbox();
                InboxFile file = attached()) {
            file.casSlot(3, 0, SlotWord.of(SlotWord.CLAIMED, 0, dead));
            inbox.producerDied(dead);
            inbox.poll(seen, 10);
            assertEquals(SlotWord.free(1), file.slotVolatile(3));
        }
    }

    @Test
    void removesTheLaneOfAClaimantThatDiedBeforeReady() throws Exception {
        ProcessIdentity dead = deadProcess();
        try (Inbox inbox = inbox();
                InboxFile file = attached()) {
            file.casSlot(3, 0, SlotWord.of(SlotWord.CLAIMED, 0, dead));
            laneOf(file, 3, dead).close();
            inbox.producerDied(dead);
            inbox.poll(seen, 10);
            assertEquals(SlotWord.free(1), file.slotVolatile(3));
            assertEquals(List.of(), ipc.laneFiles());
            assertEquals(List.of(), seen.opened);
        }
    }

    @Test
    void deliversFromALaneWhoseProducerDiedBeforeItCouldRing() throws Exception {
        ProcessIdentity dead = deadProcess();
        try (Inbox inbox = inbox();
                InboxFile file = attached()) {
            inbox.poll(seen, 10);
            deadLane(file, 3, dead, 5);
            inbox.producerDied(dead);
            inbox.poll(seen, 10);
            assertEquals(List.of(0L, 1L, 2L, 3L, 4L), seen.numbers);
            assertEquals(List.of(true), seen.died);
            assertEquals("dead-one", seen.closed.get(0).producerName());
            assertEquals(dead, seen.closed.get(0).producer());
            assertEquals(SlotWord.free(1), file.slotVolatile(3));
            assertEquals(List.of(), ipc.laneFiles());
        }
    }

    /** READY, some committed, then a claim in progress, one committed, another claim; never rung. */
    private void deadLane(InboxFile file, int slot, ProcessIdentity producer, int messages) {
        file.casSlot(slot, 0, SlotWord.of(SlotWord.CLAIMED, 0, producer));
        try (LaneFile lane = laneOf(file, slot, producer)) {
            ManyToOneRingBuffer ring = new ManyToOneRingBuffer(lane.ring());
            for (int i = 0; i < messages; i++) {
                if (i == messages - 1) {
                    ring.tryClaim(TEMPLATE, MESSAGE_LENGTH);
                }
                ring.write(TEMPLATE, message(9, i), 0, MESSAGE_LENGTH);
            }
            ring.tryClaim(TEMPLATE, MESSAGE_LENGTH);
        }
        file.producerStartRelease(slot, producer.startTicks());
        file.casSlot(slot, SlotWord.of(SlotWord.CLAIMED, 0, producer), SlotWord.of(SlotWord.READY, 0, producer));
    }

    @Test
    void sweepsByItselfThoughNobodyReportsTheDeath() throws Exception {
        ProcessIdentity dead = deadProcess();
        try (Inbox inbox = inbox();
                InboxFile file = attached()) {
            file.casSlot(3, 0, SlotWord.of(SlotWord.CLAIMED, 0, dead));
            deadLane(file, 7, dead, 2);
            long start = System.nanoTime();
            IpcFixture.pollUntil(inbox, seen, () -> seen.closed.size() == 1);
            assertTrue(System.nanoTime() - start >= LivenessSweep.INTERVAL_NS / 2, "not at every park");
            assertEquals(SlotWord.free(1), file.slotVolatile(3));
            assertEquals(SlotWord.free(1), file.slotVolatile(7));
        }
    }

    @Test
    void aReusedPidIsNotMistakenForTheClaimant() throws Exception {
        ProcessIdentity self = ProcessIdentity.current();
        ProcessIdentity formerOwnerOfOurPid = new ProcessIdentity(self.pid(), self.startTicks() - 100);
        try (Inbox inbox = inbox();
                InboxFile file = attached()) {
            file.casSlot(3, 0, SlotWord.of(SlotWord.CLAIMED, 0, formerOwnerOfOurPid));
            file.casSlot(4, 0, SlotWord.of(SlotWord.CLAIMED, 0, self));
            new LivenessSweep(ipc.shmDir, file, new InboundLane[64], 0)
                    .sweepIfDue(LivenessSweep.INTERVAL_NS, new long[1]);
            assertEquals(SlotWord.free(1), file.slotVolatile(3));
            assertEquals(SlotWord.CLAIMED, SlotWord.state(file.slotVolatile(4)), "a living claimant keeps its slot");
            assertEquals(0, inbox.poll(seen, 10));
        }
    }

    @Test
    void fullTableOfTheDeadMakesRoomForTheLiving() throws Exception {
        ProcessIdentity dead = deadProcess();
        try (Inbox inbox = inbox();
                InboxFile file = attached()) {
            for (int slot = 0; slot < 64; slot++) {
                file.casSlot(slot, 0, SlotWord.of(SlotWord.CLAIMED, 0, dead));
            }
            Thread consumer = new Thread(() -> IpcFixture.pollUntil(inbox, seen, () -> seen.numbers.size() == 1));
            consumer.start();
            try (OutboundLane lane = ipc.lane("raylet")) {
                offer(lane, 1, 1);
                consumer.join();
            }
            assertEquals(List.of(1L), seen.numbers);
        }
    }

    // ---- receivers that died

    @Test
    void heirWaitsForAClaimThatALivingSenderHasMadeAndLetsNoLaterOneIn() throws Exception {
        Process owner = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity ownerIdentity = ProcessIdentity.of(owner.pid()).orElseThrow();
        Files.createDirectories(ipc.shmDir.resolve("inbox"));
        Files.createDirectories(ipc.shmDir.resolve("lanes"));
        Path path = Inbox.pathOf(ipc.shmDir, "raylet");
        try (InboxFile file = InboxFile.create(path, "raylet", new InboxOptions(8192, 64), 1, ownerIdentity);
                OutboundLane lane = ipc.lane("raylet");
                LaneFile memory = LaneFile.attach(ipc.shmDir, file, 0, file.slotVolatile(0))) {
            offer(lane, 1, 1);
            int claim = IpcFixture.claimOnly(lane);
            owner.destroyForcibly().waitFor();
            ManyToOneRingBuffer past = new ManyToOneRingBuffer(memory.ring()); // a thread behind the look at the state
            LaneHandler finishing = new LaneHandler() {
                @Override
                public void onMessage(InboundLane from, int type, DirectBuffer buffer, int offset, int length) {
                    seen.onMessage(from, type, buffer, offset, length);
                    if (seen.numbers.size() == 1) {
                        assertEquals(OutboundLane.CLOSED, offer(lane, 1, 3));
                        assertFalse(past.write(TEMPLATE, message(1, 4), 0, MESSAGE_LENGTH));
                        IpcFixture.writeAndCommit(lane, claim, 1, 2);
                    }
                }

                @Override
                public void onLaneClosed(InboundLane closed, boolean producerDied) {
                    seen.onLaneClosed(closed, producerDied);
                }
            };
            assertEquals(2, Inbox.inherit(ipc.shmDir, "raylet", finishing, errors::add));
            assertEquals(List.of(1L, 2L), seen.numbers);
            assertEquals(List.of(false), seen.died);
            assertEquals(List.of(), errors);
            assertFalse(Files.exists(path));
        }
    }

    @Test
    void heirSkipsAClaimThatNobodyFinishesAndReadsWhatIsBehindIt() throws Exception {
        Process owner = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity ownerIdentity = ProcessIdentity.of(owner.pid()).orElseThrow();
        Files.createDirectories(ipc.shmDir.resolve("inbox"));
        Files.createDirectories(ipc.shmDir.resolve("lanes"));
        Path path = Inbox.pathOf(ipc.shmDir, "raylet");
        try (InboxFile file = InboxFile.create(path, "raylet", new InboxOptions(8192, 64), 1, ownerIdentity);
                OutboundLane lane = ipc.lane("raylet")) {
            offer(lane, 1, 1);
            int claim = IpcFixture.claimOnly(lane);
            owner.destroyForcibly().waitFor();
            assertEquals(OutboundLane.SENT, offer(lane, 1, 3), "nobody has asked yet whether the receiver lives");
            assertFalse(lane.isReceiverAlive());
            assertEquals(OutboundLane.PEER_DEAD, offer(lane, 1, 4));
            int forHeir = lane.tryClaimForHeir(TEMPLATE, MESSAGE_LENGTH);
            assertTrue(forHeir > 0);
            IpcFixture.writeAndCommit(lane, forHeir, 1, 5);
            assertEquals(3, Inbox.inherit(ipc.shmDir, "raylet", seen, errors::add));
            assertEquals(List.of(1L, 3L, 5L), seen.numbers);
            assertEquals(List.of(), errors);
            assertFalse(file.isOpen());
            assertEquals(OutboundLane.CLOSED, lane.tryClaimForHeir(TEMPLATE, MESSAGE_LENGTH));
            IpcFixture.writeAndCommit(lane, claim, 1, 2); // harms nobody
        }
    }

    @Test
    void heirOfAKilledHeirGoesOnBehindTheLastMessageThatWasHandled() throws Exception {
        Inbox first = inbox();
        try (OutboundLane lane = ipc.lane("raylet");
                OutboundLane other = ipc.lane("raylet")) {
            for (int i = 1; i <= 5; i++) {
                offer(lane, 1, i);
                offer(other, 2, 10 + i);
            }
            first.poll(seen, 1);
            first.suspend();
            assertEquals(1, seen.numbers.size());
            LaneHandler dying = new LaneHandler() {
                @Override
                public void onMessage(InboundLane from, int type, DirectBuffer buffer, int offset, int length) {
                    if (seen.numbers.size() == 4) {
                        throw new AgentTerminationException(); // passes through, as a kill does
                    }
                    seen.onMessage(from, type, buffer, offset, length);
                }
            };
            assertThrows(
                    AgentTerminationException.class, () -> Inbox.inherit(ipc.shmDir, "raylet", dying, errors::add));
            assertTrue(Files.exists(Inbox.pathOf(ipc.shmDir, "raylet")));
            seen.numbers.add(0L); // the one that ended the first heir counts as handled
            Inbox.inherit(ipc.shmDir, "raylet", seen, errors::add);
            assertEquals(10, seen.numbers.size(), seen.numbers.toString());
            assertEquals(10, Set.copyOf(seen.numbers).size(), seen.numbers.toString());
            assertEquals(List.of(), errors);
            assertEquals(List.of(), ipc.laneFiles());
        }
    }

    // ---- what is found is not trusted

    @Test
    void corruptedLaneIsClosedAndTheOthersGoOn() throws Exception {
        try (Inbox inbox = inbox();
                OutboundLane bad = OutboundLane.open(ipc.shmDir, "raylet", "bad-one");
                OutboundLane good = ipc.lane("raylet")) {
            offer(bad, 1, 1);
            offer(good, 2, 1);
            inbox.poll(seen, 10);
            offer(bad, 1, 2);
            patch(
                    ipc.laneFiles().stream()
                            .filter(p -> p.toString().endsWith("-0-0.lane"))
                            .findFirst()
                            .orElseThrow(),
                    LaneDescriptor.RING_OFFSET + 32,
                    5);
            offer(good, 2, 2);
            inbox.poll(seen, 10);
            assertEquals(List.of(1L, 1L, 2L), seen.numbers);
            assertEquals(1, inbox.corruptLanes());
            assertTrue(
                    errors.get(0).getMessage().contains("producer=bad-one pid="),
                    errors.get(0).getMessage());
            assertEquals(List.of(false), seen.died);
            assertEquals(OutboundLane.CLOSED, offer(bad, 1, 3));
            assertEquals(OutboundLane.SENT, offer(good, 2, 3));
        }
    }

    @Test
    void laneWithAWrongHeaderIsRefusedAndItsSenderLearnsOfIt() throws Exception {
        int[][] wrong = {
            {LaneDescriptor.MAGIC_OFFSET, 1},
            {LaneDescriptor.CAPACITY_OFFSET, 1 << 20},
            {LaneDescriptor.PRODUCER_PID_OFFSET, 1},
            {LaneDescriptor.CONSUMER_PID_OFFSET, 1},
            {LaneDescriptor.SLOT_OFFSET, 5},
            {LaneDescriptor.NAME_LENGTH_OFFSET, -1},
            {LaneDescriptor.VERSION_OFFSET, WireVersion.LAYOUT + 1},
        };
        try (Inbox inbox = inbox();
                InboxFile file = attached()) {
            for (int i = 0; i < wrong.length; i++) {
                try (OutboundLane lane = ipc.lane("raylet")) {
                    offer(lane, 1, 1);
                    patch(ipc.laneFiles().get(0), wrong[i][0], wrong[i][1]);
                    inbox.poll(seen, 10);
                    assertEquals(i + 1, inbox.corruptLanes(), () -> errors.toString());
                    assertEquals(List.of(), ipc.laneFiles());
                    assertEquals(SlotWord.free(i + 1), file.slotVolatile(0));
                    long start = System.nanoTime();
                    while (offer(lane, 1, 2) != OutboundLane.CLOSED) {
                        assertTrue(System.nanoTime() - start < IpcFixture.DEADLINE_NS, "sender never learns");
                    }
                }
            }
            assertEquals(List.of(), seen.opened);
            assertEquals(0, inbox.poll(seen, 10));
        }
    }

    @Test
    void laneFileThatIsShorterThanItsHeaderIsRefused() throws Exception {
        ProcessIdentity dead = deadProcess();
        try (Inbox inbox = inbox();
                InboxFile file = attached()) {
            Files.write(LaneFile.pathOf(ipc.shmDir, "raylet", file.incarnation, 2, 0), new byte[100]);
            file.casSlot(2, 0, SlotWord.of(SlotWord.READY, 0, dead));
            file.casSlot(3, 0, SlotWord.of(SlotWord.READY, 0, dead)); // no file at all
            inbox.producerDied(dead);
            inbox.poll(seen, 10);
            assertEquals(2, inbox.corruptLanes());
            assertEquals(SlotWord.free(1), file.slotVolatile(2));
            assertEquals(SlotWord.free(1), file.slotVolatile(3));
        }
    }

    @Test
    void doorbellBitsWithoutASenderAreIgnored() {
        try (Inbox inbox = inbox();
                InboxFile file = attached()) {
            file.setBits(0, -1L);
            assertEquals(0, inbox.poll(seen, 10));
            assertFalse(inbox.hasWork());
        }
    }

    // ---- versions

    @Test
    void anotherLayoutOrSchemaVersionIsRefusedWithBothNumbers() throws Exception {
        try (Inbox inbox = inbox()) {
            Path path = Inbox.pathOf(ipc.shmDir, inbox.name());
            patch(path, InboxDescriptor.VERSION_OFFSET, 7);
            PeerVersionException layout = assertThrows(PeerVersionException.class, () -> ipc.lane("raylet"));
            assertTrue(
                    layout.getMessage()
                            .contains("layoutVersion=7, this process has layoutVersion=" + WireVersion.LAYOUT),
                    layout.getMessage());
            patch(path, InboxDescriptor.VERSION_OFFSET, WireVersion.LAYOUT);
            patch(path, InboxDescriptor.SCHEMA_VERSION_OFFSET, 99);
            PeerVersionException schema = assertThrows(PeerVersionException.class, () -> ipc.lane("raylet"));
            assertTrue(
                    schema.getMessage()
                            .contains("schemaVersion=99, this process has schemaVersion=" + WireVersion.SCHEMA),
                    schema.getMessage());
            assertTrue(schema.getMessage().endsWith(schema.remedy()));
        }
    }

    @Test
    void garbageInPlaceOfAnInboxIsRefusedBySendersAndSetAsideByAnOwner() throws Exception {
        try (Inbox other = Inbox.create(ipc.shmDir, "other", InboxOptions.DEFAULT)) {
            assertEquals("other", other.name());
            Path path = Inbox.pathOf(ipc.shmDir, "raylet");
            Path aside = path.resolveSibling("raylet.inbox.corrupt");
            for (int length : new int[] {0, 10, 4096, 100_000}) {
                Files.write(path, new byte[length]);
                assertThrows(CorruptLaneException.class, () -> ipc.lane("raylet"), "length=" + length);
                assertEquals(0, Inbox.inherit(ipc.shmDir, "raylet", new IpcFixture.Recorder()));
                Files.write(path, new byte[length]);
                try (Inbox inbox = inbox()) {
                    assertEquals("raylet", inbox.name());
                    ipc.lane("raylet").close();
                }
                assertEquals(length, Files.size(aside), "kept");
            }
        }
    }

    private static void patch(Path path, int offset, int value) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(offset);
            file.write(ByteBuffer.allocate(4)
                    .order(ByteOrder.nativeOrder())
                    .putInt(value)
                    .array());
        }
    }
}
