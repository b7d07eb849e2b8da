/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {

    @Test
    void theCurrentProcessIsAliveAndHasItsPid() {
        final ProcessIdentity self = ProcessIdentity.current();
        assertEquals(ProcessHandle.current().pid(), self.pid());
        assertEquals(Optional.of(self), ProcessIdentity.of(self.pid()));
        assertTrue(self.isAlive());
    }

    @Test
    void anotherStartTimeIsAnotherProcess() {
        final ProcessIdentity self = ProcessIdentity.current();
        assertFalse(new ProcessIdentity(self.pid(), self.startTicks() + 1).isAlive());
    }

    @Test
    void aPidThatNobodyHasIsEmpty() {
        assertTrue(ProcessIdentity.of(Integer.MAX_VALUE).isEmpty());
    }

    @Test
    void aStoppedProcessIsAliveAndAKilledOneIsNot() throws Exception {
        final Process sleep = new ProcessBuilder("/bin/sleep", "60").start();
        final ProcessIdentity identity = ProcessIdentity.of(sleep.pid()).orElseThrow();
        try {
            run("/bin/kill", "-STOP", Long.toString(sleep.pid()));
            assertTrue(identity.isAlive());
        } finally {
            sleep.destroyForcibly();
        }
        assertTrue(sleep.waitFor(10, TimeUnit.SECONDS));
        assertFalse(identity.isAlive());
    }

    @Test
    void anInterruptedThreadIsNotTakenForADeadProcess() {
        Thread.currentThread().interrupt();
        try {
            assertTrue(ProcessIdentity.current().isAlive());
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void aCommandWithBracketsAndBlanksIsParsed() {
        final ProcessStat stat =
                ProcessStat.parse("4711 (a) S 1 (b) R 17 18 4711 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 3 0 8915 1 2\n");
        assertEquals(new ProcessStat(4711, 'R', 17, 4711, 3, 8915), stat);
        assertThrows(IllegalArgumentException.class, () -> ProcessStat.parse("nonsense"));
    }

    @Test
    void aZombieWhoseThreadsStillRunIsNotDeadYet() {
        assertFalse(new ProcessStat(1, 'Z', 1, 1, 2, 1).isDead());
        assertTrue(new ProcessStat(1, 'Z', 1, 1, 1, 1).isDead());
        assertTrue(new ProcessStat(1, 'X', 1, 1, 0, 1).isDead());
        assertFalse(new ProcessStat(1, 'T', 1, 1, 1, 1).isDead());
    }

    private static void run(final String... command) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    }
}
