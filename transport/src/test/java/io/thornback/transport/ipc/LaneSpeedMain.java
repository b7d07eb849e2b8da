/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.transport.wire.MessageHeaders;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Rough figures, by hand: {@code ping <rounds>} (two processes, each on the inbox's idle strategy), {@code park <rounds>}
 * (the same without spinning), {@code flood <messages>} (one way, two processes, 24-byte messages and 1 KiB ones),
 * {@code cost <messages>} (both sides on one thread by turns: what a message costs when nobody waits).
 */
final class LaneSpeedMain {
    private static final long MAX_PARK_NS = 1_000_000_000L;

    private LaneSpeedMain() {}

    public static void main(String[] args) throws Exception {
        if (args[0].equals("echo")) {
            echo(Path.of(args[1]), args[2].equals("park"));
            return;
        }
        long count = Long.parseLong(args[1]);
        if (args[0].equals("cost")) {
            for (int round = 0; round < 3; round++) {
                cost(count, IpcFixture.MESSAGE_LENGTH);
                cost(count / 4, 1024);
            }
            return;
        }
        try (IpcFixture ipc = new IpcFixture();
                Inbox inbox = ipc.inbox("test");
                ChildJvm child = child(ipc.shmDir, args[0])) {
            IpcFixture.Recorder ready = new IpcFixture.Recorder();
            IpcFixture.pollUntil(inbox, ready, () -> !ready.numbers.isEmpty());
            try (OutboundLane lane = ipc.lane("echo")) {
                for (int round = 0; round < 3; round++) {
                    if (args[0].equals("flood")) {
                        flood(inbox, lane, count, IpcFixture.MESSAGE_LENGTH);
                        flood(inbox, lane, count / 4, 1024);
                    } else {
                        ping(inbox, lane, (int) count, args[0].equals("park"));
                    }
                }
            }
            System.out.println("child alive=" + child.isAlive());
        }
    }

    private static ChildJvm child(Path shmDir, String mode) throws Exception {
        Path log = Files.createTempFile(shmDir, "child", ".log");
        return ChildJvm.startOptimised(LaneSpeedMain.class, log, "echo", shmDir.toString(), mode);
    }

    private static IdleStrategy idle(Inbox inbox, boolean parkOnly) {
        return parkOnly
                ? new IdleStrategy() {
                    @Override
                    public void idle(int workCount) {
                        if (workCount == 0) {
                            idle();
                        }
                    }

                    @Override
                    public void idle() {
                        inbox.park(MAX_PARK_NS);
                    }

                    @Override
                    public void reset() {}
                }
                : inbox.idleStrategy(MAX_PARK_NS);
    }

    /** Answers every message whose first number is 1. */
    private static void echo(Path shmDir, boolean parkOnly) {
        Inbox inbox = Inbox.create(shmDir, "echo", InboxOptions.DEFAULT);
        OutboundLane back = OutboundLane.open(shmDir, "test", "echo");
        UnsafeBuffer reply = IpcFixture.message(0, 0);
        IpcFixture.offer(back, 0, 0);
        IdleStrategy idle = idle(inbox, parkOnly);
        LaneHandler handler = (from, templateId, buffer, offset, length) -> {
            if (buffer.getLong(offset + MessageHeaders.LENGTH) == 1) {
                back.send(IpcFixture.TEMPLATE, reply, 0, IpcFixture.MESSAGE_LENGTH, IpcFixture.DEADLINE_NS);
            }
        };
        while (true) {
            idle.idle(inbox.poll(handler, 100));
        }
    }

    private static void ping(Inbox inbox, OutboundLane lane, int rounds, boolean parkOnly) {
        long[] tookNs = new long[rounds];
        long[] answers = new long[1];
        LaneHandler handler = (from, templateId, buffer, offset, length) -> answers[0]++;
        UnsafeBuffer message = IpcFixture.message(1, 0);
        IdleStrategy idle = idle(inbox, parkOnly);
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            lane.offer(IpcFixture.TEMPLATE, message, 0, IpcFixture.MESSAGE_LENGTH);
            while (answers[0] <= i) {
                idle.idle(inbox.poll(handler, 100));
            }
            tookNs[i] = System.nanoTime() - start;
        }
        Arrays.sort(tookNs);
        System.out.printf(
                "round trip ns: p50=%d p90=%d p99=%d p99.9=%d%n",
                tookNs[rounds / 2], tookNs[rounds * 9 / 10], tookNs[rounds * 99 / 100], tookNs[rounds / 1000 * 999]);
    }

    private static void cost(long count, int length) throws IOException {
        try (IpcFixture ipc = new IpcFixture();
                Inbox inbox = ipc.inbox("test");
                OutboundLane lane = ipc.lane("test")) {
            UnsafeBuffer message = IpcFixture.fill(new UnsafeBuffer(new byte[4 + length], 4, length), 0, 0);
            long[] handled = new long[1];
            LaneHandler handler = (from, templateId, buffer, offset, n) -> handled[0]++;
            long start = cpuNs();
            long sendNs = 0;
            while (handled[0] < count) {
                long before = cpuNs();
                for (int i = 0; i < 64; i++) {
                    lane.offer(IpcFixture.TEMPLATE, message, 0, length);
                }
                sendNs += cpuNs() - before;
                inbox.poll(handler, 64);
            }
            long allNs = cpuNs() - start;
            System.out.printf(
                    "cost, length=%d: %d ns to send, %d ns to receive%n",
                    length, sendNs / count, (allNs - sendNs) / count);
        }
    }

    /** Of this thread: what others on the host do does not count. */
    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void flood(Inbox inbox, OutboundLane lane, long count, int length) {
        UnsafeBuffer message = IpcFixture.fill(new UnsafeBuffer(new byte[4 + length], 4, length), 0, 0);
        long[] answers = new long[1];
        long start = System.nanoTime();
        for (long i = 0; i < count; i++) {
            message.putLong(MessageHeaders.LENGTH, i == count - 1 ? 1 : 0);
            lane.send(IpcFixture.TEMPLATE, message, 0, length, IpcFixture.DEADLINE_NS);
        }
        IpcFixture.pollUntil(inbox, (from, template, buffer, offset, n) -> answers[0]++, () -> answers[0] == 1);
        long tookNs = System.nanoTime() - start;
        System.out.printf(
                "one way, length=%d: %.2f million messages/s, %.0f ns each%n",
                length, count * 1e3 / tookNs, (double) tookNs / count);
    }
}
