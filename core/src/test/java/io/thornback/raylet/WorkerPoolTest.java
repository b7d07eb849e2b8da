/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import io.thornback.resources.MemoryUsage;
import io.thornback.resources.WorkerMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
    private static final long GIB = 1L << 30;
    private static final long SECOND = 1_000_000_000L;
    private static final RuntimeEnvironment PLAIN = RuntimeEnvironment.none();
    private static final JobId JOB = new JobId(1);

    private final List<Long> launched = new ArrayList<>();
    private final List<Integer> killed = new ArrayList<>();
    private final WorkerPool pool =
            new WorkerPool(TwoCpus.config(2, Path.of("jars")), new FakeLauncher(), TwoCpus.NO_EVENTS);

    private final class FakeLauncher implements WorkerLauncher {
        @Override
        public void launch(
                final int number,
                final long processBytes,
                final RuntimeEnvironment environment,
                final Listener listener) {
            launched.add(processBytes);
        }

        @Override
        public void kill(final int number) {
            killed.add(number);
        }

        @Override
        public boolean hasProcesses() {
            return true;
        }

        @Override
        public String logOf(final int number) {
            return "worker-" + number + ".out";
        }

        @Override
        public void close() {}
    }

    private void allReady(final long now) {
        pool.all().stream().filter(w -> w.state == WorkerRecord.State.STARTING).forEach(w -> pool.ready(w, now));
    }

    @Test
    void startsWorkersAheadWithAnEqualShare() {
        pool.refill(1);
        assertEquals(List.of(2 * GIB, 2 * GIB), launched);
        pool.refill(2);
        assertEquals(2, launched.size());
    }

    @Test
    void aTaskThatNamesMoreThanAnyWorkerHasGetsAWorkerOfThatSizeAndIdleOnesMakeRoom() {
        pool.refill(1);
        allReady(2);
        assertNull(pool.idleFor(JOB, 7 * GIB, PLAIN));
        pool.ensureOneOf(7 * GIB, PLAIN, 3);
        assertEquals(List.of(1, 2), killed, "4 of 8 GiB were in use by idle workers");
        assertEquals(List.of(2 * GIB, 2 * GIB, 7 * GIB), launched);
        pool.ensureOneOf(7 * GIB, PLAIN, 4);
        assertEquals(3, launched.size(), "one on its way is enough");
        allReady(5);
        assertNotNull(pool.idleFor(JOB, 7 * GIB, PLAIN));
    }

    @Test
    void theSmallestWorkerThatIsLargeEnoughIsTaken() {
        pool.refill(1);
        pool.ensureOneOf(3 * GIB, PLAIN, 2);
        allReady(3);
        assertEquals(2 * GIB, pool.idleFor(JOB, 0, PLAIN).processBytes);
        assertEquals(3 * GIB, pool.idleFor(JOB, 2 * GIB + 1, PLAIN).processBytes);
    }

    @Test
    void whenAllHasBeenGivenAwayWorkersAreOfTheLeastSize() {
        pool.ensureOneOf(7 * GIB + GIB / 2, PLAIN, 1);
        allReady(2);
        pool.all().forEach(w -> w.state = WorkerRecord.State.BUSY);
        pool.ensureStarting(2, PLAIN, 3);
        assertEquals(List.of(7 * GIB + GIB / 2, 512L << 20, WorkerMemory.FLOOR_BYTES), launched);
    }

    @Test
    void noMoreWorkersThanTheLimit() {
        for (int i = 0; i < 10; i++) {
            pool.ensureStarting(2, PLAIN, i);
            allReady(i);
            pool.all().stream().filter(WorkerRecord::isIdle).forEach(w -> w.state = WorkerRecord.State.BUSY);
        }
        assertEquals(5, launched.size());
    }

    @Test
    void aWorkerThatDoesNotSayHelloIsStopped() {
        pool.refill(1);
        assertEquals(0, pool.sweep(10 * SECOND));
        assertEquals(2, pool.sweep(10 * SECOND + 2));
        assertEquals(List.of(1, 2), killed);
    }

    @Test
    void workersThatNeverStartAreGivenUp() {
        for (int i = 0; i < 3; i++) {
            pool.ensureStarting(2, PLAIN, i);
            assertNotNull(pool.remove(i + 1));
        }
        assertTrue(pool.cannotStart(PLAIN));
    }

    private void startsAndIsShot(final int number) {
        pool.ensureStarting(1, PLAIN, number);
        pool.get(number).shot = true;
        assertNotNull(pool.remove(number));
    }

    @Test
    void workersThatSomebodyKillsWhileTheyStartAreNotGivenUpSoon() {
        int number = 0;
        while (number < 49) {
            startsAndIsShot(++number);
        }
        assertFalse(pool.cannotStart(PLAIN), "nothing is wrong with the workers");
        startsAndIsShot(++number);
        assertTrue(pool.cannotStart(PLAIN), "but it must end");
    }

    @Test
    void oneThatStartsMakesUpForThoseThatWereKilled() {
        int number = 0;
        while (number < 100) {
            startsAndIsShot(++number);
            if (number % 40 == 0) {
                pool.ensureStarting(1, PLAIN, number);
                allReady(number);
                assertNotNull(pool.remove(++number));
            }
        }
        assertFalse(pool.cannotStart(PLAIN));
    }

    @Test
    void noMoreStartAtATimeThanTheLimit() {
        pool.ensureStarting(5, PLAIN, 1);
        assertEquals(2, launched.size());
        pool.ensureStarting(5, PLAIN, 2);
        assertEquals(2, launched.size(), "two are on their way");
        allReady(3);
        pool.ensureStarting(5, PLAIN, 4);
        assertEquals(4, launched.size());
    }

    @Test
    void idleWorkersBeyondThePrestartedOnesAreStoppedAfterAWhile() {
        pool.ensureStarting(2, PLAIN, 1);
        allReady(2);
        pool.ensureStarting(2, PLAIN, 3);
        allReady(SECOND);
        assertEquals(0, pool.sweep(60 * SECOND + 2), "at the limit");
        assertEquals(2, pool.sweep(60 * SECOND + 3), "two of four");
        assertEquals(2, killed.size());
        assertEquals(0, pool.sweep(3_600 * SECOND), "the prestarted ones stay");
    }

    @Test
    void workersOfOneEnvironmentAreNotUsedForAnother() {
        final RuntimeEnvironment special = PLAIN.withVariable("MODE", "fast");
        pool.refill(1);
        allReady(2);
        assertNull(pool.idleFor(JOB, 0, special));
        pool.ensureStarting(1, special, 3);
        allReady(4);
        assertEquals(3, pool.idleFor(JOB, 0, special).number);
        assertEquals(1, pool.idleFor(JOB, 0, PLAIN).number);
        final RuntimeEnvironment withJar = special.withJar(Path.of("a.jar"));
        assertEquals(
                3, pool.idleFor(JOB, 0, withJar).number, "jars need no process of their own until it serves a job");
    }

    @Test
    void workersOfOneEnvironmentThatDoNotStartStopNoOthers() {
        final RuntimeEnvironment bad = PLAIN.withJvmOption("-nonsense");
        for (int i = 0; i < 3; i++) {
            pool.ensureStarting(1, bad, i);
            assertNotNull(pool.remove(i + 1));
        }
        assertTrue(pool.cannotStart(bad));
        assertFalse(pool.cannotStart(PLAIN));
        assertTrue(pool.forgetFailedStarts(bad).contains("worker 3 did not start"));
        assertFalse(pool.cannotStart(bad));
    }

    @Test
    void whenMemoryIsShortAllThatIdleGoAtOnceAndNoneIsStartedAheadUntilItHasBeenEnoughForAWhile() {
        final MemoryPolicy policy = new MemoryPolicy(0.95);
        final MemoryGuard guard = new MemoryGuard(policy, pool);
        final MemoryUsage[] usage = {new MemoryUsage(96, 100, "test")};
        final long[] now = {SECOND};
        final MemoryMonitor monitor =
                new MemoryMonitor(() -> usage[0], policy, used -> guard.onUsage(used, now[0]), 1_000);
        pool.refill(now[0]);
        allReady(now[0]);
        monitor.look();
        assertEquals(List.of(1, 2), killed);
        killed.forEach(pool::remove);
        for (int i = 0; i < 10; i++) {
            now[0] += 2 * SECOND;
            monitor.look();
            pool.refill(now[0]);
        }
        usage[0] = new MemoryUsage(50, 100, "test");
        monitor.look();
        now[0] += 29 * SECOND;
        monitor.look();
        pool.refill(now[0]);
        assertEquals(2, launched.size());
        pool.refill(now[0] + SECOND);
        pool.refill(now[0] + 3 * SECOND);
        assertEquals(4, launched.size());
    }

    @Test
    void failuresToStartAreRememberedOfAThousandEnvironments() {
        for (int i = 0; i < 1_200; i++) {
            final RuntimeEnvironment each = PLAIN.withVariable("N", "" + i);
            for (int start = 0; start < 3; start++) {
                pool.ensureStarting(1, each, i);
                assertNotNull(pool.remove(3 * i + start + 1));
            }
            assertTrue(pool.cannotStart(PLAIN.withVariable("N", "0")), "looked at again and again");
        }
        assertFalse(pool.cannotStart(PLAIN.withVariable("N", "1")), "forgotten");
        assertTrue(pool.cannotStart(PLAIN.withVariable("N", "1100")));
    }

    @Test
    void whatDiffersInJarsAloneIsCountedTogether() {
        final WorkersWanted wanted = new WorkersWanted();
        wanted.add(PLAIN.withJar(Path.of("a.jar")), 1);
        wanted.add(PLAIN.withJar(Path.of("b.jar")), 1);
        assertEquals(Map.of(PLAIN, 2), wanted.counts());
    }
}
