/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.posix.ProcessIdentity;
import io.thornback.worker.Worker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers as threads of this JVM, for a node in one JVM. They speak through the same inboxes and the same shared memory; what they cannot do is
 * die alone: {@link #kill} interrupts user code and hopes.
 */
final class ThreadWorkerLauncher implements WorkerLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadWorkerLauncher.class);
    private static final int CLOSE_TIMEOUT_SECONDS = 5;

    private final Path shmDir;
    private final Map<Integer, Worker> workers = new ConcurrentHashMap<>();
    private final Map<Integer, Listener> listeners = new ConcurrentHashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        final Thread made = new Thread(task, "worker-launcher");
        made.setDaemon(true);
        return made;
    });

    ThreadWorkerLauncher(final Path shmDir) {
        this.shmDir = shmDir;
    }

    @Override
    public void launch(
            final int number, final long processBytes, final RuntimeEnvironment environment, final Listener listener) {
        thread.execute(() -> {
            try {
                final Worker worker = new Worker(shmDir, number, RayletRole.INBOX);
                workers.put(number, worker);
                listeners.put(number, listener);
                worker.onStop(() -> kill(number));
            } catch (final RuntimeException e) {
                LOG.error("cannot start worker {}", number, e);
                listener.exited("could not be started: " + e.getMessage(), false, List.of());
                return;
            }
            listener.started(ProcessIdentity.current());
        });
    }

    @Override
    public void kill(final int number) {
        if (!thread.isShutdown()) {
            thread.execute(() -> end(number));
        }
    }

    private void end(final int number) {
        final Worker worker = workers.remove(number);
        if (worker != null) {
            worker.close();
            listeners.remove(number).exited("was stopped", false, List.of());
        }
    }

    @Override
    public boolean hasProcesses() {
        return false;
    }

    @Override
    public String logOf(final int number) {
        return "the log of this program";
    }

    @Override
    public void close() {
        thread.execute(() -> workers.keySet().forEach(this::end));
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a worker still runs user code {} s after it was interrupted", CLOSE_TIMEOUT_SECONDS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
