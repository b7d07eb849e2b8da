/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.config.NodeConfig;
import io.thornback.posix.ProcessIdentity;
import io.thornback.resources.MemoryPlan;
import io.thornback.resources.Sourced;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionsTest {
    private static final NodePlan PLAN = new NodePlan(
            NodeKind.JOINED,
            "ab".repeat(28),
            new MemoryPlan(new Sourced<>(8L, "test"), new Sourced<>(4L, "test"), new Sourced<>(2, "test"), 1, 1, 1, 1));

    @TempDir
    private Path folder;

    private NodeConfig config;

    @BeforeEach
    void makeFolders() {
        config = TestNode.configuration(folder).node();
        Sessions.requireFolder(config.dir(), "--dir");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void everythingIsTheUsersAlone() throws IOException {
        SessionLayout session = Sessions.create(config);
        for (Path path : List.of(
                session.dir(),
                session.session(),
                session.logs(),
                session.shm(),
                session.inboxes(),
                session.lanes(),
                session.store())) {
            assertEquals("rwx------", mode(path), path.toString());
        }
        assertFalse(Files.exists(session.token()), "whoever knows it writes it");
    }

    @Test
    void sessionsOfOneSecondHaveDifferentNames() throws IOException {
        SessionLayout first = Sessions.create(config);
        SessionLayout second = Sessions.create(config);
        assertFalse(first.name().equals(second.name()));
        assertTrue(first.name().matches("session-[0-9]{8}-[0-9]{6}-[0-9]+(-[0-9]+)?"), first.name());
    }

    @Test
    void theHugePagesOfADeadSessionAreSweptToo() throws IOException {
        SessionLayout session = Sessions.create(config);
        Path hugePages = Files.writeString(folder.resolve("thornback-1234.arena"), "in another file system");
        Path other = Files.writeString(folder.resolve("other"), "nobody's business");
        Path store = session.store();
        Files.createSymbolicLink(store.resolve("arena.dat"), hugePages);
        Files.createSymbolicLink(store.resolve("link"), other);
        try (SessionLocks locks = SessionLocks.acquire(session)) {
            assertEquals(List.of(), Sessions.sweep(config));
            assertTrue(Files.exists(hugePages), locks::toString);
        }
        assertEquals(List.of(session.name()), Sessions.sweep(config));
        assertFalse(Files.exists(hugePages));
        assertTrue(Files.exists(other), "no other link is followed");
    }

    @Test
    void aSessionWhoseLockIsHeldIsNotSwept() throws IOException {
        SessionLayout session = Sessions.create(config);
        try (SessionLocks locks = SessionLocks.acquire(session)) {
            assertEquals(List.of(), Sessions.sweep(config));
            assertTrue(Files.isDirectory(session.shm()), locks::toString);
        }
        assertEquals(List.of(session.name()), Sessions.sweep(config));
        assertFalse(Files.exists(session.shm()));
        assertTrue(Files.isDirectory(session.session()), "the logs are kept");
        assertFalse(Files.exists(session.token()), "nobody needs it");
    }

    @Test
    void aSessionThatIsBeingMadeByALivingProcessIsNotSwept() throws IOException {
        SessionLayout session = Sessions.create(config);
        assertEquals(List.of(), Sessions.sweep(config));
        assertTrue(Files.isDirectory(session.shm()));
    }

    @Test
    void aSessionThatADeadProcessBeganToMakeIsSwept() throws IOException {
        Files.createDirectories(config.shmDir());
        Path shm = config.shmDir().resolve("session-20260101-000000-999999999");
        Files.createDirectory(shm);
        Files.writeString(shm.resolve("file"), "x");
        assertEquals(List.of("session-20260101-000000-999999999"), Sessions.sweep(config));
        assertFalse(Files.exists(shm));
    }

    @Test
    void theLatestFoldersOfDeadSessionsAreKept() throws IOException {
        for (int number = 1; number <= 8; number++) {
            Files.createDirectory(config.dir().resolve("session-2026010" + number + "-000000-999999999"));
        }
        Files.createDirectory(config.dir().resolve("other"));
        Sessions.sweep(config);
        try (var entries = Files.list(config.dir())) {
            assertEquals(
                    List.of(
                            "other",
                            "session-20260104-000000-999999999",
                            "session-20260105-000000-999999999",
                            "session-20260106-000000-999999999",
                            "session-20260107-000000-999999999",
                            "session-20260108-000000-999999999"),
                    entries.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void sweepingFollowsNoLinks() throws IOException {
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("file"), "x");
        Path shm = Files.createDirectories(config.shmDir().resolve("session-20260101-000000-999999999"));
        Files.createSymbolicLink(shm.resolve("link"), precious);
        Files.createSymbolicLink(config.shmDir().resolve("session-20260101-000000-999999998"), precious);
        Sessions.sweep(config);
        assertTrue(Files.exists(precious.resolve("file")));
    }

    @Test
    void aFileInPlaceOfTheFolderIsNamedWithTheRemedy() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertEquals(
                file + " is not a folder; choose another with --dir",
                assertThrows(NodeException.class, () -> Sessions.requireFolder(file, "--dir"))
                        .getMessage());
    }

    @Test
    void aNodeFileIsReadAsItWasWritten() throws IOException {
        SessionLayout session = Sessions.create(config);
        ProcessIdentity self = ProcessIdentity.current();
        NodeFile file = NodeFile.of(session, PLAN, Map.of("host", "127.0.0.1", "port", "4711"), Map.of("gcs", self));
        file.write();
        assertEquals(NodeKind.JOINED, file.kind());
        assertEquals("127.0.0.1:4711", file.gcsAddress());
        Sessions.linkLatest(session);
        assertEquals(Optional.of(file), NodeFile.findRunning(config.dir()));
        assertEquals("rw-------", mode(session.nodeFile()));
    }

    @Test
    void aNodeFileOfADeadSupervisorIsNoRunningNode() throws IOException {
        SessionLayout session = Sessions.create(config);
        ProcessIdentity dead = new ProcessIdentity(ProcessIdentity.current().pid(), 1);
        new NodeFile(session, NodeKind.HEAD, dead, "", 0, "ab", 1, 1, Map.of()).write();
        Sessions.linkLatest(session);
        assertEquals(Optional.empty(), NodeFile.findRunning(config.dir()));
        assertFalse(NodeFile.read(session.session()).orElseThrow().isRunning());
    }

    @Test
    void aDamagedNodeFileIsAnError() throws IOException {
        SessionLayout session = Sessions.create(config);
        Files.writeString(session.nodeFile(), "supervisor.pid=abc\n");
        assertThrows(NodeException.class, () -> NodeFile.read(session.session()));
    }
}
