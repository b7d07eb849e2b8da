/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadInboxesTest {
    private static final int NO_PID = 4_194_304; // Linux gives none above 4194303

    @TempDir
    Path shm;

    private void left(final String name) {
        Inbox.create(shm, name, InboxOptions.DEFAULT).suspend();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(shm.resolve("inbox"))) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void inboxesOfWorkersAndDriversThatAreGoneAreRemovedAndNoOthers() throws IOException {
        left("worker-7");
        left("driver-12-1");
        left("objectstore");
        final Path inboxes = shm.resolve("inbox");
        Files.createFile(inboxes.resolve(".worker-8." + NO_PID + "-1.tmp"));
        final String unfinished = ".worker-9." + ProcessIdentity.current().pid() + "-1.tmp";
        Files.createFile(inboxes.resolve(unfinished));
        try (Inbox living = Inbox.create(shm, "worker-10", InboxOptions.DEFAULT)) {
            assertEquals(2, DeadInboxes.sweep(shm));
            assertEquals(List.of(unfinished, "objectstore.inbox", living.name() + ".inbox"), files());
            assertEquals(0, DeadInboxes.sweep(shm));
        }
    }
}
