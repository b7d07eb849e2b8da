/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorDiedException;
import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An actor whose process is killed at random moments while threads of the driver and tasks in other processes call it. The actor writes each call down before it answers; from this and from
 * what the callers were told it follows whether calls kept their order and ran as often as was promised.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ActorChaosTest {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final int KILLS = 6;
    private static final int WINDOW = 40;
    /** A bound on what one caller does, should the killing take long. */
    private static final int MOST_CALLS = 40_000;

    @TempDir
    static Path dir;

    @RegisterExtension
    static final TestNode NODE = TestNode.ofProcesses();

    /** Writes down who called, in one write, before it answers. */
    static final class Ledger {
        private final Path file;
        private final long pid = ProcessHandle.current().pid();

        Ledger(final String file) throws IOException {
            this.file = Path.of(file);
            write("start", 0);
        }

        int call(final String caller, final int number) throws IOException {
            write(caller, number);
            return number;
        }

        private void write(final String caller, final int number) throws IOException {
            Files.writeString(
                    file,
                    pid + " " + caller + " " + number + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    private record Entry(long pid, String caller, int number) {
        static Entry of(final String line) {
            final String[] parts = line.split(" ", -1);
            return new Entry(Long.parseLong(parts[0]), parts[1], Integer.parseInt(parts[2]));
        }
    }

    /** Calls until the file is there, so many in flight; tells for each call whether it was answered. */
    static List<Boolean> callUntil(final ActorRef<Ledger> ledger, final String caller, final String stopFile) {
        final List<Boolean> answered = new ArrayList<>();
        final ArrayDeque<ObjectRef<Integer>> flight = new ArrayDeque<>();
        int next = 0;
        boolean ends = false;
        while (!ends || !flight.isEmpty()) {
            ends = ends || next >= MOST_CALLS || Files.exists(Path.of(stopFile));
            while (!ends && flight.size() < WINDOW) {
                flight.add(ledger.call(Ledger::call, caller, next));
                next++;
            }
            if (!flight.isEmpty()) {
                answered.add(isAnswered(flight.poll(), answered.size()));
            }
        }
        return answered;
    }

    private static boolean isAnswered(final ObjectRef<Integer> call, final int number) {
        try {
            if (call.get(LONG) != number) {
                throw new IllegalStateException("call " + number + " has the answer of another");
            }
            return true;
        } catch (final ActorDiedException e) {
            return false;
        }
    }

    /** The entries that are whole: a line that crosses a page is seen half while it is being written. */
    private static List<Entry> entries(final Path file) throws IOException {
        final String written = Files.readString(file);
        return written.substring(0, written.lastIndexOf('\n') + 1)
                .lines()
                .map(Entry::of)
                .toList();
    }

    /** Kills each process of the actor a random time after it has begun, but for the last. */
    private static void kill(final Path file, final Random random) throws Exception {
        final Set<Long> killed = new HashSet<>();
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (killed.size() < KILLS) {
            assertTrue(System.nanoTime() < deadline, "processes killed: " + killed.size());
            final List<Entry> entries = Files.exists(file) ? entries(file) : List.of();
            final long pid =
                    entries.isEmpty() ? 0 : entries.get(entries.size() - 1).pid();
            if (pid == 0 || killed.contains(pid)) {
                TimeUnit.MILLISECONDS.sleep(2);
                continue;
            }
            TimeUnit.MICROSECONDS.sleep(random.nextInt(150_000));
            ProcessIdentity.of(pid).ifPresent(process -> ProcessControl.signal(process, Signals.KILL));
            killed.add(pid);
        }
    }

    /** Waits until each caller that has not made all its calls has had one run after the first so many. */
    private static void awaitCallsOfAll(
            final Path file, final Map<String, Future<List<Boolean>>> callers, final int seen) throws Exception {
        final long deadline = System.nanoTime() + LONG.toNanos();
        final Set<String> missing = new HashSet<>(callers.keySet());
        while (!missing.isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "callers without a call: " + missing);
            TimeUnit.MILLISECONDS.sleep(2);
            final List<Entry> entries = Files.exists(file) ? entries(file) : List.of();
            entries.stream().skip(seen).map(Entry::caller).forEach(missing::remove);
            missing.removeIf(caller -> callers.get(caller).isDone());
        }
    }

    /** Runs callers and killer; gives what each caller was told. */
    private static Map<String, List<Boolean>> run(final ActorRef<Ledger> ledger, final Path file, final long seed)
            throws Exception {
        final String stopFile = file + "-stop";
        final ExecutorService threads = Executors.newCachedThreadPool();
        try {
            final Map<String, Future<List<Boolean>>> callers = new HashMap<>();
            for (int i = 0; i < 3; i++) {
                final String name = "thread" + i;
                callers.put(name, threads.submit(() -> callUntil(ledger, name, stopFile)));
            }
            for (int i = 0; i < 2; i++) {
                final String name = "task" + i;
                final ObjectRef<List<Boolean>> task = NODE.driver()
                        .task(ActorChaosTest::callUntil, ledger, name, stopFile)
                        .cpus(0.5)
                        .retries(0)
                        .submit();
                callers.put(name, threads.submit(() -> task.get(Duration.ofSeconds(110))));
            }
            awaitCallsOfAll(file, callers, 0);
            kill(file, new Random(seed));
            awaitCallsOfAll(file, callers, entries(file).size());
            Files.createFile(Path.of(stopFile));
            final Map<String, List<Boolean>> told = new HashMap<>();
            for (final Map.Entry<String, Future<List<Boolean>>> caller : callers.entrySet()) {
                told.put(caller.getKey(), result(caller.getValue()));
            }
            return told;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Boolean> result(final Future<List<Boolean>> future) throws Exception {
        try {
            return future.get(110, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            throw new AssertionError("a caller failed", e);
        }
    }

    /** Waits until the process after the last kill has begun: nobody else does, if all callers had made their calls before it. */
    private static void awaitStarts(final Path file, final String what) throws Exception {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (timesRun(entries(file)).get("start").get(0) <= KILLS) {
            assertTrue(System.nanoTime() < deadline, what + ": not started after each kill");
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** In each process of the actor the calls of a caller ran in the order in which they were made. */
    private static void assertOrder(final List<Entry> entries, final String what) {
        final Map<String, Integer> last = new HashMap<>();
        long pid = 0;
        for (final Entry entry : entries) {
            if (entry.pid() != pid) {
                pid = entry.pid();
                last.clear();
            }
            final Integer before = last.put(entry.caller(), entry.number());
            assertTrue(before == null || before < entry.number(), what + ": " + entry + " came after " + before);
        }
    }

    private static Map<String, Map<Integer, Integer>> timesRun(final List<Entry> entries) {
        final Map<String, Map<Integer, Integer>> times = new HashMap<>();
        for (final Entry entry : entries) {
            times.computeIfAbsent(entry.caller(), caller -> new HashMap<>()).merge(entry.number(), 1, Integer::sum);
        }
        return times;
    }

    @Test
    void withoutRetriesNoCallRunsTwiceAndNoAnswerIsMadeUp() throws Exception {
        final long seed = System.nanoTime();
        final String what = "seed " + seed;
        System.out.println(what);
        final Path file = dir.resolve("once");
        final ActorRef<Ledger> ledger = NODE.driver()
                .actor(Ledger::new, file.toString())
                .maxRestarts(-1)
                .create();
        final Map<String, List<Boolean>> told = run(ledger, file, seed);
        awaitStarts(file, what);
        final List<Entry> entries = entries(file);
        assertOrder(entries, what);
        final Map<String, Map<Integer, Integer>> times = timesRun(entries);
        assertEquals(KILLS + 1, times.get("start").get(0), what);
        told.forEach((caller, answers) -> {
            int lost = 0;
            for (int i = 0; i < answers.size(); i++) {
                final int runs = times.getOrDefault(caller, Map.of()).getOrDefault(i, 0);
                assertTrue(runs <= 1, what + ": " + caller + " " + i + " ran " + runs + " times");
                assertTrue(!answers.get(i) || runs == 1, what + ": " + caller + " " + i + " was answered, not run");
                lost += answers.get(i) ? 0 : 1;
            }
            assertTrue(answers.size() > lost, what + ": " + caller + " lost all of " + lost);
            assertTrue(lost <= KILLS * WINDOW, what + ": " + caller + " lost more than were in flight: " + lost);
        });
        ledger.kill();
    }

    @Test
    void withRetriesEveryCallIsAnsweredAndTheirOrderIsKept() throws Exception {
        final long seed = System.nanoTime();
        final String what = "seed " + seed;
        System.out.println(what);
        final Path file = dir.resolve("retried");
        final ActorRef<Ledger> ledger = NODE.driver()
                .actor(Ledger::new, file.toString())
                .maxRestarts(-1)
                .maxTaskRetries(-1)
                .create();
        final Map<String, List<Boolean>> told = run(ledger, file, seed);
        final List<Entry> entries = entries(file);
        assertOrder(entries, what);
        final Map<String, Map<Integer, Integer>> times = timesRun(entries);
        told.forEach((caller, answers) -> {
            assertTrue(answers.stream().allMatch(answered -> answered), what + ": " + caller + " has lost calls");
            for (int i = 0; i < answers.size(); i++) {
                assertTrue(times.get(caller).getOrDefault(i, 0) >= 1, what + ": " + caller + " " + i + " never ran");
            }
        });
        ledger.kill();
    }
}
