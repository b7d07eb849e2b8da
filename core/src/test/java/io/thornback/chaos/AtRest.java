/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.chaos;

import io.thornback.node.NodeFile;
import io.thornback.objectstore.StoreCounters;
import io.thornback.observe.Counter;
import io.thornback.observe.CountersSnapshot;
import io.thornback.observe.TaskInfo;
import io.thornback.observe.WorkerInfo;
import io.thornback.observe.WorkerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What must be true of a node that has no driver: nothing is held, nothing waits, and nothing is there that was not there at the start. */
final class AtRest {
    /** Files of the calls of dead actors that the raylet keeps. */
    private static final int KEPT_CALLS = 16;

    private final NodeFile node;
    private final int pool;
    private final List<String> problems = new ArrayList<>();

    /** @param pool how many workers a node at rest has. */
    AtRest(final NodeFile node, final int pool) {
        this.node = node;
        this.pool = pool;
    }

    /** What is not as it should be; empty if all is. */
    List<String> problems() {
        problems.clear();
        final Path shm = node.session().shm();
        counters(CountersSnapshot.read(shm));
        tasks(TaskInfo.list(shm));
        store(StoreCounters.read(shm));
        final List<WorkerInfo> workers = WorkerInfo.list(shm);
        for (final WorkerInfo worker : workers) {
            expect("worker " + worker.number(), WorkerState.IDLE, worker.state());
        }
        processes(workers);
        files(shm, workers);
        return problems;
    }

    private void expect(final String what, final Object expected, final Object found) {
        if (!expected.equals(found)) {
            problems.add(what + ": expected " + expected + ", found " + found);
        }
    }

    private void counters(final CountersSnapshot counters) {
        for (final Counter zero : List.of(
                Counter.TASKS_QUEUED,
                Counter.TASKS_RUNNING,
                Counter.TASKS_AHEAD,
                Counter.WORKERS_STARTING,
                Counter.WORKERS_BUSY,
                Counter.WORKERS_BLOCKED,
                Counter.WORKERS_ACTOR,
                Counter.WORKERS_STOPPING,
                Counter.ACTORS_STARTING,
                Counter.ACTORS_ALIVE,
                Counter.JOBS,
                Counter.LANE_BACKLOG)) {
            expect(zero.jsonName(), 0L, counters.get(zero));
        }
        expect("workersIdle", (long) pool, counters.get(Counter.WORKERS_IDLE));
        expect("cpusAvailable", counters.get(Counter.CPUS_TOTAL), counters.get(Counter.CPUS_AVAILABLE));
        expect(
                "finished + failed + cancelled",
                counters.get(Counter.TASKS_SUBMITTED),
                counters.get(Counter.TASKS_FINISHED)
                        + counters.get(Counter.TASKS_FAILED)
                        + counters.get(Counter.TASKS_CANCELLED));
    }

    private void tasks(final List<TaskInfo> tasks) {
        for (final TaskInfo task : tasks) {
            if (!task.state().isOver() && task.kind() != TaskInfo.Kind.CALL) {
                problems.add("not over: " + task);
            }
        }
    }

    private void store(final StoreCounters store) {
        expect("objects", 0L, store.objects());
        expect("usedBytes", 0L, store.usedBytes());
        expect("doomed", 0L, store.doomed());
        expect("spilled", 0L, store.spilled());
        expect("waitingCreates", 0L, store.waitingCreates());
        expect("badMessages", 0L, store.badMessages());
        expect("lost objects", 0L, store.lostTotal());
        expect("clients of the store", pool + 1L, store.clients()); // the workers and the raylet
    }

    /** Every process of a session has its name in its environment, whatever it is. */
    private void processes(final List<WorkerInfo> workers) {
        final Set<Long> known = new HashSet<>();
        known.add(node.supervisor().pid());
        node.roles().values().forEach(role -> known.add(role.pid()));
        workers.forEach(worker -> known.add(worker.pid()));
        final String mark = "\0THORNBACK_SESSION=" + node.session().name() + "\0";
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            all.filter(path -> path.getFileName().toString().matches("\\d+")).forEach(path -> {
                final long pid = Long.parseLong(path.getFileName().toString());
                if (!known.contains(pid) && ("\0" + environment(path)).contains(mark)) {
                    problems.add("process left: " + pid);
                }
            });
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String environment(final Path process) {
        try {
            return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            return ""; // gone, or another user's
        }
    }

    private void files(final Path shm, final List<WorkerInfo> workers) {
        final Set<String> inboxes = new HashSet<>(Set.of("raylet"));
        workers.forEach(worker -> inboxes.add("worker-" + worker.number()));
        final List<String> there = list(shm.resolve("inbox"));
        there.stream()
                .map(name -> name.replaceAll("\\.inbox$", ""))
                .filter(name -> !inboxes.contains(name) && !name.startsWith("objectstore"))
                .forEach(name -> problems.add("inbox left: " + name));
        for (final String lane : list(shm.resolve("lanes"))) {
            final String receiver = lane.replaceAll("-[0-9a-f]{8}-\\d+-\\d+\\.lane$", "");
            if (!inboxes.contains(receiver) && !receiver.startsWith("objectstore")) {
                problems.add("lane left: " + lane);
            }
        }
        final int most = 2 * (pool + 2) * (pool + 1);
        if (list(shm.resolve("lanes")).size() > most) {
            problems.add("lanes=" + list(shm.resolve("lanes")).size() + " most=" + most);
        }
        final long pins = list(shm.resolve("store")).stream()
                .filter(name -> name.startsWith("client-"))
                .count();
        expect("pin tables", pool + 1L, pins);
        final long calls = list(shm.resolve("observe")).stream()
                .filter(name -> name.startsWith("worker-"))
                .count();
        if (calls > KEPT_CALLS + pool) {
            problems.add("files of calls: " + calls);
        }
    }

    private static List<String> list(final Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (final NoSuchFileException e) {
            return List.of();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
