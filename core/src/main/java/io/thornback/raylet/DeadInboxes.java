/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.transport.ipc.Inbox;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Removes the inboxes of workers and drivers that are dead and that nobody has known: those killed after they had made their inbox and before the store, which removes its clients' inboxes, or the raylet had heard of
 * them. Roles' inboxes are none of its business: their successors read them out.
 *
 * <p>One thread, which looks every few seconds and waits for nothing but the file system.
 */
final class DeadInboxes implements AutoCloseable {
    private static final long INTERVAL_MS = 5_000;

    private static final Pattern NAME = Pattern.compile("worker-\\d+|driver-\\d+-\\d+");

    private final Chore chore;

    /** Begins with {@link #start}. */
    DeadInboxes(final Path shmDir) {
        chore = new Chore("dead-inboxes", INTERVAL_MS, () -> sweep(shmDir));
    }

    void start() {
        chore.start();
    }

    /** Looks once. Returns how many were removed. */
    static int sweep(final Path shmDir) {
        return Inbox.removeDead(shmDir, name -> NAME.matcher(name).matches());
    }

    @Override
    public void close() {
        chore.close();
    }
}
