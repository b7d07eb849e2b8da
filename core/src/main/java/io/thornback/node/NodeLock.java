/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.OwnerLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One node per folder of sessions: its supervisor holds {@code node.lock} while it lives. */
final class NodeLock {
    private static final long DYING_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);

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
        awaitEndOfDying(dir);
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
        awaitEndOfDying(dir).ifPresent(pid -> {
            throw running(dir, pid);
        });
    }

    /** A process that was killed holds its locks for some milliseconds after its memory, and all that names it, is gone. Who holds the lock then. */
    private static Optional<Long> awaitEndOfDying(Path dir) {
        long deadlineNs = System.nanoTime() + DYING_NS;
        Optional<Long> holder = holder(dir);
        while (holder.isPresent() && isDying(holder.get()) && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(LOOK_NS);
            holder = holder(dir);
        }
        return holder;
    }

    private static boolean isDying(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .isEmpty();
        } catch (IOException e) {
            return true; // it is gone
        }
    }

    private static NodeException running(Path dir, long pid) {
        return new NodeException(
                "a node is already running in " + dir + " (supervisor pid " + pid + ")",
                "stop it with 'thornback stop', or choose another folder with --dir");
    }
}
