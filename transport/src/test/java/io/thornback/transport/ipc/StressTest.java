/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.thornback.transport.wire.MessageHeaders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Four threads at once, a small ring: wraps, padding and back-pressure all the time. */
class StressTest {
    private static final int THREADS = 4;
    private static final long MESSAGES = 50_000;

    private final IpcFixture ipc = new IpcFixture();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final long[] next = new long[THREADS];

    @AfterEach
    void removeFolder() throws IOException {
        ipc.close();
    }

    @Test
    void fourThreadsDownOneLaneKeepTheirOrderAndLoseNothing() throws Exception {
        try (Inbox inbox = Inbox.create(ipc.shmDir, "raylet", new InboxOptions(8192, 64), failure::set);
                OutboundLane lane = ipc.lane("raylet")) {
            run(inbox, List.of(lane, lane, lane, lane));
        }
    }

    @Test
    void fourThreadsDownFourLanesKeepTheirOrderAndLoseNothing() throws Exception {
        try (Inbox inbox = Inbox.create(ipc.shmDir, "raylet", new InboxOptions(8192, 64), failure::set)) {
            List<OutboundLane> lanes = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                lanes.add(ipc.lane("raylet"));
            }
            run(inbox, lanes);
            lanes.forEach(OutboundLane::close);
        }
    }

    private void run(Inbox inbox, List<OutboundLane> lanes) throws InterruptedException {
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int sender = i;
            Thread thread = new Thread(() -> send(lanes.get(sender), sender));
            thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
            thread.start();
            senders.add(thread);
        }
        long[] handled = new long[1];
        LaneHandler check = (from, templateId, buffer, offset, length) -> {
            int sender = (int) buffer.getLong(offset + MessageHeaders.LENGTH);
            assertEquals(next[sender]++, buffer.getLong(offset + MessageHeaders.LENGTH + 8));
            handled[0]++;
        };
        IpcFixture.pollUntil(inbox, check, () -> handled[0] == THREADS * MESSAGES || failure.get() != null);
        for (Thread thread : senders) {
            thread.join();
        }
        assertNull(failure.get());
        assertEquals(0, inbox.poll(check, 10));
    }

    /** Claims, offers and aborts by turns, of changing length. */
    private static void send(OutboundLane lane, int sender) {
        for (long number = 0; number < MESSAGES; number++) {
            int length = IpcFixture.MESSAGE_LENGTH + (int) (number * 7 % 300);
            if (number % 5 == 0) {
                int index = lane.tryClaim(IpcFixture.TEMPLATE, length);
                if (index >= 0) {
                    lane.abort(index);
                }
            }
            UnsafeBuffer message = IpcFixture.fill(new UnsafeBuffer(new byte[length + 4], 4, length), sender, number);
            lane.send(IpcFixture.TEMPLATE, message, 0, length, IpcFixture.DEADLINE_NS);
        }
    }
}
