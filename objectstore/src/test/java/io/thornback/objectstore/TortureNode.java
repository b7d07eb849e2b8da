/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The processes of a torture: a store, clients that work, and JVMs that are up and wait to be clients. One thread. */
final class TortureNode implements AutoCloseable {
    /** No step: it works until it is killed. */
    static final String NO_STEP = "-";

    private static final AtomicInteger NEXT = new AtomicInteger();

    final Path shm;
    final Path work;
    final TortureBoard board;
    final List<Client> clients = new ArrayList<>();
    /** Kills by step, or by what else was going on. */
    final Map<String, Integer> kills = new TreeMap<>();

    int clientKills;
    int storeKills;

    private final long arenaBytes;
    private final String spill;
    private final Deque<TortureChild> spares = new ArrayDeque<>();
    private TortureChild store;
    private String storeStep = NO_STEP;
    private int stores;
    private int jvms;
    private int lastNumber;

    /** A client that works. */
    static final class Client {
        final TortureChild child;
        final int number;
        final String step;
        /** 0 until it has joined. */
        int clientId;

        int pins;

        Client(final TortureChild child, final int number, final String step) {
            this.child = child;
            this.number = number;
            this.step = step;
        }

        @Override
        public String toString() {
            return "client " + clientId + " (" + child + ", step " + step + ")";
        }
    }

    TortureNode(final long arenaBytes, final boolean spills) {
        this.arenaBytes = arenaBytes;
        try {
            shm = Files.createDirectory(Path.of(
                    "/dev/shm", "thornback-torture-" + ProcessIdentity.current().pid() + "-" + NEXT.incrementAndGet()));
            work = Files.createDirectory(shm.resolve("torture"));
            spill = spills
                    ? Files.createTempDirectory("thornback-torture-spill-").toString()
                    : "-";
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        board = new TortureBoard(work.resolve("board"));
    }

    // ---- the store

    /** Whether it is to be killed at a step that it has not come to. */
    boolean hasStep() {
        return !storeStep.equals(NO_STEP);
    }

    TortureChild store() {
        return store;
    }

    /** Starts it; again if it comes to its step before it is ready. Returns when clients can connect. */
    void startStore(final String step) {
        storeStep = step;
        spawnStore();
        final String answer = store.answer();
        if (answer == null) {
            storeEnded();
            startStore(NO_STEP);
        } else if (!answer.equals("ready")) {
            throw new AssertionError("the store is not ready: '" + answer + "'");
        }
    }

    /** Starts it, and kills it at a random moment of its start. */
    void startStoreAndKillIt(final long delayMs) {
        storeStep = NO_STEP;
        spawnStore();
        pause(delayMs);
        killStore("while starting");
    }

    void killStore(final String why) {
        board.disturbed(true);
        store.kill();
        storeStep = storeStep.equals(NO_STEP) ? why : storeStep;
        storeEnded();
    }

    /** It is dead: by SIGKILL, or something is wrong. */
    void storeEnded() {
        board.disturbed(true);
        if (!store.wasKilled()) {
            throw new AssertionError(store + " ended by itself");
        }
        storeKills++;
        kills.merge("store " + storeStep, 1, Integer::sum);
        store = null;
    }

    private void spawnStore() {
        store = new TortureChild(
                "store-" + ++stores,
                work,
                TortureStoreMain.class,
                storeStep.equals(NO_STEP) ? List.of() : List.of("-Dthornback.step=" + storeStep),
                List.of(shm.toString(), Long.toString(arenaBytes), spill));
    }

    // ---- the clients

    /** JVMs that start while others work. */
    void prepare(final int count) {
        while (spares.size() < count) {
            spares.add(new TortureChild(
                    "jvm-" + ++jvms,
                    work,
                    TortureClientMain.class,
                    List.of(),
                    List.of(shm.toString(), work.toString())));
        }
    }

    /** Lets a JVM become a client; {@link #joined} must follow. */
    Client join(final long seed, final String step) {
        prepare(1);
        final TortureChild child = spares.poll();
        child.expect("up");
        final Client client = new Client(child, ++lastNumber, step);
        clients.add(client);
        child.say("join " + client.number + " " + seed + " " + step);
        return client;
    }

    /** Waits until the store has admitted it. False if it came to its step before, and is dead. */
    boolean joined(final Client client) {
        if (client.clientId == 0) {
            final String answer = client.child.answer();
            if (answer == null) {
                ended(client, "connecting");
                return false;
            }
            if (!answer.startsWith("joined ")) {
                throw new AssertionError(client + " does not join: '" + answer + "'");
            }
            client.clientId = Integer.parseInt(answer.substring("joined ".length()));
        }
        return true;
    }

    void kill(final Client client, final String why) {
        client.child.kill();
        ended(client, why);
    }

    /** It is dead: by SIGKILL, or something is wrong. */
    void ended(final Client client, final String why) {
        if (!client.child.wasKilled()) {
            throw new AssertionError(client + " ended by itself");
        }
        clients.remove(client);
        clientKills++;
        kills.merge("client " + (client.step.equals(NO_STEP) ? why : client.step), 1, Integer::sum);
    }

    /** In order, after all that it holds is checked once more; or killed at a step of that. */
    void leave(final Client client) {
        client.child.say("leave");
        final String answer = client.child.answer();
        if (answer == null) {
            ended(client, "leaving");
        } else if (!answer.equals("left") || client.child.awaitEnd() != 0) {
            throw new AssertionError(client + " did not leave in order: '" + answer + "'");
        }
        clients.remove(client);
    }

    Path log(final int number) {
        return work.resolve("log-" + number);
    }

    int lastNumber() {
        return lastNumber;
    }

    boolean isAlive(final int number) {
        return clients.stream().anyMatch(client -> client.number == number);
    }

    /** Ends all processes, by pid. */
    void end() {
        clients.forEach(client -> client.child.close());
        spares.forEach(TortureChild::close);
        if (store != null) {
            store.close();
        }
        clients.clear();
        spares.clear();
        store = null;
    }

    /** Ends all processes and deletes all files. */
    @Override
    public void close() {
        end();
        StoreFixture.deleteFolder(shm);
        if (!spill.equals("-")) {
            StoreFixture.deleteFolder(Path.of(spill));
        }
    }

    static void pause(final long ms) {
        try {
            Thread.sleep(ms);
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
