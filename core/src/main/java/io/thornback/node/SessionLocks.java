/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.OwnerLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Says who owns a session's two folders: in each lies a lock that the kernel takes from a process when it ends, however it ends.
 * A folder whose lock nobody holds is dead and may be swept.
 *
 * <p>The lock file gets its name after it is locked, so a sweeper never sees one that is about to be locked; and a folder
 * without a lock file counts as alive while the process in its name lives.
 */
final class SessionLocks implements AutoCloseable {

    private static final String NAME = "session.lock";

    private final OwnerLock disk;
    private final OwnerLock shm;

    private SessionLocks(OwnerLock disk, OwnerLock shm) {
        this.disk = disk;
        this.shm = shm;
    }

    /** Locks both folders, which this process has just made. */
    static SessionLocks acquire(SessionLayout session) throws IOException {
        OwnerLock disk = lock(session.session());
        try {
            return new SessionLocks(disk, lock(session.shm()));
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    private static OwnerLock lock(Path folder) throws IOException {
        Path unnamed = folder.resolve(NAME + ".new");
        OwnerLock lock = OwnerLock.tryAcquire(unnamed)
                .orElseThrow(() -> new IOException("another process has locked " + unnamed));
        Files.move(unnamed, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        return lock;
    }

    /** True if the process that made this folder of a session, on disk or in shared memory, has ended. */
    static boolean isDead(Path folder) {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return !isRunning(creator(folder));
        }
        return OwnerLock.holder(file).isEmpty();
    }

    private static boolean isRunning(Optional<Long> pid) {
        return pid.isPresent() && Files.exists(Path.of("/proc", pid.get().toString()));
    }

    /** The pid in the folder's name. */
    private static Optional<Long> creator(Path folder) {
        String[] parts = folder.getFileName().toString().split("-", -1);
        if (parts.length < 4 || !parts[3].matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        return Optional.of(Long.valueOf(parts[3]));
    }

    @Override
    public void close() {
        shm.close();
        disk.close();
    }
}
