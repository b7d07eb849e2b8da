/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** A process that receives until it is killed: {@code <shmDir> <inbox> <slow|idle>}; tells the test when it is ready. */
final class ReceiverMain {
    private ReceiverMain() {}

    public static void main(String[] args) {
        Path shmDir = Path.of(args[0]);
        boolean slow = args[2].equals("slow");
        Random random = new Random();
        try (Inbox inbox = Inbox.create(shmDir, args[1], InboxOptions.DEFAULT);
                OutboundLane toTest = OutboundLane.open(shmDir, "test", args[1])) {
            IpcFixture.offer(toTest, 0, 0);
            while (true) {
                int handled = inbox.poll((from, templateId, buffer, offset, length) -> {}, slow ? 4 : 1000);
                if (slow) {
                    LockSupport.parkNanos(random.nextInt(50_000));
                }
                if (handled == 0) {
                    inbox.park(1_000_000_000L);
                }
            }
        }
    }
}
