/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.thornback.ConnectOptions;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.ThornbackException;
import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
import io.thornback.config.WorkerSettings;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL for any process of a node, for any two, for a process group, while the node runs and at each step of its start and of its stop. Each of its two workers has run a task that left four processes: a
 * child, one whose parent has ended, one in a session of its own, and one in a session of its own with an empty environment. Afterwards nothing is left of what was there, no zombie either, and
 * the next start, which is the next case's in the same folders, finds no obstacle.
 *
 * <p>Some of the cases, unless {@code -Dmatrix=full}: then all, and the limit is the promised second. ({@code -Dmatrix.limit=3000}: three). It runs from the kill; where the supervisor lives and undoes a start or goes on with a stop, from its end.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillMatrixTest {

    private static final boolean FULL = "full".equals(System.getProperty("matrix"));

    /** The promise is one second; a machine that is busy building gets more. */
    private static final Duration GONE =
            FULL ? Duration.ofMillis(Long.getLong("matrix.limit", 1_000)) : Duration.ofSeconds(5);

    /** A raylet loads what it reaps with when it has been idle for a while; before, that takes longer. */
    private static final long SETTLED_MS = FULL ? 2_500 : 0;

    /** A start whose starter is gone is undone in order. */
    private static final Duration UNDONE = Duration.ofSeconds(5);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String SUPERVISOR = SupervisorMain.ROLE;
    private static final String STARTER = "starter";
    static final List<String> ROLES = List.of("gcs", "objectstore", "raylet");
    private static final List<String> WORKERS = List.of("worker-a", "worker-b");
    private static final String[] LEAVES = {
        "echo $$; exec sleep 1000",
        "sh -c 'sleep 1000 & echo $!' & wait",
        "setsid sleep 1000 & echo $!",
        "env -i setsid sleep 1000 & echo $!"
    };

    @TempDir
    private Path folder;

    private Path shm;
    private int cases;
    private final List<Long> tookMs = new ArrayList<>();

    @BeforeAll
    void makeFolder() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "kill-matrix-test");
    }

    @AfterAll
    void report() throws IOException {
        System.out.printf("kill matrix: %d cases; milliseconds until nothing was left: %s%n", cases, tookMs);
        PrivateFiles.deleteTree(shm);
    }

    /** One case; what a failed one leaves is no other's fault. */
    private void ended(Executable one) throws Throwable {
        try {
            one.execute();
        } catch (Throwable e) {
            TestNode.kill(folder.resolve("dir"));
            throw e;
        }
    }

    private Configuration configuration(boolean groups) {
        return TestNode.sources(folder)
                .code(NodeConfig.SHM_DIR, shm.toString())
                .code(NodeConfig.CPUS, "2")
                .code(WorkerSettings.CONTROL_GROUPS, Boolean.toString(groups))
                .resolve();
    }

    /** Says which worker it runs on, and what it has started there and left. */
    static List<Long> leaveProcesses(String mark, String name, String other) throws IOException, InterruptedException {
        Files.createFile(Path.of(mark + name));
        while (!Files.exists(Path.of(mark + other))) {
            TimeUnit.MILLISECONDS.sleep(1); // so that they are on two workers
        }
        List<Long> pids = new ArrayList<>(List.of(ProcessHandle.current().pid()));
        for (String script : LEAVES) {
            Process shell =
                    new ProcessBuilder("sh", "-c", "exec 2>/dev/null; " + script.replace("1000", "1000 >&2")).start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))) {
                pids.add(Long.valueOf(lines.readLine()));
            }
        }
        return pids;
    }

    private void kill(Present present, List<String> victims) {
        List<Runnable> kills = new ArrayList<>();
        for (String victim : victims) {
            String[] words = victim.split(":", 2);
            ProcessIdentity identity = present.named.get(words[0]);
            if (identity != null) { // at this step it may not be there yet, or no more
                kills.add(() -> {
                    switch (words.length == 1 ? "" : words[1]) {
                        case "group" -> ProcessControl.signalGroup(identity.pid(), Signals.KILL);
                        case "stopped" -> ProcessControl.signal(identity, Signals.STOP);
                        default -> ProcessControl.signal(identity, Signals.KILL);
                    }
                });
            }
        }
        kills.forEach(Runnable::run);
    }

    /** Waits until nothing of these is there. */
    private void assertGone(String session, Present present, long sinceNs) {
        assertGone(session, present, sinceNs, GONE);
    }

    private void assertGone(String session, Present present, long sinceNs, Duration limit) {
        while (!present.left().isEmpty() || !SessionProcesses.find(session).isEmpty()) {
            if (System.nanoTime() - sinceNs > limit.toNanos()) {
                fail("left after " + limit + ": " + present.left() + " " + SessionProcesses.find(session));
            }
            LockSupport.parkNanos(1_000_000);
        }
        tookMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNs));
    }

    private static Path controlGroup(NodeFile node) {
        try {
            Path file = node.session().controlGroup();
            return Files.exists(file) ? Path.of(Files.readString(file).trim()) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills these in a node that runs. */
    private void whileItRuns(List<String> victims, boolean groups) throws Exception {
        cases++;
        Configuration configuration = configuration(groups);
        try (NodeStarter starter = NodeStarter.start(configuration, step -> {})) {
            starter.keep();
            NodeFile node = starter.node();
            assertEquals(
                    List.of(node.session().shm()), Sessions.sessionsIn(shm), "what the case before left was swept");
            Present present = new Present();
            present.named.put(SUPERVISOR, node.supervisor());
            present.named.putAll(node.roles());
            boolean survives =
                    victims.stream().noneMatch(victim -> victim.startsWith(SUPERVISOR) || victim.startsWith("raylet"));
            try (Thornback driver = Thornback.connect(ConnectOptions.defaults()
                    .withDirectory(configuration.node().dir())
                    .withTimeout(LIMIT))) {
                List<List<Long>> workers = leaveProcesses(driver);
                Path controlGroup = controlGroup(node);
                for (int i = 0; i < workers.size(); i++) {
                    present.add(WORKERS.get(i), workers.get(i).get(0));
                }
                Present victimsOnly = new Present();
                Present all = survives ? victimsOnly : present;
                for (int i = 0; i < workers.size(); i++) {
                    String worker = WORKERS.get(i);
                    if (victims.stream().anyMatch(victim -> victim.startsWith(worker))) {
                        victimsOnly.named.put(worker, present.named.get(worker));
                        addLeft(victimsOnly, workers.get(i), controlGroup != null);
                    }
                    // Without control groups one that has cleared its environment is found by whoever adopts it: not
                    // when both who could are killed.
                    addLeft(
                            present,
                            workers.get(i),
                            controlGroup != null || !victims.toString().contains(SUPERVISOR));
                }
                TimeUnit.MILLISECONDS.sleep(SETTLED_MS);
                present.addAllOf(node.session().name());
                long killedNs = System.nanoTime();
                kill(present, victims);
                if (!survives) {
                    assertTrue(starter.awaitEnd(GONE).isPresent(), "the supervisor lives");
                }
                awaitGone(node, all, survives, killedNs);
                endStrays(workers);
            } catch (ThornbackException e) {
                if (survives) {
                    throw e;
                }
            }
            if (survives) {
                awaitReady(node, victims);
                TestNode.stop(configuration.node().dir(), LIMIT);
                assertTrue(starter.awaitEnd(LIMIT).isPresent(), "stopped");
                assertGone(node.session().name(), present, System.nanoTime());
                assertFalse(Files.exists(node.session().shm()));
            }
        }
    }

    private void awaitGone(NodeFile node, Present present, boolean survives, long killedNs) {
        if (survives) {
            while (!present.left().isEmpty()) {
                if (System.nanoTime() - killedNs > GONE.toNanos()) {
                    fail("of a worker is left after " + GONE + ": " + present.left());
                }
                LockSupport.parkNanos(1_000_000);
            }
            tookMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedNs));
        } else {
            assertGone(node.session().name(), present, killedNs);
        }
    }

    private static void addLeft(Present present, List<Long> ofWorker, boolean also) {
        ofWorker.subList(1, also ? ofWorker.size() : ofWorker.size() - 1).forEach(present::addOther);
    }

    /** Those that nobody could know by their environment; the test does. */
    private static void endStrays(List<List<Long>> workers) {
        for (List<Long> worker : workers) {
            ProcessIdentity.of(worker.get(worker.size() - 1))
                    .ifPresent(identity -> ProcessControl.signal(identity, Signals.KILL));
        }
    }

    private List<List<Long>> leaveProcesses(Thornback driver) throws IOException {
        String mark = Files.createTempDirectory(folder, "mark").resolve("x").toString();
        ObjectRef<List<Long>> a =
                driver.task(KillMatrixTest::leaveProcesses, mark, "a", "b").submit();
        ObjectRef<List<Long>> b =
                driver.task(KillMatrixTest::leaveProcesses, mark, "b", "a").submit();
        return List.of(a.get(LIMIT), b.get(LIMIT));
    }

    /** Those that were killed and that a node starts again are there again. */
    private static void awaitReady(NodeFile before, List<String> victims) {
        for (String victim : victims) {
            if (ROLES.contains(victim)) {
                TestNode.eventually(LIMIT, victim + " is not there again", () -> NodeFile.findRunning(
                                before.session().dir())
                        .map(node -> node.roles().get(victim))
                        .filter(role -> !role.equals(before.roles().get(victim)) && role.isAlive())
                        .isPresent());
            }
        }
    }

    private static List<List<String>> onesAndTwos(List<String> names) {
        List<List<String>> all = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            all.add(List.of(names.get(i)));
            for (int j = i + 1; j < names.size(); j++) {
                all.add(List.of(names.get(i), names.get(j)));
            }
        }
        return all;
    }

    @TestFactory
    Stream<DynamicTest> ofANodeThatRuns() {
        List<List<String>> victims = FULL
                ? onesAndTwos(List.of(SUPERVISOR, "raylet", "gcs", "objectstore", "worker-a", "worker-b"))
                : new ArrayList<>(List.of(
                        List.of("worker-a"),
                        List.of("raylet"),
                        List.of(SUPERVISOR, "raylet"),
                        List.of(SUPERVISOR, "worker-a")));
        if (FULL) {
            victims.addAll(List.of(List.of(SUPERVISOR + ":group"), List.of("raylet:group"), List.of("worker-a:group")));
        }
        victims.add(List.of("gcs:stopped", "objectstore:stopped", "raylet:stopped", SUPERVISOR));
        return Stream.of(true, false).flatMap(groups -> victims.stream()
                .map(each -> DynamicTest.dynamicTest(
                        each + (groups ? "" : " without control groups"),
                        () -> ended(() -> whileItRuns(each, groups)))));
    }

    /** Kills these when the start has come to a step. */
    @SuppressWarnings("try") // the node is held, not used
    private void atStepOfStart(String step, List<String> victims) throws Exception {
        cases++;
        Configuration configuration = configuration(true);
        Set<Path> before =
                new HashSet<>(Sessions.sessionsIn(configuration.node().dir()));
        Present present = new Present();
        AtomicLong killedNs = new AtomicLong();
        String[] session = new String[1];
        Consumer<String> onStep = reached -> {
            if (reached.equals(step)) {
                session[0] = newSession(configuration, before);
                present.add(SUPERVISOR, Long.parseLong(session[0].split("-", -1)[3]));
                present.addAllOf(session[0]);
                killedNs.set(System.nanoTime());
                kill(present, victims);
            }
        };
        if (victims.contains(STARTER)) {
            startElsewhere(configuration, present, onStep);
        } else {
            try (NodeStarter starter = NodeStarter.start(configuration, reached -> onStep.accept(reached.name()))) {
                present.addAllOf(session[0]); // the start was quicker
            } catch (NodeException e) {
                assertFalse(e.getMessage().isEmpty());
            }
            if (!victims.contains(SUPERVISOR)) {
                killedNs.set(System.nanoTime()); // it has been undone, or stopped
            }
        }
        assertNotNull(session[0], "the start never came to that step");
        assertGone(session[0], present, killedNs.get(), victims.contains(STARTER) ? UNDONE : GONE);
    }

    private static String newSession(Configuration configuration, Set<Path> before) {
        try {
            List<Path> now = Sessions.sessionsIn(configuration.node().dir());
            now.removeAll(before);
            return now.get(0).getFileName().toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By a process that can be killed. */
    private void startElsewhere(Configuration configuration, Present present, Consumer<String> onStep)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(TestNode.java(Starter.class.getName(), configuration.encode()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        present.add(STARTER, process.pid());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                onStep.accept(line);
            }
        }
        assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    }

    /** Starts a node, says each step, and holds it until it is killed itself. */
    public static final class Starter {
        private Starter() {}

        /**
         * Runs.
         *
         * @param args the configuration
         */
        @SuppressWarnings("try") // the node is held, not used
        public static void main(String[] args) throws InterruptedException {
            try (NodeStarter starter = NodeStarter.start(Configuration.decode(List.of(args)), step -> {
                System.out.println(step.name());
                System.out.flush();
            })) {
                TimeUnit.HOURS.sleep(1);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> atEachStepOfTheStart() {
        Map<String, List<List<String>>> steps = new LinkedHashMap<>();
        if (FULL) {
            steps.put("session", List.of(List.of(SUPERVISOR), List.of(STARTER)));
            for (String step : List.of("spawned", "gcs", "objectstore", "raylet")) {
                List<List<String>> victims = new ArrayList<>(List.of(List.of(SUPERVISOR), List.of(STARTER)));
                for (String role : ROLES) {
                    victims.add(List.of(role));
                    victims.add(List.of(SUPERVISOR, role));
                }
                steps.put(step, victims);
            }
        } else {
            steps.put("spawned", List.of(List.of(SUPERVISOR)));
            steps.put("gcs", List.of(List.of(SUPERVISOR, "objectstore"), List.of(STARTER)));
        }
        return tests(steps, this::atStepOfStart);
    }

    private interface AtStep {
        void run(String step, List<String> victims) throws Exception;
    }

    private Stream<DynamicTest> tests(Map<String, List<List<String>>> steps, AtStep atStep) {
        return steps.entrySet().stream().flatMap(step -> step.getValue().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each + " at " + step.getKey(), () -> ended(() -> atStep.run(step.getKey(), each)))));
    }

    /** Kills these when the stop has come so far that its supervisor has logged the step. */
    private void atStepOfStop(String step, List<String> victims) throws Exception {
        cases++;
        Configuration configuration = configuration(true);
        try (NodeStarter starter = NodeStarter.start(configuration, each -> {})) {
            starter.keep();
            NodeFile node = starter.node();
            Present present = new Present();
            try (Thornback driver = Thornback.connect(ConnectOptions.defaults()
                    .withDirectory(configuration.node().dir())
                    .withTimeout(LIMIT))) {
                List<List<Long>> workers = leaveProcesses(driver);
                present.named.put(SUPERVISOR, node.supervisor());
                present.named.putAll(node.roles());
                for (int i = 0; i < workers.size(); i++) {
                    present.add(WORKERS.get(i), workers.get(i).get(0));
                    addLeft(present, workers.get(i), controlGroup(node) != null);
                }
                present.addAllOf(node.session().name());
                ProcessControl.signal(node.supervisor(), Signals.TERM);
                awaitLogged(node, step);
                long killedNs = System.nanoTime();
                kill(present, victims);
                boolean goesOn = !victims.contains(SUPERVISOR);
                assertTrue(starter.awaitEnd(goesOn ? LIMIT : GONE).isPresent(), "the supervisor lives");
                assertGone(node.session().name(), present, goesOn ? System.nanoTime() : killedNs);
                endStrays(workers);
            } catch (ThornbackException e) {
                assertFalse(e.getMessage().isEmpty()); // the driver's node has gone, which is the point
            }
        }
    }

    private static void awaitLogged(NodeFile node, String text) {
        TestNode.eventually(LIMIT, "not logged: " + text, () -> {
            try {
                return !node.supervisor().isAlive()
                        || Files.readString(node.session().log(SUPERVISOR)).contains(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> atEachStepOfTheStop() {
        Map<String, List<List<String>>> steps = new LinkedHashMap<>();
        if (FULL) {
            steps.put("asked by a signal to stop", onesAndTwos(List.of(SUPERVISOR, "raylet", "gcs", "objectstore")));
            steps.put("raylet ended", onesAndTwos(List.of(SUPERVISOR, "gcs", "objectstore")));
            steps.put("objectstore ended", onesAndTwos(List.of(SUPERVISOR, "gcs")));
            steps.put("gcs ended", onesAndTwos(List.of(SUPERVISOR, "objectstore")));
        } else {
            steps.put("raylet ended", List.of(List.of(SUPERVISOR)));
        }
        return tests(steps, this::atStepOfStop);
    }
}
