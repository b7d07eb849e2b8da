/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OwnerLockTest {

    private Path folder;
    private Path path;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = ShmFolder.make();
        path = folder.resolve("node.lock");
    }

    @AfterEach
    void deleteFolder() throws IOException {
        ShmFolder.delete(folder);
    }

    @Test
    void hasOneOwnerAtATimeAlsoWithinAProcess() {
        assertEquals(Optional.empty(), OwnerLock.holder(path), "there is no file");
        final OwnerLock first = OwnerLock.tryAcquire(path).orElseThrow();
        assertTrue(OwnerLock.tryAcquire(path).isEmpty());
        assertEquals(Optional.of(ProcessIdentity.current().pid()), OwnerLock.holder(path));
        first.close();
        first.close();
        assertEquals(Optional.empty(), OwnerLock.holder(path));
        OwnerLock.tryAcquire(path).orElseThrow().close();
    }

    @Test
    void doesNotFallWhenAnotherDescriptorOnTheFileIsClosed() throws IOException {
        try (OwnerLock lock = OwnerLock.tryAcquire(path).orElseThrow()) {
            assertFalse(Files.readString(path).isEmpty());
            FileChannel.open(path, StandardOpenOption.WRITE).close();
            assertTrue(OwnerLock.tryAcquire(path).isEmpty(), lock.toString());
        }
    }

    @Test
    void aHolderWhoDoesNotSayWhoItIsHasNoPid() throws IOException {
        try (OwnerLock lock = OwnerLock.tryAcquire(path).orElseThrow()) {
            Files.writeString(path, "gibberish");
            assertEquals(Optional.of(0L), OwnerLock.holder(path), lock.toString());
            Files.writeString(path, ProcessIdentity.current().pid() + " 1\n");
            assertEquals(Optional.of(0L), OwnerLock.holder(path), "the pid of a process that is no more");
        }
    }

    @Test
    void fallsWithAHolderThatIsKilled() throws IOException {
        try (Spawner spawner = new Spawner();
                ChildProcess child = spawner.spawn(
                        ChildJvm.request(ChildMains.LockHolder.class, folder.resolve("log"), path.toString()))) {
            assertTrue(ChildMains.firstLine(child).startsWith("READY"));
            assertEquals(Optional.of(child.identity().pid()), OwnerLock.holder(path));
            assertTrue(OwnerLock.tryAcquire(path).isEmpty());
            child.signal(Signals.KILL);
            assertTrue(child.awaitExit(Duration.ofSeconds(60)));
            assertEquals(Optional.empty(), OwnerLock.holder(path));
            OwnerLock.tryAcquire(path).orElseThrow().close();
            child.reap();
        }
    }

    @Test
    void aFileThatCannotBeMadeIsAnError() {
        final PosixException e =
                assertThrows(PosixException.class, () -> OwnerLock.tryAcquire(folder.resolve("no/node.lock")));
        assertEquals(Errno.ENOENT, e.errno());
    }
}
