/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ProcessControlTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Spawner spawner = new Spawner();
    private Path folder;
    private Path log;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = ShmFolder.make();
        log = folder.resolve("log");
    }

    @AfterEach
    void close() throws IOException {
        spawner.close();
        ShmFolder.delete(folder);
    }

    @Test
    void aSignalReachesTheProcessThatIsMeantAndNoLaterOneWithItsPid() {
        final ChildProcess child = spawner.spawn(SpawnRequest.of(Path.of("/bin/sleep"), List.of("600"), Map.of(), log));
        final ProcessIdentity identity = child.identity();
        final ProcessIdentity former = new ProcessIdentity(identity.pid(), identity.startTicks() - 1);
        assertFalse(ProcessControl.signal(former, Signals.KILL));
        assertTrue(ProcessControl.signal(identity, 0));
        assertTrue(identity.isAlive());
        assertTrue(ProcessControl.signal(identity, Signals.INT));
        assertTrue(child.awaitExit(PATIENCE));
        assertFalse(identity.isAlive(), "a zombie is not alive");
        assertEquals(new ExitStatus(-1, Signals.INT), child.reap());
        assertFalse(ProcessControl.signal(identity, Signals.KILL));
        assertFalse(ProcessControl.signalGroup(identity.pid(), Signals.KILL));
    }

    @Test
    void aGroupThatWouldBeEverybodyIsRefused() {
        for (final long pgid : new long[] {-5, -1, 0, 1}) {
            assertThrows(IllegalArgumentException.class, () -> ProcessControl.signalGroup(pgid, 0));
        }
        assertThrows(PosixException.class, () -> ProcessControl.signal(ProcessIdentity.current(), 999));
    }

    @Test
    void anEndThatIsNowDoesNotWaitForAThreadThatReadsAPipe() throws IOException {
        long nowNs = Long.MAX_VALUE;
        long haltNs = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            nowNs = Math.min(nowNs, endNs("now"));
            haltNs = Math.min(haltNs, endNs("halt"));
        }
        assertTrue(nowNs < haltNs, "now " + nowNs + " ns, halt " + haltNs + " ns");
    }

    /** From what it says last to its end. */
    private long endNs(final String how) throws IOException {
        final ChildProcess child = spawner.spawn(ChildJvm.request(ChildMains.Ends.class, log, how));
        assertEquals("READY", ChildMains.firstLine(child));
        final long beganNs = System.nanoTime();
        assertTrue(child.awaitExit(PATIENCE));
        final long endedNs = System.nanoTime() - beganNs;
        assertEquals(new ExitStatus(ChildMains.Ends.EXIT_CODE, 0), child.reap());
        child.close();
        return endedNs;
    }

    @Test
    void aChildWhoseParentIsKilledDies() throws IOException {
        final ChildProcess parent = spawner.spawn(ChildJvm.request(
                ChildMains.Parent.class, log, folder.resolve("log2").toString()));
        final String[] words = ChildMains.firstLine(parent).split(" ", -1);
        assertEquals("READY", words[0]);
        final ProcessIdentity grandchild = new ProcessIdentity(Long.parseLong(words[1]), Long.parseLong(words[2]));
        assertTrue(grandchild.isAlive());
        assertTrue(parent.signal(Signals.KILL));
        assertTrue(Pidfds.awaitEnd(grandchild, PATIENCE));
        assertTrue(parent.awaitExit(PATIENCE));
        parent.reap();
        parent.close();
    }

    @Test
    void aChildDiesWithTheThreadThatSpawnedIt() throws IOException {
        final ChildProcess child = spawner.spawn(ChildJvm.request(ChildMains.DiesWithParent.class, log));
        assertEquals("READY", ChildMains.firstLine(child));
        assertFalse(child.awaitExit(Duration.ofMillis(100)), "its main thread has ended, its setting has not");
        spawner.close();
        assertTrue(child.awaitExit(PATIENCE));
        assertEquals(new ExitStatus(-1, Signals.KILL), child.reap());
        child.close();
    }

    @Test
    void aChildWhoseParentHadDiedBeforeItAskedHalts() throws IOException {
        final String somebodyElse = Integer.toString(Integer.MAX_VALUE);
        final ChildProcess child = spawner.spawn(ChildJvm.request(ChildMains.DiesWithParent.class, log, somebodyElse));
        assertTrue(child.awaitExit(PATIENCE));
        assertEquals(new ExitStatus(ProcessControl.PARENT_DIED_EXIT_CODE, 0), child.reap());
        child.close();
    }

    @Test
    void aProcessThatNoSpawnerStartedMustNameItsParent() {
        assertThrows(IllegalStateException.class, ProcessControl::dieWithParent);
        assertEquals(ProcessHandle.current().parent().orElseThrow().pid(), ProcessControl.parentPid());
    }

    @Test
    void namesAndNumbersOfSignalsBelongTogether() {
        assertEquals("SIGHUP", Signals.name(Signals.HUP));
        assertEquals("SIGINT", Signals.name(Signals.INT));
        assertEquals("SIGKILL", Signals.name(Signals.KILL));
        assertEquals("SIGUSR1", Signals.name(Signals.USR1));
        assertEquals("SIGTERM", Signals.name(Signals.TERM));
        assertEquals("SIGCONT", Signals.name(Signals.CONT));
        assertEquals("SIGSTOP", Signals.name(Signals.STOP));
        assertEquals("signal 64", Signals.name(64));
        assertEquals("signal 11 (SIGSEGV)", ExitStatus.ofWaitStatus(0x8b).describe(), "with a core dump");
    }

    @Test
    void onlyKnownArchitecturesAreAccepted() {
        assertEquals(Architecture.AARCH64, Architecture.of("Linux", "aarch64"));
        assertEquals(Architecture.X86_64, Architecture.of("Linux", "amd64"));
        final UnsupportedOperationException e =
                assertThrows(UnsupportedOperationException.class, () -> Architecture.of("Linux", "riscv64"));
        assertTrue(e.getMessage().contains("riscv64"), e.getMessage());
        assertThrows(UnsupportedOperationException.class, () -> Architecture.of("Mac OS X", "aarch64"));
    }
}
