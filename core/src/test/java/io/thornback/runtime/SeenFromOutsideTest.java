/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.WorkerDiedException;
import io.thornback.cli.Commanded;
import io.thornback.cli.JsonReader;
import io.thornback.observe.Counter;
import io.thornback.observe.CountersSnapshot;
import io.thornback.observe.Latency;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the commands show of a node of real processes, its raylet alive or stopped. */
class SeenFromOutsideTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @RegisterExtension
    static final TestNode NODE = TestNode.ofProcesses();

    static int plus(final int a, final int b) {
        return a + b;
    }

    static int nested(final int a) {
        return Thornback.current()
                .task(SeenFromOutsideTest::plus, a, 1)
                .name("inner")
                .submit()
                .get(LONG);
    }

    static int fails(final int a) {
        throw new IllegalStateException("on purpose " + a);
    }

    static int waitFor(final String file) throws InterruptedException {
        while (!Files.exists(Path.of(file))) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return 1;
    }

    static int dieOnce(final String file) throws IOException {
        if (Files.notExists(Path.of(file))) {
            Files.createFile(Path.of(file));
            ProcessControl.signal(ProcessIdentity.current(), Signals.KILL);
        }
        return 2;
    }

    static int die(final int a) {
        ProcessControl.signal(ProcessIdentity.current(), Signals.KILL);
        return a;
    }

    static final class Hits {
        private int count;

        int add(final int amount) {
            count += amount;
            return count;
        }
    }

    private static List<Map<String, Object>> rows(final String... command) {
        final List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of("--json", "--dir", NODE.node().dir().toString()));
        final Commanded done = Commanded.run(words.toArray(new String[0]));
        assertEquals(0, done.exit(), done.out());
        return JsonReader.readRows(done.out());
    }

    private static long number(final Map<String, Object> row, final String field) {
        return ((BigDecimal) row.get(field)).longValueExact();
    }

    private static void eventually(final String what, final BooleanSupplier condition) throws InterruptedException {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, what);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** What is there is written when the raylet hears that the task has ended, which its owner may have heard before. */
    private static Map<String, Object> task(final String name, final Predicate<Map<String, Object>> isRight)
            throws InterruptedException {
        final List<Map<String, Object>> found = new ArrayList<>();
        eventually(name, () -> {
            found.clear();
            found.addAll(rows("tasks", "--name", name));
            return found.size() == 1 && isRight.test(found.get(0));
        });
        return found.get(0);
    }

    private static Predicate<Map<String, Object>> is(final String state) {
        return row -> row.get("state").equals(state);
    }

    private static void assertTimesAreInOrder(final Map<String, Object> task) {
        long before = 1;
        for (final String time : List.of("submittedNs", "scheduledNs", "startedNs", "endedNs", "storedNs")) {
            final long now = number(task, time);
            assertTrue(now >= before, time + " of " + task);
            before = now;
        }
    }

    @Test
    void aTaskHasItsIdsAndTimesAndSoHasItsChild() throws InterruptedException {
        assertEquals(
                8,
                NODE.driver()
                        .task(SeenFromOutsideTest::nested, 7)
                        .name("outer")
                        .cpus(0.5)
                        .submit()
                        .get(LONG));
        final Map<String, Object> outer = task("outer", is("FINISHED"));
        final Map<String, Object> inner = task("inner", is("FINISHED"));
        assertEquals(null, outer.get("parent"));
        assertEquals(outer.get("id"), inner.get("parent"));
        assertEquals(number(outer, "job"), number(inner, "job"));
        assertEquals("cpu=0.5", outer.get("resources"));
        assertEquals(1, number(outer, "attempt"));
        assertTimesAreInOrder(outer);
        assertTimesAreInOrder(inner);
        assertTrue(number(inner, "submittedNs") >= number(outer, "startedNs"));
        assertTrue(number(inner, "endedNs") <= number(outer, "endedNs"));
        assertTrue(ProcessHandle.of(number(outer, "pid")).isPresent());
        final Commanded one = Commanded.run(
                "tasks", outer.get("id").toString(), "--dir", NODE.node().dir().toString());
        assertTrue(one.out().contains("outer") && !one.out().contains("inner"), one.out());
        assertEquals(
                1,
                Commanded.run("tasks", "00000000", "--dir", NODE.node().dir().toString())
                        .exit());
    }

    @Test
    void whatFailsIsRetriedOrCancelledIsShownAsSuch() throws Exception {
        final ObjectRef<Integer> failing =
                NODE.driver().task(SeenFromOutsideTest::fails, 1).name("fails").submit();
        assertThrows(TaskException.class, () -> failing.get(LONG));
        task("fails", is("FAILED"));
        final String once = NODE.node().dir().resolve("once").toString();
        assertEquals(
                2,
                NODE.driver()
                        .task(SeenFromOutsideTest::dieOnce, once)
                        .name("again")
                        .retries(2)
                        .submit()
                        .get(LONG));
        assertEquals(2, number(task("again", is("FINISHED")), "attempt"));
        final ObjectRef<Integer> dying = NODE.driver()
                .task(SeenFromOutsideTest::die, 1)
                .name("dies")
                .retries(0)
                .submit();
        assertThrows(WorkerDiedException.class, () -> dying.get(LONG));
        task("dies", is("FAILED"));
        final String gate = NODE.node().dir().resolve("never").toString();
        final ObjectRef<Integer> sleeping = NODE.driver()
                .task(SeenFromOutsideTest::waitFor, gate)
                .name("sleeps")
                .submit();
        task("sleeps", row -> is("RUNNING").test(row) && number(row, "pid") > 0);
        final ObjectRef<Integer> waiting = NODE.driver()
                .task(SeenFromOutsideTest::plus, 1, 2)
                .name("waits for two")
                .cpus(2)
                .submit();
        task("waits for two", is("QUEUED"));
        assertTrue(waiting.cancel());
        assertTrue(sleeping.cancel());
        task("waits for two", is("CANCELLED"));
        task("sleeps", is("CANCELLED"));
        final CountersSnapshot counters =
                CountersSnapshot.read(NODE.node().file().session().shm());
        assertTrue(counters.get(Counter.TASKS_RETRIED) >= 1);
        assertTrue(counters.get(Counter.WORKERS_DIED) >= 2);
        assertTrue(counters.get(Counter.TASKS_CANCELLED) >= 2);
    }

    @Test
    void actorsAndTheirCallsAreShown() throws Exception {
        final ActorRef<Hits> hits = NODE.driver().actor(Hits::new).name("hits").create();
        for (int i = 1; i <= 10; i++) {
            assertEquals(i, hits.call(Hits::add, 1).get(LONG));
        }
        final Map<String, Object> actor = rows("actors", "--name", "hits").get(0);
        assertEquals("ALIVE", actor.get("state"));
        assertEquals(hits.id().toString(), actor.get("id"));
        final List<Map<String, Object>> calls = rows("tasks", "--kind", "call", "--name", "Hits");
        assertEquals(10, calls.size());
        calls.forEach(call -> assertEquals(actor.get("id"), call.get("actor")));
        calls.subList(0, 9).forEach(SeenFromOutsideTest::assertTimesAreInOrder);
        assertEquals(number(actor, "pid"), number(calls.get(0), "pid"));
        eventually("the worker is an actor", () -> rows("workers", "--state", "actor").stream()
                .anyMatch(worker -> number(worker, "pid") == number(actor, "pid")));
        hits.kill();
        eventually(
                "dead",
                () -> rows("actors", "--name", "hits").get(0).get("state").equals("DEAD"));
        assertEquals(
                "was killed by request",
                rows("actors", "--state", "dead", "--name", "hits").get(0).get("reason"));
        eventually("its worker is gone", () -> rows("workers").stream()
                .noneMatch(worker -> number(worker, "pid") == number(actor, "pid")));
        assertEquals(10, rows("tasks", "--kind", "call", "--name", "Hits").size(), "its calls can still be seen");
    }

    @Test
    void theTimelineIsATraceOfWhatRan() throws Exception {
        for (int i = 0; i < 20; i++) {
            NODE.driver()
                    .task(SeenFromOutsideTest::plus, i, 1)
                    .name("traced")
                    .submit()
                    .get(LONG);
        }
        eventually(
                "ended",
                () -> rows("tasks", "--name", "traced", "--state", "finished").size() == 20);
        final Path file = NODE.node().dir().resolve("trace.json");
        final Commanded done = Commanded.run(
                "timeline", "-o", file.toString(), "--dir", NODE.node().dir().toString());
        assertEquals(0, done.exit());
        assertTrue(done.out().startsWith("wrote "), done.out());
        final List<Map<String, Object>> events = JsonReader.readRows(Files.readString(file));
        assertEquals(
                20,
                events.stream()
                        .filter(event -> event.get("name").equals("traced")
                                && event.get("ph").equals("X")
                                && ((BigDecimal) event.get("dur")).signum() >= 0)
                        .count());
        final Commanded printed =
                Commanded.run("timeline", "--dir", NODE.node().dir().toString());
        assertEquals(events.size(), JsonReader.readRows(printed.out()).size());
        assertEquals(
                1,
                Commanded.run(
                                "timeline",
                                "-o",
                                NODE.node().dir().resolve("no/such/folder").toString(),
                                "--dir",
                                NODE.node().dir().toString())
                        .exit());
    }

    @Test
    void countersAddUpAndAreThereForPrograms() throws InterruptedException {
        final Path shm = NODE.node().file().session().shm();
        for (int i = 0; i < 50; i++) {
            NODE.driver().task(SeenFromOutsideTest::plus, i, 1).submit().get(LONG);
        }
        eventually("all tasks are accounted for", () -> {
            final CountersSnapshot now = CountersSnapshot.read(shm);
            return now.get(Counter.TASKS_QUEUED) == 0
                    && now.get(Counter.TASKS_RUNNING) == 0
                    && now.get(Counter.TASKS_SUBMITTED)
                            == now.get(Counter.TASKS_FINISHED)
                                    + now.get(Counter.TASKS_FAILED)
                                    + now.get(Counter.TASKS_CANCELLED);
        });
        final CountersSnapshot now = CountersSnapshot.read(shm);
        assertTrue(now.latency(Latency.STARTED_TO_ENDED).count() >= 50);
        assertTrue(now.latency(Latency.SUBMITTED_TO_STORED).quantileNs(0.5)
                >= now.latency(Latency.STARTED_TO_ENDED).quantileNs(0.5));
        assertEquals(1, now.get(Counter.JOBS));
        assertEquals(20_000, now.get(Counter.CPUS_TOTAL));
        final Commanded stat = Commanded.run(
                "stat",
                "--watch",
                "--times",
                "2",
                "--json",
                "--dir",
                NODE.node().dir().toString());
        assertEquals(0, stat.exit());
        final List<String> looks = stat.out().lines().toList();
        assertEquals(2, looks.size());
        final Map<?, ?> second = (Map<?, ?>) JsonReader.read(looks.get(1));
        assertNotEquals(null, ((Map<?, ?>) second.get("ratesPerSecond")).get("tasksFinished"));
        final Commanded table = Commanded.run("stat", "--dir", NODE.node().dir().toString());
        assertTrue(table.out().contains("tasksFinished"), table.out());
        assertTrue(table.out().contains("waits for resources and a worker"), table.out());
    }

    @Test
    void aRayletThatIsStoppedIsStillSeen() throws Exception {
        NODE.driver()
                .task(SeenFromOutsideTest::plus, 1, 1)
                .name("before the stop")
                .submit()
                .get(LONG);
        task("before the stop", is("FINISHED"));
        final ProcessIdentity raylet = NODE.node().file().roles().get("raylet");
        ProcessControl.signal(raylet, Signals.STOP);
        try {
            assertEquals(1, rows("tasks", "--name", "before the stop").size());
            assertFalse(rows("workers").isEmpty());
            assertEquals(
                    0,
                    Commanded.run("stat", "--dir", NODE.node().dir().toString()).exit());
            assertEquals(
                    0,
                    Commanded.run("actors", "--dir", NODE.node().dir().toString())
                            .exit());
        } finally {
            ProcessControl.signal(raylet, Signals.CONT);
        }
        assertEquals(
                3, NODE.driver().task(SeenFromOutsideTest::plus, 1, 2).submit().get(LONG));
    }
}
