/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalNodeTest {

    private static final RoleSpec FIRST = TestRoles.spec("first", TestRoles.Plain.class);
    private static final RoleSpec SECOND = TestRoles.spec("second", TestRoles.Dependent.class, "first");

    @TempDir
    private Path folder;

    @Test
    void hostsTheSameRolesInOrderAndStopsThemInReverse() throws IOException {
        Configuration configuration = TestNode.configuration(folder);
        LocalNode node = LocalNode.start(configuration, List.of(FIRST, SECOND));
        SessionLayout session = node.session();
        assertTrue(NodeFile.read(session.session()).orElseThrow().isRunning());
        node.close();
        node.close();
        assertEquals(
                List.of("Plain", "Dependent"),
                Files.readAllLines(session.session().resolve("started")));
        assertEquals(
                List.of("Dependent", "Plain"),
                Files.readAllLines(session.session().resolve("stopped")));
        assertFalse(Files.exists(session.shm()));
    }

    @Test
    void severalLiveSideBySide() {
        Configuration configuration = TestNode.configuration(folder);
        try (LocalNode one = LocalNode.start(configuration, List.of(FIRST));
                LocalNode other = LocalNode.start(configuration, List.of(FIRST))) {
            assertTrue(Files.exists(one.session().shm()));
            assertTrue(Files.exists(other.session().shm()));
        }
    }

    @Test
    void aRoleThatFailsUndoesTheStart() throws IOException {
        Configuration configuration = TestNode.configuration(folder);
        RoleSpec failing = TestRoles.spec("failing", TestRoles.Failing.class);
        NodeException error =
                assertThrows(NodeException.class, () -> LocalNode.start(configuration, List.of(FIRST, failing)));
        assertEquals("role failing: cannot start: port 4711 is taken", error.getMessage());
        try (var left = Files.list(configuration.node().shmDir())) {
            assertEquals(List.of(), left.toList());
        }
    }
}
