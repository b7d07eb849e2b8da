/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.OwnerLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** One node per folder of sessions: its supervisor holds {@code node.lock} while it lives. */
final class NodeLock {

    private NodeLock() {}

    private static Path file(Path dir) {
        return dir.resolve("node.lock");
    }

    /**
     * Takes the lock.
     *
     * @throws NodeException if a node runs there
     */
    static OwnerLock acquire(Path dir) {
        return OwnerLock.tryAcquire(file(dir))
                .orElseThrow(() -> running(dir, holder(dir).orElse(0L)));
    }

    /** Pid of the supervisor that runs a node there, 0 if it cannot be told; empty if none does. */
    static Optional<Long> holder(Path dir) {
        return Files.exists(file(dir)) ? OwnerLock.holder(file(dir)) : Optional.empty();
    }

    /**
     * Checks that no node runs there, without taking the lock.
     *
     * @throws NodeException if one does
     */
    static void requireFree(Path dir) {
        holder(dir).ifPresent(pid -> {
            throw running(dir, pid);
        });
    }

    private static NodeException running(Path dir, long pid) {
        return new NodeException(
                "a node is already running in " + dir + " (supervisor pid " + pid + ")",
                "stop it with 'thornback stop', or choose another folder with --dir");
    }
}
