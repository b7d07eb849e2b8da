/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.node.SessionLayout;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.WorkerServesDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Shows the driver what its workers print. The raylet tells which workers serve the job; a thread of the driver's follows their files: workers and raylet have no more to do for it than without, and a driver that is slow, stopped or dead
 * holds nobody up.
 */
final class WorkerOutput implements MessageHandler, AutoCloseable {
    private static final long INTERVAL_MS = 100;
    private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int LINES_PER_SECOND = 1_000;
    private static final int READS_PER_ROUND = 8;
    /** A file of a worker that is gone and has been silent for so many rounds is not looked at again. */
    private static final int SILENT_ROUNDS = 50;

    private final SessionLayout session;
    private final LineFolder folder;
    private final ConcurrentLinkedQueue<Worker> news = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Followed> followed = new LinkedHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "thornback-worker-output");

    private record Worker(int number, long pid, String name) {
        String prefix() {
            return "(" + name + " pid=" + pid + ")";
        }
    }

    private static final class Followed {
        private final FileTail tail;
        private Worker worker;
        private int silentRounds;

        private Followed(final FileTail tail, final Worker worker) {
            this.tail = tail;
            this.worker = worker;
        }
    }

    /**
     * Begins.
     *
     * @param session of the node; names the files.
     * @param out shows a line; called by this class's thread.
     */
    WorkerOutput(final SessionLayout session, final Consumer<String> out) {
        this.session = session;
        this.folder = new LineFolder(WINDOW_NS, LINES_PER_SECOND, out);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public boolean onMessage(final Message message) {
        if (message.templateId() != WorkerServesDecoder.TEMPLATE_ID) {
            return false;
        }
        final WorkerServesDecoder in = new WorkerServesDecoder()
                .wrapAndApplyHeader(message.buffer(), message.offset(), new MessageHeaderDecoder());
        news.add(new Worker(in.worker(), in.pid(), in.name()));
        return true;
    }

    private void run() {
        try {
            while (!closed.await(INTERVAL_MS, TimeUnit.MILLISECONDS)) {
                round();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        round();
        followed.values().forEach(each -> each.tail.flush(line -> show(each, line)));
        folder.flush();
    }

    private void round() {
        for (Worker worker = news.poll(); worker != null; worker = news.poll()) {
            final Worker told = worker;
            followed.computeIfAbsent(
                            told.number(), number -> new Followed(new FileTail(session.out("worker-" + number)), told))
                    .worker = told;
        }
        followed.values().removeIf(this::isOver);
        folder.tick(System.nanoTime());
    }

    private boolean isOver(final Followed each) {
        int reads = 0;
        while (reads < READS_PER_ROUND && each.tail.poll(line -> show(each, line)) > 0) {
            reads++;
        }
        each.silentRounds = reads > 0 ? 0 : each.silentRounds + 1;
        if (each.silentRounds < SILENT_ROUNDS
                || ProcessHandle.of(each.worker.pid()).isPresent()) {
            return false;
        }
        each.tail.flush(line -> show(each, line));
        return true;
    }

    private void show(final Followed each, final String line) {
        folder.line(each.worker.prefix(), line, System.nanoTime());
    }

    /** Shows what is there by now, and ends. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(1));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
