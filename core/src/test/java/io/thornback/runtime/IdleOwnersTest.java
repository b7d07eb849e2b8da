/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Thornback;
import io.thornback.config.WorkerSettings;
import io.thornback.runtime.OwnershipContract.Held;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers with nothing to run are stopped early here, but not while calls go on that they have made. */
class IdleOwnersTest {
    @RegisterExtension
    static final TestNode NODE =
            TestNode.ofProcesses(Map.of(WorkerSettings.PRESTART, "0", WorkerSettings.IDLE_TIMEOUT, "100ms"));

    record Asked(long pid, Held held) {}

    static byte[] takesLong(final int seed) throws InterruptedException {
        TimeUnit.SECONDS.sleep(4);
        return OwnershipContract.bytes(10, seed);
    }

    /** Goes on until what it has asked for runs elsewhere. */
    static Asked ask(final int seed) throws InterruptedException {
        final Held held = new Held(
                Thornback.current().task(IdleOwnersTest::takesLong, seed).submit());
        TimeUnit.SECONDS.sleep(1);
        return new Asked(ProcessHandle.current().pid(), held);
    }

    @Test
    void aWorkerStaysUntilWhatItHasAskedForIsThereAndThenGoes() throws InterruptedException {
        final Asked asked = NODE.driver().task(IdleOwnersTest::ask, 7).submit().get(OwnershipContract.LONG);
        assertArrayEquals(OwnershipContract.bytes(10, 7), asked.held().ref().get(OwnershipContract.LONG));
        final long deadline = System.nanoTime() + OwnershipContract.LONG.toNanos();
        while (ProcessHandle.of(asked.pid()).isPresent()) {
            assertTrue(System.nanoTime() - deadline < 0, "pid=" + asked.pid() + " is idle, owes nothing and is there");
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
