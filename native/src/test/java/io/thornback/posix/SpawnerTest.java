/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SpawnerTest {

    private static final Path SH = Path.of("/bin/sh");
    private static final Path SLEEP = Path.of("/bin/sleep");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Spawner spawner = new Spawner();
    private final List<ChildProcess> children = new ArrayList<>();
    private Path folder;
    private Path log;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = ShmFolder.make();
        log = folder.resolve("child.log");
    }

    @AfterEach
    void endChildren() throws IOException {
        for (final ChildProcess child : children) {
            child.signalGroup(Signals.KILL);
            assertTrue(child.awaitExit(PATIENCE));
            child.reap();
            child.close();
        }
        spawner.close();
        ShmFolder.delete(folder);
    }

    @Test
    void theChildHasItsArgumentsItsEnvironmentAndNothingOfOurs() throws IOException {
        final ChildProcess child = spawn(SpawnRequest.of(
                SH, List.of("-c", "/usr/bin/env; echo \"$1 ü\" >&2", "x", "a b"), Map.of("A", "b=c"), log));
        assertEquals(new ExitStatus(0, 0), exit(child));
        final Set<String> lines = new TreeSet<>(Files.readAllLines(log));
        assertTrue(lines.removeIf(line -> line.startsWith("PWD=")));
        lines.removeIf(line -> line.startsWith("_=") || line.startsWith("SHLVL=") || line.startsWith("OLDPWD"));
        assertEquals(
                Set.of(
                        "A=b=c",
                        "a b ü",
                        "THORNBACK_PARENT_PID=" + ProcessIdentity.current().pid()),
                lines);
    }

    @Test
    void theLogIsAppendedTo() throws IOException {
        Files.writeString(log, "before\n");
        exit(spawn(sh("echo out; echo err >&2")));
        assertEquals(List.of("before", "out", "err"), Files.readAllLines(log));
    }

    @Test
    void theChildLeadsASessionAndItsDescendantsAreSignalledWithIt() throws IOException {
        final ChildProcess child =
                spawn(sh("sleep 600 & sleep 600 & echo READY >&3; wait").withStatusPipe());
        assertEquals("READY", ChildMains.firstLine(child));
        final long pid = child.identity().pid();
        final List<ProcessIdentity> members = ProcessControl.sessionMembers(pid);
        assertEquals(3, members.size());
        assertTrue(members.contains(child.identity()));
        assertTrue(child.signalGroup(Signals.KILL));
        assertEquals(new ExitStatus(-1, Signals.KILL), exit(child));
        for (final ProcessIdentity member : members) {
            assertTrue(Pidfds.awaitEnd(member, PATIENCE));
        }
        assertEquals(List.of(), ProcessControl.sessionMembers(pid));
        assertFalse(child.signalGroup(Signals.KILL), "reaped: the number may be somebody else's");
        assertFalse(child.signal(Signals.KILL));
    }

    @Test
    void theEndOfTheControlPipeReachesTheChild() throws IOException {
        final ChildProcess child = spawn(SpawnRequest.of(Path.of("/bin/cat"), List.of(), Map.of(), log));
        child.control().write("hello\n".getBytes(StandardCharsets.UTF_8));
        assertFalse(child.awaitExit(Duration.ZERO));
        assertThrows(IllegalStateException.class, child::reap);
        child.control().close();
        assertEquals("exit code 0", exit(child).describe());
        assertEquals("hello\n", Files.readString(log));
    }

    @Test
    void writingToAChildThatHasEndedIsAnError() {
        final ChildProcess child = spawn(sh("exit 3"));
        assertTrue(child.awaitExit(PATIENCE));
        final IOException e =
                assertThrows(IOException.class, () -> child.control().write(1));
        assertTrue(e.getMessage().contains("EPIPE"), e.getMessage());
        assertEquals("exit code 3", child.reap().describe());
        assertEquals("exit code 3", child.reap().describe(), "asked twice");
        assertThrows(IllegalStateException.class, child::status);
    }

    @Test
    void theStatusPipeDeliversEverythingAndThenEnds() throws IOException {
        final ChildProcess child = spawn(sh("i=0; while [ $i -lt 3000 ]; do echo line $i >&3; i=$((i+1)); done")
                .withStatusPipe());
        final String all = new String(child.status().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(3000, all.lines().count());
        assertTrue(all.endsWith("line 2999\n"));
        exit(child);
        assertEquals(-1, child.status().read());
        assertEquals(0, child.status().available());
    }

    @Test
    void closingTheStatusPipeEndsAReadThatIsGoingOn() throws Exception {
        final ChildProcess child = spawn(sleep().withStatusPipe());
        final InputStream status = child.status();
        final CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> {
            try {
                return status.read();
            } catch (final IOException e) {
                throw new IllegalStateException(e);
            }
        });
        status.close();
        status.close();
        assertThrows(ExecutionException.class, () -> read.get(30, TimeUnit.SECONDS));
    }

    @Test
    void noDescriptorOfOursReachesTheChild() throws IOException {
        final int leaky = Libc.open("/dev/null", Libc.O_RDWR, 0);
        assertEquals(0, Libc.fcntl(leaky, 2 /* F_SETFD */, 0));
        try (InputStream ofTheJdk = Files.newInputStream(Path.of("/dev/null"))) {
            assertDescriptors(Set.of(0, 1, 2), spawn(sleep()).identity().pid());
            final long pid = spawn(sleep().withStatusPipe()).identity().pid();
            assertDescriptors(Set.of(0, 1, 2, 3), pid);
            assertEquals(
                    log.toString(),
                    Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/2")).toString());
            assertTrue(Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/3"))
                    .toString()
                    .startsWith("pipe:"));
            assertEquals(-1, ofTheJdk.read());
        } finally {
            Libc.close(leaky);
        }
    }

    @Test
    void noDescriptorOfOursReachesTheChildOfAnOlderLibcEither() throws Exception {
        final int leaky = Libc.open("/dev/null", Libc.O_RDWR, 0);
        assertEquals(0, Libc.fcntl(leaky, 2 /* F_SETFD */, 0));
        try (PosixSpawn spawn = new PosixSpawn(SLEEP)) {
            final long pid = spawn.closeEachFrom(3).spawn(List.of("600"), List.of());
            try {
                assertDescriptors(Set.of(0, 1, 2), pid);
            } finally {
                assertTrue(JnrPosix.kill(pid, Signals.KILL));
                assertTrue(Pidfds.awaitEnd(ProcessIdentity.of(pid).orElseThrow(), PATIENCE));
                assertTrue(JnrPosix.waitpid(pid).isPresent());
            }
        } finally {
            Libc.close(leaky);
        }
    }

    @Test
    void signalsThatWeIgnoreOrBlockAreNotIgnoredOrBlockedInTheChild() throws IOException {
        final int winch = 28;
        final long old = Libc.call(Libc.symbol("signal"), winch, 1 /* SIG_IGN */);
        try {
            final String status = Files.readString(
                    Path.of("/proc/" + spawn(sleep()).identity().pid() + "/status"));
            assertTrue(status.contains("SigBlk:\t0000000000000000"), status);
            // glibc itself ignores its two internal signals, 32 and 33, in what it spawns.
            assertTrue(status.matches("(?s).*SigIgn:\\t0000000[01]80000000\n.*|(?s).*SigIgn:\\t0{16}\n.*"), status);
        } finally {
            Libc.call(Libc.symbol("signal"), winch, old);
        }
    }

    @Test
    void theWorkingDirectoryIsTheRequests() throws IOException {
        assertTrue(exit(spawn(sh("pwd").in(folder))).isSuccess());
        assertEquals(folder + "\n", Files.readString(log));
        final PosixException e =
                assertThrows(PosixException.class, () -> spawn(sh("pwd").in(folder.resolve("no"))));
        assertTrue(e.getMessage().contains(folder.resolve("no").toString()), e.getMessage());
    }

    @Test
    void aSpawnThatFailsSaysWhatAndWhyAndLeavesNothing() throws IOException {
        exit(spawn(sh("true")));
        final int before = descriptors(ProcessIdentity.current().pid()).size();
        final Path missing = folder.resolve("missing");
        final Path text = Files.writeString(folder.resolve("text"), "no program");
        final Path noFolder = folder.resolve("no/log");
        for (int i = 0; i < 10; i++) {
            assertFails(Errno.ENOENT, missing, SpawnRequest.of(missing, List.of(), Map.of(), log));
            assertFails(
                    Errno.EACCES,
                    text,
                    SpawnRequest.of(text, List.of(), Map.of(), log).withStatusPipe());
            assertFails(Errno.ENOENT, noFolder, SpawnRequest.of(SH, List.of(), Map.of(), noFolder));
        }
        assertTrue(text.toFile().setExecutable(true));
        assertFails(8 /* ENOEXEC */, text, SpawnRequest.of(text, List.of(), Map.of(), log));
        final int after = descriptors(ProcessIdentity.current().pid()).size();
        assertTrue(after < before + 10, before + " descriptors before, " + after + " after");
        assertThrows(IllegalArgumentException.class, () -> SpawnRequest.of(Path.of("sh"), List.of(), Map.of(), log));
        assertThrows(IllegalArgumentException.class, () -> spawn(sh("echo \0")));
    }

    @Test
    void childrenOfTheJdkKeepTheirStatus() throws Exception {
        assertTrue(spawner.endAdopted(PATIENCE), "orphans of other tests");
        final Process ofTheJdk = new ProcessBuilder("/bin/sh", "-c", "exit 7").start();
        final ChildProcess ours = spawn(sh("exit 3"));
        final ChildProcess running = spawn(sleep());
        assertEquals(new ExitStatus(3, 0), exit(ours));
        assertEquals(0, spawner.reapAdopted());
        assertEquals(7, ofTheJdk.waitFor());
        assertTrue(running.tryReap().isEmpty());
    }

    @Test
    void threadsMaySpawnAtTheSameTime() throws Exception {
        final List<CompletableFuture<Integer>> exits = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            final int code = i;
            exits.add(CompletableFuture.supplyAsync(
                    () -> exit(spawner.spawn(sh("exit " + code))).code()));
        }
        for (int i = 0; i < 24; i++) {
            assertEquals(i, exits.get(i).get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void aClosedSpawnerIsRefusedAndItsChildrenGoOn() {
        final ChildProcess child = spawn(sleep());
        spawner.close();
        spawner.close();
        assertThrows(IllegalStateException.class, () -> spawner.spawn(sleep()));
        assertTrue(child.identity().isAlive());
    }

    @Test
    void anOrphanThatASubreaperAdoptedIsReaped() throws IOException {
        ProcessControl.becomeSubreaper();
        final ChildProcess child = spawn(sh("sleep 600 & echo $! >&3").withStatusPipe());
        final long orphanPid = Long.parseLong(ChildMains.firstLine(child));
        final ProcessIdentity orphan = ProcessIdentity.of(orphanPid).orElseThrow();
        assertTrue(child.awaitExit(PATIENCE));
        assertTrue(Spawner.hasDeadChild(), "the child");
        assertEquals(0, spawner.reapAdopted(), "the child itself is its holder's, and the orphan lives");
        assertEquals(
                ProcessIdentity.current().pid(),
                ProcessStat.read(orphanPid).orElseThrow().parentPid());
        assertTrue(ProcessControl.signal(orphan, Signals.TERM));
        assertTrue(Pidfds.awaitEnd(orphan, PATIENCE));
        assertEquals(1, spawner.reapAdopted());
        assertTrue(ProcessIdentity.of(orphanPid).isEmpty());
        assertTrue(child.reap().isSuccess());
    }

    @Test
    void childrenThatTheirHolderReapsMeanwhileAreNotWaitedForAsOrphans() throws Exception {
        final AtomicBoolean ends = new AtomicBoolean();
        final CompletableFuture<Void> holder = CompletableFuture.runAsync(() -> {
            while (!ends.get()) {
                final ChildProcess child = spawner.spawn(sh("exit 3"));
                while (child.tryReap().isEmpty()) {
                    Thread.onSpinWait();
                }
                child.close();
            }
        });
        try {
            final long beganNs = System.nanoTime();
            while (System.nanoTime() - beganNs < TimeUnit.SECONDS.toNanos(2)) {
                assertEquals(0, spawner.reapAdopted());
            }
        } finally {
            ends.set(true);
        }
        holder.get(60, TimeUnit.SECONDS);
    }

    @Test
    void anOrphanThatASubreaperAdoptedIsKilledAndTheChildrenAreNot() throws IOException {
        ProcessControl.becomeSubreaper();
        assertTrue(ProcessControl.isSubreaper());
        final ChildProcess running = spawn(sleep());
        final ChildProcess child = spawn(sh("sleep 600 & echo $! >&3").withStatusPipe());
        final ProcessIdentity orphan =
                ProcessIdentity.of(Long.parseLong(ChildMains.firstLine(child))).orElseThrow();
        assertTrue(child.awaitExit(PATIENCE));
        assertEquals(1, spawner.killAdopted());
        assertTrue(Pidfds.awaitEnd(orphan, PATIENCE));
        assertEquals(0, spawner.killAdopted(), "a zombie is not killed");
        assertEquals(1, spawner.reapAdopted());
        assertTrue(running.identity().isAlive());
    }

    private void assertFails(final int errno, final Path path, final SpawnRequest request) {
        final PosixException e = assertThrows(PosixException.class, () -> spawner.spawn(request));
        assertEquals(errno, e.errno(), e.getMessage());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
    }

    private ChildProcess spawn(final SpawnRequest request) {
        final ChildProcess child = spawner.spawn(request);
        children.add(child);
        return child;
    }

    private static ExitStatus exit(final ChildProcess child) {
        assertTrue(child.awaitExit(PATIENCE));
        return child.reap();
    }

    private SpawnRequest sh(final String script) {
        return SpawnRequest.of(SH, List.of("-c", script), Map.of("PATH", "/usr/bin:/bin"), log);
    }

    private SpawnRequest sleep() {
        return SpawnRequest.of(SLEEP, List.of("600"), Map.of(), log);
    }

    /** Soon: the loader of a program that has just begun has its libraries open for a moment. */
    private static void assertDescriptors(final Set<Integer> expected, final long pid) throws IOException {
        final long began = System.nanoTime();
        Set<Integer> found = descriptors(pid);
        while (!expected.equals(found) && System.nanoTime() - began < PATIENCE.toNanos()) {
            Thread.onSpinWait();
            found = descriptors(pid);
        }
        assertEquals(expected, found);
    }

    private static Set<Integer> descriptors(final long pid) throws IOException {
        try (Stream<Path> paths = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            final Set<Integer> numbers = new TreeSet<>();
            paths.forEach(
                    path -> numbers.add(Integer.parseInt(path.getFileName().toString())));
            return numbers;
        }
    }
}
