/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.chaos;

import io.thornback.config.Configuration;
import io.thornback.config.GcsSettings;
import io.thornback.config.NodeConfig;
import io.thornback.config.StoreSettings;
import io.thornback.config.WorkerSettings;
import io.thornback.node.JvmCommand;
import io.thornback.node.NodeStarter;
import io.thornback.node.RoleSpec;
import io.thornback.observe.Counter;
import io.thornback.observe.CountersSnapshot;
import io.thornback.observe.WorkerInfo;
import io.thornback.observe.WorkerState;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A node of real processes, some drivers that do whatever drivers can do ({@link ChaosDriver}), SIGKILL for workers and drivers at random, and a kernel
 * that takes their cores away in the middle of everything (SIGSTOP and SIGCONT, for milliseconds, of raylet, workers and drivers). What is promised: every task that may be
 * retried gives the right value, calls of an actor are answered in order until its death, nothing waits past its deadline; and when the drivers are gone, {@link AtRest}. The seed
 * repeats the decisions of a run, not how processes interleave.
 */
final class Chaos implements AutoCloseable {
    private static final int DRIVERS = 2;
    private static final int POOL = 2;
    /** Longer than a task may run before the raylet asks for those behind it. */
    private static final int LONGEST_PAUSE_US = 60_000;
    /** Between two pauses. */
    private static final int LONGEST_BREAK_US = 40_000;

    private static final Duration REST = Duration.ofSeconds(30);
    private static final Duration DRIVER_END = ChaosWork.DEADLINE.plusSeconds(30);

    private final long seed;
    private final Random random;
    private final Path dir;
    private final Path shmDir;
    private final NodeStarter node;
    private final List<Driver> drivers = new ArrayList<>();
    private long nextDriver;
    private int workersKilled;
    private int driversKilled;
    private int pauses;
    private int rounds;

    private record Driver(Process process, Path out) {}

    Chaos(final long seed) throws IOException {
        this.seed = seed;
        this.random = new Random(seed);
        this.nextDriver = Math.floorMod(seed, 1_000_000) * 1_000_000L;
        this.dir = Files.createTempDirectory("thornback-chaos");
        this.shmDir = Files.createTempDirectory(Path.of("/dev/shm"), "thornback-chaos");
        this.node = NodeStarter.start(
                Configuration.defaults()
                        .with(Map.of(
                                NodeConfig.DIR, dir.toString(),
                                NodeConfig.SHM_DIR, shmDir.toString(),
                                NodeConfig.CPUS, Integer.toString(POOL),
                                NodeConfig.MEMORY, "3g",
                                NodeConfig.START_TIMEOUT, "2m",
                                StoreSettings.MEMORY, "128m",
                                WorkerSettings.IDLE_TIMEOUT, "2s",
                                GcsSettings.PORT, "0")),
                step -> {});
    }

    static long seed() {
        final String given = System.getProperty("seed", "");
        return given.isEmpty() ? System.nanoTime() % 1_000_000 : Long.parseLong(given);
    }

    /** Drivers come, work under blows for so long, and go in good order; then nothing of them is left. */
    void round(final Duration length) throws Exception {
        rounds++;
        final long end = System.nanoTime() + length.toNanos();
        while (System.nanoTime() - end < 0) {
            replaceDrivers();
            pauseSome(Duration.ofMillis(50 + random.nextInt(500)));
            blow();
        }
        finish();
        awaitRest();
    }

    private void replaceDrivers() throws IOException {
        for (final Driver driver : List.copyOf(drivers)) {
            if (!driver.process.isAlive()) {
                throw failed("a driver ended by itself:\n" + Files.readString(driver.out));
            }
        }
        while (drivers.size() < DRIVERS) {
            final Path out = dir.resolve("driver-" + nextDriver + ".out");
            final List<String> command =
                    new ArrayList<>(List.of(JvmCommand.java().toString()));
            command.addAll(JvmCommand.of(ChaosDriver.class.getName())
                    .arguments(List.of(dir.toString(), Long.toString(nextDriver++)))
                    .toArguments());
            drivers.add(new Driver(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile())
                            .start(),
                    out));
        }
    }

    /** Stops one process and lets it go on, then another, for so long: what its threads have begun in shared memory stands half done meanwhile. */
    private void pauseSome(final Duration length) throws InterruptedException {
        final long end = System.nanoTime() + length.toNanos();
        final List<ProcessIdentity> processes = new ArrayList<>();
        processes.add(node.node().roles().get(RoleSpec.RAYLET));
        WorkerInfo.list(node.node().session().shm()).stream()
                .filter(worker -> worker.pid() > 0)
                .forEach(worker -> ProcessIdentity.of(worker.pid()).ifPresent(processes::add));
        drivers.forEach(driver -> ProcessIdentity.of(driver.process.pid()).ifPresent(processes::add));
        while (System.nanoTime() - end < 0) {
            final ProcessIdentity process = processes.get(random.nextInt(processes.size()));
            if (ProcessControl.signal(process, Signals.STOP)) {
                try {
                    TimeUnit.MICROSECONDS.sleep(random.nextInt(LONGEST_PAUSE_US));
                } finally {
                    ProcessControl.signal(process, Signals.CONT);
                }
                pauses++;
            }
            TimeUnit.MICROSECONDS.sleep(random.nextInt(LONGEST_BREAK_US));
        }
    }

    private void blow() throws IOException, InterruptedException {
        final int dice = random.nextInt(100);
        if (dice < 80) {
            killWorker();
        } else if (dice < 86) {
            final Driver victim = drivers.remove(random.nextInt(drivers.size()));
            checkOutput(victim);
            victim.process.destroyForcibly().waitFor();
            driversKilled++;
        }
    }

    private void killWorker() {
        final List<WorkerInfo> workers = WorkerInfo.list(node.node().session().shm()).stream()
                .filter(worker -> worker.state() != WorkerState.STOPPING && worker.pid() > 0)
                .toList();
        if (!workers.isEmpty()) {
            final WorkerInfo worker = workers.get(random.nextInt(workers.size()));
            if (worker.state() == WorkerState.STARTING && random.nextInt(4) > 0) {
                return; // Now and then; if none came through there would be nothing to see.
            }
            final long pid = worker.pid();
            final Optional<ProcessIdentity> victim = ProcessIdentity.of(pid);
            victim.ifPresent(process -> {
                ProcessControl.signal(process, Signals.KILL);
                workersKilled++;
            });
        }
    }

    private void checkOutput(final Driver driver) throws IOException {
        final String text = Files.readString(driver.out);
        if (text.contains("WRONG")) {
            throw failed(text);
        }
    }

    private void finish() throws Exception {
        for (final Driver driver : drivers) {
            driver.process.getOutputStream().close();
        }
        for (final Driver driver : drivers) {
            if (!driver.process.waitFor(DRIVER_END.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failed("a driver hangs: pid " + driver.process.pid() + "\n" + Files.readString(driver.out));
            }
            final String text = Files.readString(driver.out);
            if (driver.process.exitValue() != 0 || !text.contains(ChaosDriver.DONE)) {
                throw failed("a driver ended with " + driver.process.exitValue() + ":\n" + text);
            }
            Files.delete(driver.out);
        }
        drivers.clear();
    }

    private void awaitRest() throws InterruptedException {
        final AtRest rest = new AtRest(node.node(), POOL);
        final long deadline = System.nanoTime() + REST.toNanos();
        List<String> problems = rest.problems();
        while (!problems.isEmpty() && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(100);
            problems = rest.problems();
        }
        if (!problems.isEmpty()) {
            throw failed("not at rest after " + REST.toSeconds() + " s:\n  " + String.join("\n  ", problems));
        }
        final long died = CountersSnapshot.read(node.node().session().shm()).get(Counter.WORKERS_DIED);
        if (died > workersKilled) {
            throw failed("workers died by themselves: died=" + died + " killed=" + workersKilled);
        }
    }

    private AssertionError failed(final String what) {
        return new AssertionError(this + "; -Dseed=" + seed + " repeats it; logs in "
                + node.node().session().logs() + ": " + what);
    }

    int workersKilled() {
        return workersKilled;
    }

    @Override
    public String toString() {
        final CountersSnapshot counters =
                CountersSnapshot.read(node.node().session().shm());
        return "seed=" + seed + " rounds=" + rounds + " workersKilled=" + workersKilled + " driversKilled="
                + driversKilled + " pauses=" + pauses + " tasks=" + counters.get(Counter.TASKS_SUBMITTED) + " retried="
                + counters.get(Counter.TASKS_RETRIED) + " actorsDied=" + counters.get(Counter.ACTORS_DIED);
    }

    /** The node goes down; nothing of it may be left in shared memory. Folders stay where something was wrong. */
    void stop() throws IOException {
        node.close();
        try (Stream<Path> left = Files.list(shmDir)) {
            final List<Path> all = left.toList();
            if (!all.isEmpty()) {
                throw new AssertionError("seed=" + seed + ": left in shared memory: " + all);
            }
        }
        Files.delete(shmDir);
        deleteTree(dir);
    }

    private static void deleteTree(final Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            for (final Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }

    @Override
    public void close() {
        drivers.forEach(driver -> driver.process.destroyForcibly());
        node.close();
        try {
            Files.deleteIfExists(shmDir);
        } catch (final IOException e) {
            System.err.println("left in shared memory: " + e.getMessage());
        }
    }
}
