/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorDiedException;
import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.TaskCancelledException;
import io.thornback.Thornback;
import io.thornback.WorkerDiedException;
import io.thornback.objectstore.StoreCounters;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of the API, and what only processes can show, on a node of real processes. */
class ProcessNodeApiTest extends ApiContract {
    @RegisterExtension
    static final TestNode NODE = TestNode.ofProcesses();

    @Override
    Thornback connection() {
        return NODE.driver();
    }

    /** Says in a file which process it is, and heeds no interrupt. */
    static int spin(final String mark) throws IOException {
        Files.writeString(
                Path.of(mark + ".new"), Long.toString(ProcessHandle.current().pid()));
        Files.move(Path.of(mark + ".new"), Path.of(mark + "-begun"));
        while (Files.exists(Path.of(mark + "-begun"))) {
            Thread.onSpinWait();
        }
        return 1;
    }

    @Test
    void aTaskThatHeedsNoInterruptGoesWithItsProcess() throws Exception {
        final String mark = name("deaf");
        final ObjectRef<Integer> task =
                NODE.driver().task(ProcessNodeApiTest::spin, mark).retries(3).submit();
        await(mark, "-begun");
        final ProcessHandle worker = ProcessHandle.of(Long.parseLong(Files.readString(Path.of(mark + "-begun"))))
                .orElseThrow();
        assertTrue(task.cancel());
        assertThrows(TaskCancelledException.class, () -> task.get(LONG));
        assertTrue(worker.isAlive());
        assertTrue(task.cancelForcibly(), "more force than before");
        worker.onExit().get(LONG.toSeconds(), TimeUnit.SECONDS);
        for (int i = 0; i < 10; i++) {
            assertEquals(
                    i + 1,
                    NODE.driver().task(CallFormsContract::plus, i, 1).submit().get(LONG));
        }
        assertEquals(1, attemptsOf(mark), "it is not run again");
    }

    private static long attemptsOf(final String mark) throws IOException {
        try (var files = Files.list(Path.of(mark).getParent())) {
            return files.filter(file -> file.toString().startsWith(mark)).count();
        }
    }

    static long pid(final int ignored) {
        return ProcessHandle.current().pid();
    }

    static long heap(final int ignored) {
        return Runtime.getRuntime().maxMemory();
    }

    static void killSelf() {
        ProcessControl.signal(ProcessIdentity.current(), Signals.KILL);
    }

    static int dieTheFirstTime(final String marker) throws IOException {
        if (Files.notExists(Path.of(marker))) {
            Files.createFile(Path.of(marker));
            killSelf();
        }
        return 7;
    }

    static int alwaysDie(final int ignored) {
        killSelf();
        return ignored;
    }

    static final class Fragile {
        long pid() {
            return ProcessHandle.current().pid();
        }

        int die() {
            killSelf();
            return 0;
        }
    }

    private static void awaitTrue(final String what, final BooleanSupplier condition) throws InterruptedException {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            Thread.onSpinWait();
            java.util.concurrent.TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void tasksRunInOtherProcesses() {
        final long own = ProcessHandle.current().pid();
        final List<Long> pids = NODE.driver()
                .get(
                        IntStream.range(0, 20)
                                .mapToObj(i -> NODE.driver()
                                        .task(ProcessNodeApiTest::pid, i)
                                        .submit())
                                .toList(),
                        LONG);
        assertFalse(pids.contains(own));
    }

    @Test
    void aTaskThatNamesItsMemoryRunsInAWorkerWithAHeapForIt() {
        final long usual =
                NODE.driver().task(ProcessNodeApiTest::heap, 1).submit().get(LONG);
        final long named = 800L << 20;
        final long large = NODE.driver()
                .task(ProcessNodeApiTest::heap, 1)
                .memory(named)
                .submit()
                .get(LONG);
        assertTrue(usual < 500L << 20, "usual heap " + usual);
        assertTrue(large > 500L << 20, "heap of a task that named " + named + ": " + large);
    }

    @Test
    void aTaskWhoseWorkerIsKilledRunsAgain() {
        final String marker = NODE.node().dir().resolve("first-time").toString();
        final ObjectRef<Integer> ref = NODE.driver()
                .task(ProcessNodeApiTest::dieTheFirstTime, marker)
                .retries(1)
                .submit();
        assertEquals(7, ref.get(LONG));
    }

    @Test
    void aTaskWithoutRetriesLeftSaysHowItsWorkerDied() {
        final ObjectRef<Integer> ref =
                NODE.driver().task(ProcessNodeApiTest::alwaysDie, 1).retries(1).submit();
        final WorkerDiedException e = assertThrows(WorkerDiedException.class, () -> ref.get(LONG));
        assertTrue(e.getMessage().contains("SIGKILL"), e.getMessage());
        assertTrue(e.getMessage().contains("attempts: 2"), e.getMessage());
        assertTrue(e.getMessage().contains("worker-"), e.getMessage());
        assertEquals(5, NODE.driver().task(ApiContract::add, 2, 3).submit().get(LONG), "its resources came back");
    }

    @Test
    void anActorThatIsKilledFailsItsCallsAndSaysWhy() {
        final ActorRef<Fragile> actor = NODE.driver().actor(Fragile::new).create();
        assertNotEquals(ProcessHandle.current().pid(), actor.call(Fragile::pid).get(LONG));
        final ObjectRef<Integer> last = actor.call(Fragile::die);
        final ActorDiedException e = assertThrows(ActorDiedException.class, () -> last.get(LONG));
        assertTrue(e.getMessage().contains("SIGKILL"), e.getMessage());
        assertThrows(ActorDiedException.class, () -> actor.call(Fragile::pid).get(LONG));
    }

    @Test
    void theEndOfADriverTakesItsObjectsAndWorkersAlong() throws InterruptedException {
        final Path shm = NODE.node().file().session().shm();
        final long before = StoreCounters.read(shm).objects();
        final List<ProcessIdentity> workers = new ArrayList<>();
        try (Thornback other = NODE.node().connect()) {
            other.store().put(new byte[100_000]);
            final long pid = other.task(ProcessNodeApiTest::pid, 1).submit().get(LONG);
            workers.add(ProcessIdentity.of(pid).orElseThrow());
            awaitTrue("the object is counted", () -> StoreCounters.read(shm).objects() > before);
        }
        awaitTrue("its worker ended", () -> workers.stream().noneMatch(ProcessIdentity::isAlive));
        awaitTrue("its objects are gone", () -> StoreCounters.read(shm).objects() <= before);
    }

    @Test
    void theDeathOfADriverTakesItsObjectsAndWorkersAlong() throws IOException, InterruptedException {
        final Path shm = NODE.node().file().session().shm();
        final long before = StoreCounters.read(shm).objects();
        final Process other = new ProcessBuilder(
                        DoomedDriver.command(NODE.node().dir()))
                .redirectErrorStream(true)
                .start();
        try (var lines = other.inputReader()) {
            final String line = lines.lines()
                    .filter(text -> text.startsWith(DoomedDriver.READY))
                    .findFirst()
                    .orElseThrow();
            final ProcessIdentity worker = ProcessIdentity.of(
                            Long.parseLong(line.substring(DoomedDriver.READY.length())))
                    .orElseThrow();
            other.destroyForcibly().waitFor();
            awaitTrue("its worker ended", () -> !worker.isAlive());
            awaitTrue("its objects are gone", () -> StoreCounters.read(shm).objects() <= before);
        }
    }
}
