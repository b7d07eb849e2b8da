/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
import io.thornback.node.NodeStopper.Outcome;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, with roles that do as the tests want. */
class SupervisorTest {

    private static final RoleSpec FIRST = TestRoles.spec("first", TestRoles.Plain.class);
    private static final RoleSpec SECOND = TestRoles.spec("second", TestRoles.Dependent.class, "first");
    private static final RoleSpec PARENT = TestRoles.spec("parent", TestRoles.Parent.class, "first");
    private static final RoleSpec AGAIN = TestRoles.spec("again", TestRoles.Plain.class);
    private static final RoleSpec STUBBORN = TestRoles.spec("stubborn", TestRoles.Stubborn.class);

    /** The promise is one second; a machine that is busy building gets more. */
    private static final Duration GONE = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private Configuration configuration;

    @BeforeEach
    void configure() {
        configuration = TestNode.configuration(folder);
    }

    @AfterEach
    void leaveNothing() throws IOException {
        TestNode.kill(configuration.node().dir());
        assertEquals(List.of(), entries(folder.resolve("shm")));
    }

    private static List<String> entries(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var entries = Files.list(folder)) {
            return entries.map(path -> path.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertGone(SessionLayout session) {
        TestNode.eventually(GONE, "a process is left of " + session.name(), () -> SessionProcesses.find(session.name())
                .isEmpty());
    }

    private NodeFile startAndKeep(RoleSpec... roles) {
        try (NodeStarter starter = TestNode.start(configuration, roles)) {
            starter.keep();
            return starter.node();
        }
    }

    @Test
    void startsInOrderAndStopsInReverseOrder() throws IOException {
        NodeFile node = startAndKeep(FIRST, SECOND, PARENT);
        assertEquals(
                List.of("first", "second", "parent"), List.copyOf(node.roles().keySet()));
        assertEquals(node, NodeFile.findRunning(configuration.node().dir()).orElseThrow());
        Path session = node.session().session();
        assertEquals("Plain", Files.readAllLines(session.resolve("started")).get(0));
        long child = Long.parseLong(Files.readString(session.resolve("child")));
        assertTrue(ProcessIdentity.of(child).isPresent());

        NodeStopper.Report report = TestNode.stop(configuration.node().dir(), GONE);

        assertEquals(new NodeStopper.Report(Outcome.STOPPED, node.supervisor().pid(), 0), report);
        List<String> stopped = Files.readAllLines(session.resolve("stopped"));
        assertEquals(3, stopped.size());
        assertEquals("Plain", stopped.get(2), "the role that the others need stops last");
        assertGone(node.session());
        assertFalse(Files.exists(node.session().shm()));
        assertFalse(Files.exists(node.session().nodeFile()));
        assertEquals(
                session.getFileName(), Files.readSymbolicLink(node.session().latest()), "for its logs");
        assertFalse(Files.exists(node.session().lastFailure()));
        assertTrue(ProcessIdentity.of(child).filter(ProcessIdentity::isAlive).isEmpty(), "nothing escapes");
    }

    @Test
    void theDeathOfARoleBringsTheNodeDownAndSaysWhy() throws IOException {
        NodeFile node = startAndKeep(FIRST, SECOND, PARENT);
        ProcessControl.signal(node.roles().get("first"), Signals.KILL);
        TestNode.eventually(GONE, "the supervisor lives", () -> !node.isRunning());
        assertGone(node.session());
        assertFalse(Files.exists(node.session().shm()));
        String failure = Files.readString(node.session().lastFailure());
        assertTrue(failure.contains("reason: first ended: signal 9 (SIGKILL)"), failure);
        assertTrue(
                NodeStatus.lastFailure(configuration.node().dir()).orElseThrow().contains("first"));
    }

    @Test
    void aRoleThatTakesOverIsStartedAgainUntilItsBudgetIsUsed() throws IOException {
        NodeFile node = startAndKeep(FIRST, AGAIN, PARENT);
        ProcessIdentity first = node.roles().get("first");
        ProcessIdentity victim = node.roles().get("again");
        for (int i = 1; i <= Restarts.MOST; i++) {
            ProcessControl.signal(victim, Signals.KILL);
            ProcessIdentity before = victim;
            TestNode.eventually(GONE, "not started again", () -> !again().equals(before));
            victim = again();
            assertTrue(victim.isAlive());
            assertTrue(first.isAlive(), "the others run on");
            assertEquals(
                    "a b=c%\n",
                    Files.readString(node.session().session().resolve("former")), "what the one before told");
            Files.delete(node.session().session().resolve("former"));
        }
        ProcessControl.signal(victim, Signals.KILL);
        TestNode.eventually(GONE, "the supervisor lives", () -> !node.isRunning());
        assertGone(node.session());
        String failure = Files.readString(node.session().lastFailure());
        assertTrue(failure.contains("reason: again ended: signal 9 (SIGKILL)"), failure);
        assertTrue(failure.contains("started again 5 times within 60 s"), failure);
    }

    /** Its words and its end come in any order; either way it would fail again. */
    @RepeatedTest(3)
    void aRoleThatSaysThatItCannotGoOnIsNotStartedAgain() throws IOException {
        NodeFile node = startAndKeep(FIRST, TestRoles.spec("again", TestRoles.GivesUp.class));
        Files.createFile(configuration.node().dir().resolve("fail"));
        TestNode.eventually(GONE, "the supervisor lives", () -> !node.isRunning());
        assertGone(node.session());
        String failure = Files.readString(node.session().lastFailure());
        assertTrue(failure.contains("the disk is gone"), failure);
        String log = Files.readString(node.session().log("supervisor"));
        assertFalse(log.contains("started again"), log);
    }

    private ProcessIdentity again() {
        return NodeFile.findRunning(configuration.node().dir())
                .orElseThrow()
                .roles()
                .get("again");
    }

    @Test
    void theDeathOfTheSupervisorIsTheEndOfAllAndTheNextStartSweeps() throws IOException {
        NodeFile node = startAndKeep(FIRST, SECOND);
        ProcessControl.signal(node.supervisor(), Signals.KILL);
        assertGone(node.session());
        assertTrue(Files.exists(node.session().shm()));

        NodeFile next = startAndKeep(FIRST);

        assertFalse(Files.exists(node.session().shm()));
        assertTrue(Files.exists(next.session().shm()));
        assertTrue(Files.readString(next.session().log("supervisor"))
                .contains(node.session().name()));
    }

    @Test
    void aFailedStepUndoesTheStartAndIsNamed() {
        RoleSpec failing = TestRoles.spec("failing", TestRoles.Failing.class, "first");
        NodeException error =
                assertThrows(NodeException.class, () -> TestNode.start(configuration, FIRST, SECOND, failing));
        assertTrue(error.getMessage().startsWith("step failing: cannot start: port 4711 is taken"), error.getMessage());
        assertTrue(error.getMessage().contains("failing.log"), error.getMessage());
        assertNothingRuns();
    }

    @Test
    void aRoleThatEndsDuringTheStartIsNamedWithItsLastWords() {
        RoleSpec exiting = TestRoles.spec("exiting", TestRoles.Exiting.class);
        NodeStarter.StartFailedException error = assertThrows(
                NodeStarter.StartFailedException.class, () -> TestNode.start(configuration, FIRST, exiting));
        assertTrue(error.getMessage().startsWith("step exiting: its process ended (exit code 17)"), error.getMessage());
        assertTrue(error.logTail().contains("the last words"), error.logTail().toString());
        assertNothingRuns();
    }

    @Test
    void aRoleThatIsLateUndoesTheStart() {
        configuration =
                TestNode.sources(folder).code(NodeConfig.START_TIMEOUT, "1s").resolve();
        RoleSpec late = TestRoles.spec("late", TestRoles.Late.class);
        NodeException error = assertThrows(NodeException.class, () -> TestNode.start(configuration, late));
        assertTrue(error.getMessage().startsWith("step late: not ready within 1000 ms"), error.getMessage());
        assertNothingRuns();
    }

    @Test
    void whatWaitsForSomethingOutsideThisNodeIsNotLate() {
        configuration =
                TestNode.sources(folder).code(NodeConfig.START_TIMEOUT, "1s").resolve();
        NodeFile node = startAndKeep(TestRoles.spec("waiting", TestRoles.Waiting.class));
        assertTrue(node.isRunning());
    }

    @Test
    void aNodeThatTheClusterHasDeclaredDeadBeginsAnewUnderAnotherId() throws IOException {
        RoleSpec expelled = TestRoles.spec("expelled", TestRoles.Expelled.class);
        NodeFile first;
        try (NodeStarter starter = TestNode.start(configuration, FIRST, expelled)) {
            starter.keep();
            first = starter.node();
        }
        Path dir = configuration.node().dir();
        Files.createFile(dir.resolve("expel"));
        TestNode.eventually(GONE, "no second session", () -> NodeFile.findRunning(dir)
                .filter(node -> !node.session().equals(first.session()))
                .isPresent());
        NodeFile next = NodeFile.findRunning(dir).orElseThrow();
        assertEquals(first.supervisor(), next.supervisor());
        assertFalse(first.nodeId().equals(next.nodeId()));
        assertEquals(List.of(), SessionProcesses.find(first.session().name()));
        assertFalse(Files.exists(first.session().shm()));
        assertFalse(Files.exists(first.session().token()));
        assertTrue(Files.readString(first.session().lastFailure()).contains("it was silent for too long"));
        assertTrue(Files.readString(next.session().log("supervisor")).contains(next.nodeId()), "logs where it is now");
        assertEquals(Outcome.STOPPED, TestNode.stop(dir, GONE).outcome());
        assertGone(next.session());
    }

    private void assertNothingRuns() {
        Path dir = configuration.node().dir();
        assertEquals(List.of(), entries(configuration.node().shmDir()));
        for (String name : entries(dir)) {
            assertEquals(List.of(), SessionProcesses.find(name));
        }
        assertTrue(NodeFile.findRunning(dir).isEmpty());
        assertTrue(NodeLock.holder(dir).isEmpty());
    }

    @Test
    void aSecondNodeInTheSameFolderIsRefused() {
        NodeFile node = startAndKeep(FIRST);
        NodeException error = assertThrows(NodeException.class, () -> TestNode.start(configuration, FIRST));
        assertTrue(
                error.getMessage()
                        .contains("already running in " + configuration.node().dir() + " (supervisor pid "
                                + node.supervisor().pid()),
                error.getMessage());
        assertTrue(node.isRunning(), "and the first one is not disturbed");
    }

    @Test
    void aNodeThatIsNotKeptEndsWithItsStarter() {
        NodeFile node;
        try (NodeStarter starter = TestNode.start(configuration, FIRST, SECOND)) {
            node = starter.node();
            assertTrue(node.isRunning());
        }
        assertFalse(node.isRunning());
        assertGone(node.session());
    }

    @Test
    void whatDoesNotStopInTimeIsKilled() {
        configuration =
                TestNode.sources(folder).code(NodeConfig.STOP_TIMEOUT, "300ms").resolve();
        NodeFile node = startAndKeep(FIRST, STUBBORN);
        assertEquals(
                Outcome.STOPPED, TestNode.stop(configuration.node().dir(), GONE).outcome());
        assertGone(node.session());
    }

    @Test
    void forceKillsAtOnce() {
        NodeFile node = startAndKeep(FIRST, PARENT);
        NodeStopper.Report report = TestNode.kill(configuration.node().dir());
        assertEquals(Outcome.KILLED, report.outcome());
        assertGone(node.session());
        assertFalse(Files.exists(node.session().shm()));
        assertEquals(
                Outcome.NOTHING_RUNNING,
                TestNode.stop(configuration.node().dir(), GONE).outcome());
    }

    @Test
    void aStoppedSupervisorIsKilledWithAllThatItStarted() {
        NodeFile node = startAndKeep(FIRST);
        ProcessControl.signal(node.supervisor(), Signals.STOP);
        NodeStopper.Report report = TestNode.stop(configuration.node().dir(), Duration.ofMillis(200));
        assertEquals(Outcome.KILLED, report.outcome());
        assertGone(node.session());
    }

    @Test
    void theStatusNamesEveryProcess() {
        NodeFile node = startAndKeep(FIRST, SECOND);
        NodeStatus status = NodeStatus.of(configuration.node().dir()).orElseThrow();
        assertEquals(
                List.of("supervisor", "first", "second"),
                status.processes().stream().map(NodeStatus.ProcessStatus::role).toList());
        assertTrue(status.processes().stream().allMatch(process -> process.pssBytes() > 0));
        assertEquals(List.of(), status.missing());
        assertEquals(node, status.node());
    }
}
