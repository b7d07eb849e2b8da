/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.ProcessIdentity;
import java.nio.file.Path;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** A process that sends numbers, from two threads down one lane, until it is killed: {@code <shmDir> <inbox> <child>}. */
final class SenderMain {
    private SenderMain() {}

    public static void main(String[] args) throws Exception {
        OutboundLane lane = OutboundLane.open(Path.of(args[0]), args[1], "child-" + args[2]);
        long child = Long.parseLong(args[2]);
        Thread second = new Thread(() -> send(lane, child * 2 + 1));
        second.setDaemon(true);
        second.start();
        send(lane, child * 2);
    }

    private static void send(OutboundLane lane, long sender) {
        Random random = new Random(sender * 31 + ProcessIdentity.current().pid());
        UnsafeBuffer source = new UnsafeBuffer(new byte[4 + 1024], 4, 1024);
        for (long number = 0; ; number++) {
            int length = IpcFixture.MESSAGE_LENGTH + random.nextInt(900);
            source.wrap(source.byteArray(), 4, length);
            IpcFixture.fill(source, sender, number);
            lane.send(IpcFixture.TEMPLATE, source, 0, length, IpcFixture.DEADLINE_NS);
        }
    }
}
