/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A client of the torture: the store's folder, the harness's folder, then orders. {@code join number seed step} connects and begins to work, to be killed at a
 * step or "-"; {@code pause}, {@code resume}; {@code leave} closes in order. Whatever is wrong ends it with a code that the harness takes for a
 * failure.
 */
final class TortureClientMain {
    private static final int FAILED = 70;

    private final Path folder;
    private final Path work;
    private final List<Thread> threads = new ArrayList<>();
    private ObjectStoreClient client;
    private TortureGate gate;
    private TortureWork worker;
    private TortureReader reader;

    private TortureClientMain(final Path folder, final Path work) {
        this.folder = folder;
        this.work = work;
    }

    public static void main(final String[] arguments) throws IOException {
        TortureChild.dieWithHarness();
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> fail(error));
        final TortureClientMain main = new TortureClientMain(Path.of(arguments[0]), Path.of(arguments[1]));
        TortureChild.reply("up");
        final BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            main.obey(order.split(" "));
        }
        Runtime.getRuntime().halt(0);
    }

    private void obey(final String[] order) {
        switch (order[0]) {
            case "join" -> join(Integer.parseInt(order[1]), Long.parseLong(order[2]), order[3]);
            case "pause" -> pause();
            case "resume" -> gate.open();
            case "leave" -> leave();
            default -> throw new IllegalArgumentException(order[0]);
        }
    }

    private void join(final int number, final long seed, final String step) {
        if (!step.equals("-")) {
            System.setProperty("thornback.step", step); // before anything has come to a step
        }
        client = ObjectStoreClient.connect(ClientOptions.of(folder, "torture-" + number, TortureObjects.JOB)
                .withTimeouts(Duration.ofSeconds(TortureChild.BOUND_SECONDS), Duration.ofSeconds(1)));
        final TortureBoard board = new TortureBoard(work.resolve("board"));
        gate = new TortureGate(2);
        worker = new TortureWork(client, board, new TortureLog(work.resolve("log-" + number)), number, seed);
        reader = new TortureReader(client, board, number, new Random(seed + 1));
        start("works", () -> gate.repeat(worker::step));
        start("reads", () -> gate.repeat(reader::step));
        TortureChild.reply("joined " + client.clientId());
    }

    /** Then nothing moves: what is held stays held, and all that was said to the store is applied. */
    private void pause() {
        gate.close();
        worker.flush();
        TortureChild.reply("paused " + reader.held());
    }

    private void leave() {
        gate.end();
        for (final Thread thread : threads) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        worker.close();
        reader.close();
        client.close();
        TortureChild.reply("left");
        Runtime.getRuntime().halt(0);
    }

    private void start(final String name, final Runnable action) {
        final Thread thread = new Thread(action, name);
        threads.add(thread);
        thread.start();
    }

    private static void fail(final Throwable error) {
        error.printStackTrace();
        Runtime.getRuntime().halt(FAILED);
    }
}
