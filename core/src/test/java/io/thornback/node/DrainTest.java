/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.ConnectOptions;
import io.thornback.NodeStoppedException;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.ThornbackException;
import io.thornback.cli.Commanded;
import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.NodeConfig;
import io.thornback.config.StoreSettings;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real node that is asked to stop while tasks run, wait and submit others. */
class DrainTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Path shm;
    private NodeFile node;

    @BeforeEach
    void makeFolder() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "drain-test");
    }

    @AfterEach
    void leaveNothing() throws IOException {
        TestNode.kill(folder.resolve("dir"));
        PrivateFiles.deleteTree(shm);
    }

    private void start(String drainTimeout) {
        Configuration configuration = new ConfigurationSources()
                .code(NodeConfig.DIR, folder.resolve("dir").toString())
                .code(NodeConfig.SHM_DIR, shm.toString())
                .code(NodeConfig.CPUS, "2")
                .code(NodeConfig.DRAIN_TIMEOUT, drainTimeout)
                .code(StoreSettings.MEMORY, "32m")
                .resolve();
        try (NodeStarter starter = NodeStarter.start(configuration, step -> {})) {
            starter.keep();
            node = starter.node();
        }
    }

    private Thornback connect() {
        return Thornback.connect(
                ConnectOptions.defaults().withDirectory(folder.resolve("dir")).withTimeout(LIMIT));
    }

    private void signal(int signal) {
        assertTrue(ProcessControl.signal(node.supervisor(), signal));
    }

    private boolean isDown() {
        return !node.supervisor().isAlive();
    }

    private String log() throws IOException {
        return Files.readString(node.session().log("supervisor"));
    }

    private void awaitLog(String text) {
        TestNode.eventually(LIMIT, () -> "not logged: " + text + logsOfAll(), () -> {
            try {
                return log().contains(text);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    /** It has time enough to think, wrongly, that nothing is left; the stop that would follow takes longer than what waits here, so that alone shows nothing. */
    private void assertGoesOn() throws IOException, InterruptedException {
        TimeUnit.MILLISECONDS.sleep(500);
        assertFalse(log().contains("all that was taken on is finished"), log());
        assertFalse(isDown());
    }

    /** The ends of the logs of the supervisor and the roles: what a failure is explained by. */
    private String logsOfAll() {
        StringBuilder text = new StringBuilder();
        for (String role : List.of("supervisor", RoleSpec.GCS, RoleSpec.RAYLET)) {
            LogTail.of(node.session(), role)
                    .forEach(
                            line -> text.append('\n').append(role).append(" | ").append(line));
        }
        return text.toString();
    }

    /** Says in a file that it runs, waits for another, and says in a third that it has ended. */
    static String hold(String name, String mark) throws IOException, InterruptedException {
        Files.createFile(Path.of(mark + "-" + name + "-begun"));
        while (!Files.exists(Path.of(mark + "-go"))) {
            TimeUnit.MILLISECONDS.sleep(2);
        }
        Files.createFile(Path.of(mark + "-" + name + "-ended"));
        return name;
    }

    /** As the other, and submits a task of its own then. */
    static String holdAndAsk(String name, String mark) throws IOException, InterruptedException {
        hold(name, mark);
        return name
                + Thornback.current()
                        .task(DrainTest::hold, name + "-child", mark)
                        .submit()
                        .get(LIMIT);
    }

    private String mark() {
        return folder.resolve("mark").toString();
    }

    private void awaitBegun(String name) {
        TestNode.eventually(
                LIMIT, name + " has not begun", () -> Files.exists(Path.of(mark() + "-" + name + "-begun")));
    }

    private void go() throws IOException {
        Files.createFile(Path.of(mark() + "-go"));
    }

    @Test
    void whatWasTakenOnIsFinishedWithAllThatComesOfItAndNothingElseIsTakenOn() throws Exception {
        start("60s");
        try (Thornback driver = connect()) {
            List<ObjectRef<String>> refs = new ArrayList<>();
            for (String name : List.of("a", "b", "c", "d")) { // two run, two wait
                refs.add(driver.task(DrainTest::holdAndAsk, name, mark()).submit());
            }
            awaitBegun("a");
            awaitBegun("b");
            signal(Signals.TERM);
            awaitLog("what was taken on is finished first");
            TestNode.eventually(LIMIT, "still taken on", () -> isRefused(driver));
            assertThrows(ThornbackException.class, this::connect, "a new driver");
            assertGoesOn();
            go();
            assertEquals(List.of("aa-child", "bb-child", "cc-child", "dd-child"), driver.get(refs, LIMIT));
            TestNode.eventually(LIMIT, "not stopped", this::isDown);
        }
        assertTrue(log().contains("all that was taken on is finished"), log());
    }

    /** An actor for a task to call. */
    static final class Adder {
        private int sum;

        int add(int number) {
            sum += number;
            return sum;
        }
    }

    /** As the others, and calls an actor then. */
    static int holdAndCall(ActorRef<Adder> actor, String mark) throws IOException, InterruptedException {
        hold("caller", mark);
        return actor.call(Adder::add, 1).get(LIMIT) + actor.call(Adder::add, 1).get(LIMIT);
    }

    @Test
    void whatTasksCallIsThereAndARoleThatEndsMeanwhileIsStartedAgainAndWhatNobodyCanRunIsNotWaitedFor()
            throws Exception {
        start("60s");
        try (Thornback driver = connect()) {
            ActorRef<Adder> actor = driver.actor(Adder::new).create();
            ObjectRef<Integer> calls =
                    driver.task(DrainTest::holdAndCall, actor, mark()).submit();
            ObjectRef<Integer> never =
                    driver.task(DrainTest::nothing, 1).cpus(64).submit();
            awaitBegun("caller");
            signal(Signals.TERM);
            awaitLog("what was taken on is finished first");
            ProcessControl.signal(node.roles().get(RoleSpec.GCS), Signals.KILL);
            awaitLog("gcs is ready again");
            assertFalse(isDown());
            go();
            assertEquals(3, calls.get(LIMIT));
            TestNode.eventually(LIMIT, "not stopped, though what waits can never run", this::isDown);
            assertThrows(ThornbackException.class, () -> never.get(LIMIT));
        }
        assertTrue(log().contains("all that was taken on is finished"), log());
    }

    /** The kernel tells of a process's end and of its last words in any order, and the supervisor has a thread for each: the end comes first in about every third run of this. */
    @RepeatedTest(3)
    void whatARoleSaidBeforeItWasKilledDoesNotEndTheNode() throws Exception {
        start("60s");
        try (Thornback driver = connect()) {
            ObjectRef<String> held =
                    driver.task(DrainTest::hold, "late", mark()).submit();
            awaitBegun("late");
            ProcessIdentity gcs = node.roles().get(RoleSpec.GCS);
            assertTrue(ProcessControl.signal(gcs, Signals.STOP));
            signal(Signals.TERM);
            awaitLog("what was taken on is finished first");
            signal(Signals.STOP);
            assertTrue(ProcessControl.signal(gcs, Signals.CONT)); // now it says that it has drained, and nobody listens
            TimeUnit.MILLISECONDS.sleep(200);
            assertTrue(ProcessControl.signal(gcs, Signals.KILL));
            TimeUnit.MILLISECONDS.sleep(50);
            signal(Signals.CONT);
            awaitLog("gcs is ready again");
            assertFalse(isDown());
            go();
            assertEquals("late", held.get(LIMIT));
            TestNode.eventually(LIMIT, "not stopped", this::isDown);
        }
        assertTrue(log().contains("all that was taken on is finished"), log());
    }

    /** An actor whose calls take as long as the test wants. */
    static final class Holder {
        String hold(String name, String mark) throws IOException, InterruptedException {
            return DrainTest.hold(name, mark);
        }

        int holdAndCall(ActorRef<Adder> other, String mark) throws IOException, InterruptedException {
            return DrainTest.holdAndCall(other, mark);
        }

        String say(String text) {
            return text;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aDriversCallsThatWereMadeAreFinishedAndLaterOnesAreRefused(int concurrency) throws Exception {
        start("60s");
        try (Thornback driver = connect()) {
            ActorRef<Holder> actor =
                    driver.actor(Holder::new).maxConcurrency(concurrency).create();
            ObjectRef<String> runs = actor.call(Holder::hold, "a", mark());
            ObjectRef<String> waits = actor.call(Holder::say, "b"); // unless two may run
            awaitBegun("a");
            signal(Signals.TERM);
            awaitLog("what was taken on is finished first");
            TestNode.eventually(LIMIT, "calls are still taken on", () -> isRefused(actor));
            assertGoesOn();
            go();
            assertEquals("a", runs.get(LIMIT));
            assertEquals("b", waits.get(LIMIT));
            TestNode.eventually(LIMIT, "not stopped", this::isDown);
        }
        assertTrue(log().contains("all that was taken on is finished"), log());
    }

    private static boolean isRefused(ActorRef<Holder> actor) {
        try {
            actor.call(Holder::say, "late").get(Duration.ofMillis(100));
            return false;
        } catch (NodeStoppedException e) {
            return true;
        } catch (io.thornback.GetTimeoutException e) {
            return false; // it was taken on before the signal came through
        }
    }

    @Test
    void whatACallOfADriverCallsIsThereAndIdleActorsHoldNothingUp() throws Exception {
        start("60s");
        try (Thornback driver = connect()) {
            ActorRef<Adder> called = driver.actor(Adder::new).create();
            ActorRef<Holder> caller = driver.actor(Holder::new).create();
            ObjectRef<Integer> sum = caller.call(Holder::holdAndCall, called, mark());
            awaitBegun("caller");
            signal(Signals.TERM);
            awaitLog("what was taken on is finished first");
            assertGoesOn();
            go();
            assertEquals(3, sum.get(LIMIT));
            TestNode.eventually(LIMIT, "not stopped", this::isDown);
        }
        assertTrue(log().contains("all that was taken on is finished"), log());
    }

    /** An actor that takes its time to begin, and leaves a file when it is called. */
    static final class SlowToBegin {
        SlowToBegin(String mark) throws IOException, InterruptedException {
            hold("slow", mark);
        }

        int leave(String file) throws IOException {
            Files.createFile(Path.of(file));
            return 1;
        }
    }

    static int callAndForget(ActorRef<SlowToBegin> actor, String file) {
        var unused = actor.call(SlowToBegin::leave, file);
        return 1;
    }

    @Test
    void aCallThatATaskHasMadeAndNotWaitedForIsFinishedToo() throws Exception {
        start("60s");
        Path left = folder.resolve("left");
        try (Thornback driver = connect()) {
            ActorRef<SlowToBegin> actor =
                    driver.actor(SlowToBegin::new, mark()).cpus(0).create();
            assertEquals(
                    1,
                    driver.task(DrainTest::callAndForget, actor, left.toString())
                            .submit()
                            .get(LIMIT));
            awaitBegun("slow");
            signal(Signals.TERM);
            awaitLog("what was taken on is finished first");
            assertGoesOn();
            go();
            TestNode.eventually(LIMIT, "not stopped", this::isDown);
        }
        assertTrue(Files.exists(left), log());
    }

    private static boolean isRefused(Thornback driver) {
        try {
            driver.task(DrainTest::nothing, 1).submit().get(Duration.ofMillis(300));
            return false;
        } catch (NodeStoppedException e) {
            return true;
        } catch (io.thornback.GetTimeoutException e) {
            return false; // it was taken on before the signal came through
        }
    }

    static int nothing(int number) {
        return number;
    }

    @Test
    void anIdleNodeStopsAtOnce() throws IOException {
        start("1h");
        assertEquals(
                NodeStopper.Outcome.STOPPED,
                TestNode.stop(folder.resolve("dir"), Duration.ofSeconds(10)).outcome());
        assertTrue(log().contains("all that was taken on is finished"), log());
    }

    @Test
    void aSecondSignalEndsTheWait() throws IOException {
        start("1h");
        try (Thornback driver = connect()) {
            ObjectRef<String> ref = driver.task(DrainTest::hold, "a", mark()).submit();
            awaitBegun("a");
            signal(Signals.TERM);
            awaitLog("what was taken on is finished first");
            signal(Signals.TERM);
            TestNode.eventually(LIMIT, "not stopped", this::isDown);
            assertThrows(ThornbackException.class, () -> ref.get(LIMIT));
        }
        assertTrue(log().contains("stopping now, as asked by another signal"), log());
    }

    @Test
    void theLimitIsKeptAndNotCutShort() throws IOException {
        start("1500ms");
        try (Thornback driver = connect()) {
            ObjectRef<String> cut = driver.task(DrainTest::hold, "a", mark()).submit();
            awaitBegun("a");
            long beganNs = System.nanoTime();
            Commanded stop =
                    Commanded.run("stop", "--dir", folder.resolve("dir").toString());
            long tookMs = (System.nanoTime() - beganNs) / 1_000_000;
            assertEquals(0, stop.exit(), stop.err());
            assertTrue(stop.err().contains("tasks that run: 1, that wait: 0"), stop.err());
            assertTrue(tookMs >= 1_500 && tookMs < 10_000, "stopped in " + tookMs + " ms");
            assertTrue(isDown());
            assertThrows(ThornbackException.class, () -> cut.get(LIMIT));
        }
        assertTrue(log().contains("not all that was taken on is finished within 1500 ms"), log());
    }

    @Test
    void theCommandWaitsForTasksHoweverLongTheyTakeOrUntilItsDeadline() throws Exception {
        String dir = folder.resolve("dir").toString();
        assertEquals(3, Commanded.run("drain", "--dir", dir).exit(), "no node");
        start("100ms");
        try (Thornback driver = connect()) {
            ObjectRef<String> ref = driver.task(DrainTest::hold, "a", mark()).submit();
            awaitBegun("a");
            CompletableFuture<Commanded> drain =
                    CompletableFuture.supplyAsync(() -> Commanded.run("drain", "--dir", dir));
            awaitLog("what was taken on is finished first");
            TimeUnit.MILLISECONDS.sleep(1_500); // longer than the node's own limit
            assertFalse(isDown());
            go();
            assertEquals("a", ref.get(LIMIT));
            Commanded ended = drain.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertEquals(0, ended.exit(), ended.err());
            assertTrue(ended.err().contains("tasks that run: 1"), ended.err());
        }
        Files.delete(Path.of(mark() + "-go"));
        Files.delete(Path.of(mark() + "-a-begun"));
        start("100ms");
        try (Thornback driver = connect()) {
            ObjectRef<String> ref = driver.task(DrainTest::hold, "a", mark()).submit();
            awaitBegun("a");
            Commanded cut = Commanded.run("drain", "--deadline", "700ms", "--dir", dir);
            assertEquals(1, cut.exit(), cut.err());
            assertTrue(cut.out().contains("tasks that were not finished were ended"), cut.out());
            assertThrows(ThornbackException.class, () -> ref.get(LIMIT));
        }
    }

    /** Takes a moment, and says in files when it began and when it had ended. */
    static int moment(int number, String mark) throws IOException, InterruptedException {
        Files.createFile(Path.of(mark + "-" + number + "-begun"));
        TimeUnit.MILLISECONDS.sleep(3 + number % 20);
        Files.createFile(Path.of(mark + "-" + number + "-ended"));
        return number;
    }

    @Test
    void aSignalUnderLoadLosesNoTaskThatHasBegunAndNoneThatWasTakenOn() throws Exception {
        start("60s");
        List<ObjectRef<Integer>> refs = new ArrayList<>();
        int values = 0;
        int refused = 0;
        try (Thornback driver = connect()) {
            for (int i = 0; i < 400; i++) {
                refs.add(driver.task(DrainTest::moment, i, mark()).retries(0).submit());
                if (i == 200) {
                    refs.get(100).get(LIMIT);
                    signal(Signals.TERM);
                }
                if (i > 200) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
            }
            for (int i = 0; i < refs.size(); i++) {
                try {
                    assertEquals(i, refs.get(i).get(LIMIT));
                    values++;
                } catch (NodeStoppedException e) {
                    refused++;
                    assertTrue(i > 200, "task " + i + " was taken on: " + e.getMessage());
                }
            }
            TestNode.eventually(LIMIT, "not stopped", this::isDown);
        }
        assertEquals(400, values + refused);
        assertEquals(values, files("-begun"), "what has begun has a value");
        assertEquals(values, files("-ended"));
        assertTrue(refused > 0, "the signal came too late to show anything");
    }

    private long files(String suffix) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(suffix)).count();
        }
    }
}
