/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static io.thornback.transport.ipc.IpcFixture.DEADLINE_NS;
import static io.thornback.transport.ipc.IpcFixture.offer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.wire.MessageHeaders;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No wake-up is lost, and waiting costs nothing. */
class InboxParkTest {
    private final IpcFixture ipc = new IpcFixture();
    private final IpcFixture.Recorder seen = new IpcFixture.Recorder();

    @AfterEach
    void removeFolder() throws IOException {
        ipc.close();
    }

    @Test
    void aRingBetweenTheLastLookAndTheSleepEndsTheSleep() {
        try (Inbox inbox = ipc.inbox("raylet");
                InboxFile file = InboxFile.attach(Inbox.pathOf(ipc.shmDir, "raylet"), "raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            inbox.poll(seen, 10);
            long start = System.nanoTime();
            file.futexVolatile(InboxDescriptor.PARKED); // as park does; it has looked and found nothing
            offer(lane, 1, 1);
            file.awaitFutex(DEADLINE_NS);
            file.futexVolatile(InboxDescriptor.PARKED);
            inbox.wake();
            file.awaitFutex(DEADLINE_NS);
            assertTrue(System.nanoTime() - start < DEADLINE_NS, "slept through it");
        }
    }

    @Test
    void aWakerThatDiedBeforeItsSystemCallIsMadeGoodByTheNext() throws Exception {
        try (Inbox inbox = ipc.inbox("raylet");
                InboxFile file = InboxFile.attach(Inbox.pathOf(ipc.shmDir, "raylet"), "raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            inbox.poll(seen, 10);
            Thread consumer = new Thread(() -> inbox.park(DEADLINE_NS));
            consumer.start();
            long start = System.nanoTime();
            while (file.futexVolatile() != InboxDescriptor.PARKED) {
                assertTrue(System.nanoTime() - start < DEADLINE_NS, "does not park");
                Thread.onSpinWait();
            }
            consumer.join(100); // by now it sleeps; if it does not, nothing below can fail
            file.futexVolatile(InboxDescriptor.NOTIFIED); // all that is left of a sender killed before its FUTEX_WAKE
            offer(lane, 1, 1);
            consumer.join(DEADLINE_NS / 2_000_000);
            assertFalse(consumer.isAlive(), "the next sender did not wake it");
        }
    }

    @Test
    void parkReturnsAtOnceIfALaneWasLeftWithRecords() {
        try (Inbox inbox = ipc.inbox("raylet");
                OutboundLane lane = ipc.lane("raylet")) {
            for (int i = 0; i < 10; i++) {
                offer(lane, 1, i);
            }
            long start = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                inbox.park(DEADLINE_NS);
                assertEquals(1, inbox.poll(seen, 1));
            }
            assertTrue(System.nanoTime() - start < DEADLINE_NS);
        }
    }

    @Test
    void pingPongOfTwoInboxesWithParksLosesNoWakeUp() throws Exception {
        long rounds = 100_000;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Inbox left = ipc.inbox("left");
                Inbox right = ipc.inbox("right");
                OutboundLane toRight = ipc.lane("right");
                OutboundLane toLeft = ipc.lane("left")) {
            Thread echo = new Thread(() -> play(right, toLeft, rounds, false));
            echo.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
            echo.start();
            play(left, toRight, rounds, true);
            echo.join();
            assertNull(failure.get());
        }
    }

    /** Parks far longer than the whole test may take, so one lost wake-up is a failure. */
    private static void play(Inbox inbox, OutboundLane peer, long rounds, boolean serves) {
        long start = System.nanoTime();
        long[] expected = {serves ? -1 : 0};
        if (serves) {
            expected[0] = 0;
            offer(peer, 1, 0);
        }
        LaneHandler answer = (from, templateId, buffer, offset, length) -> {
            assertEquals(expected[0], buffer.getLong(offset + MessageHeaders.LENGTH + 8));
            expected[0]++;
            if (!serves || expected[0] < rounds) {
                assertEquals(OutboundLane.SENT, offer(peer, 1, serves ? expected[0] : expected[0] - 1));
            }
        };
        while (expected[0] < rounds) {
            if (inbox.poll(answer, 10) == 0) {
                inbox.park(6 * DEADLINE_NS);
            }
            assertEquals(0, inbox.handlerErrors());
            assertTrue(System.nanoTime() - start < 4 * DEADLINE_NS, "a wake-up was lost at " + expected[0]);
        }
    }

    @Test
    void idleConsumerCostsNothingMeasurable() throws Exception {
        try (Inbox inbox = ipc.inbox("raylet")) {
            IdleStrategy idle = inbox.idleStrategy(1_000_000_000L);
            idle.idle(0);
            var threads = ManagementFactory.getThreadMXBean();
            long cpu = threads.getCurrentThreadCpuTime();
            long start = System.nanoTime();
            int cycles = 0;
            while (System.nanoTime() - start < 2_000_000_000L) {
                idle.idle(inbox.poll(seen, 10));
                cycles++;
            }
            long spent = threads.getCurrentThreadCpuTime() - cpu;
            assertTrue(cycles <= 10, "woke " + cycles + " times in two seconds");
            assertTrue(spent < 20_000_000L, "spent ns=" + spent);
        }
    }

    @Test
    void readsTheRunnableThreadsOutOfLoadavg() {
        assertEquals(3, parse("0.20 0.18 0.12 3/80 11206\n"));
        assertEquals(128, parse("120.01 99.1 88.42 128/4000 5\n"));
        assertEquals(0, parse(""));
        assertEquals(0, parse("0.20 0.18 garbage"));
    }

    private static int parse(String text) {
        return RunQueue.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
