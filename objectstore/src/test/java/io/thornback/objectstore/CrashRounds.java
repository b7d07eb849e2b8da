/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessControl;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Kills processes of a store at named steps and at random, starts the store again, and looks afterwards at every object, cell, lease and pin. A client of this JVM
 * lives through all of it. Everything that is waited for has a limit, after which the test has failed.
 */
final class CrashRounds implements AutoCloseable {
    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final int OPERATIONS = 1500;
    private static final long ENOUGH_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int KILLED = 128 + Signals.KILL;

    final Map<Step, Integer> killedAt = new EnumMap<>(Step.class);
    int clientKills;
    int storeKills;
    int rounds;

    private final Random random;
    private final Path folder;
    private final List<CrashProcess> children = new ArrayList<>();
    private CrashProcess store;
    private ObjectStoreClient witness;
    private int lastClient;
    private String leaked = "";

    CrashRounds(final long seed) {
        random = new Random(seed);
        folder = StoreFixture.folder();
        store = startStore(null, 0);
        store.awaitReady();
        witness =
                ObjectStoreClient.connect(ClientOptions.of(folder, "witness", 9).withTimeouts(PATIENT, PATIENT));
        witness.put(id(0), new byte[1000]);
        witness.flush(PATIENT);
    }

    // ---- rounds

    /** Some clients that end at a step, and one that is let alone. */
    void killClientsAt(final Step step, final int count, final int clients) {
        final List<CrashProcess> begun = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            begun.add(startClient(step, count));
        }
        begun.add(startClient(null, 0));
        if (step.name().startsWith("LINK")) {
            for (int i = 0; i < count; i++) {
                begun.forEach(CrashProcess::awaitReady);
                killStore();
                store = startStore(null, 0);
                store.awaitReady();
                witness.flush(PATIENT); // which has come back, and so have the others, in all likelihood
            }
        }
        begun.forEach(this::finish);
        verify(begun);
    }

    /** Some clients that end at any moment. */
    void killClientsAtRandom(final int clients) {
        final List<CrashProcess> begun = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            begun.add(startClient(null, 0));
        }
        for (final CrashProcess client : begun) {
            client.awaitReady();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(40)));
            client.kill();
        }
        begun.forEach(this::finish);
        verify(begun);
    }

    /** The store ends at a step while clients are busy; those of its beginning are for the store that follows one. */
    void killStoreAt(final Step step, final int count) {
        final boolean atStart =
                step.name().startsWith("RECOVERY") || step.name().startsWith("RESUME");
        final List<CrashProcess> begun = new ArrayList<>();
        if (atStart) {
            begun.add(startClient(null, 0));
            begun.add(startClient(null, 0));
            begun.get(1).awaitReady();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(30)));
        }
        killStore();
        if (atStart && random.nextBoolean()) {
            begun.get(0).kill(); // so that there is somebody to be forgotten
        }
        store = startStore(step, count);
        if (!atStart) {
            store.awaitReady();
        }
        begun.add(startClient(null, 0));
        begun.add(startClient(null, 0));
        // Without a store the clients are never ready, so nobody waits for that here.
        final long beganNs = System.nanoTime();
        while (store.isAlive()
                && System.nanoTime() - beganNs < ENOUGH_NS
                && begun.stream().anyMatch(CrashProcess::isAlive)) {
            readAsWitness();
            LockSupport.parkNanos(1_000_000);
            if (!atStart && begun.get(0).output().contains("ready")) {
                begun.get(0).kill(); // for the steps of its removal
            }
        }
        if (store.isAlive()) {
            store.kill();
        } else if (store.exitValue() == KILLED) {
            killedAt.merge(step, 1, Integer::sum);
        }
        restartAfterDeath();
        begun.forEach(this::finish);
        verify(begun);
    }

    /** The store is killed while clients are busy, several times. */
    void killStoreAtRandom(final int kills) {
        final List<CrashProcess> begun = new ArrayList<>();
        begun.add(startClient(null, 0));
        begun.add(startClient(null, 0));
        begun.add(startClient(null, 0));
        for (int i = 0; i < kills; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(60)));
            readAsWitness();
            killStore();
            readAsWitness();
            if (i == 0) {
                begun.get(0).kill();
            }
            store = startStore(null, 0);
            store.awaitReady();
        }
        begun.forEach(this::finish);
        verify(begun);
    }

    /** A client stands still for a while, wherever it is; the others do not notice. Then it is killed. */
    void stopAClient(final Step step, final long stoppedMs) {
        final CrashProcess stopped =
                step == null ? startClient(null, 0) : startClient(step, 3, "-Dthornback.step.signal=STOP");
        stopped.awaitReady();
        if (step == null) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            ProcessControl.signal(stopped.identity(), Signals.STOP);
        }
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(stoppedMs);
        final List<CrashProcess> begun = new ArrayList<>();
        while (System.nanoTime() - deadlineNs < 0) {
            final CrashProcess other = startClient(null, 0);
            begun.add(other);
            finish(other);
            readAsWitness();
            killStore();
            store = startStore(null, 0);
            store.awaitReady();
            witness.flush(PATIENT);
        }
        stopped.kill();
        begun.add(stopped);
        finish(stopped);
        verify(begun);
    }

    // ---- what must be true

    private void verify(final List<CrashProcess> ended) {
        rounds++;
        readAsWitness();
        witness.flush(PATIENT);
        await("all dead clients are gone", () -> counters().clients() == 1);
        for (final CrashProcess client : ended) {
            verifyObjects(client.number);
        }
        for (int i = 0; i < 4; i++) {
            witness.delete(StoreFixture.id(8, i, 0));
        }
        witness.flush(PATIENT);
        await("all deleted objects are free", () -> counters().doomed() == 0);
        await("only the witness's object is left", () -> counters().objects() == 1);
        await("no cell is leaked", this::isEveryCellAccountedFor);
        check(counters().badMessages() == 0, "messages were refused: " + counters());
        check(counters().lostTotal() == 0, "objects are lost: " + counters());
        children.removeAll(ended);
    }

    /** What was put and not deleted is there and whole; what was deleted is not; the rest is whole, if it is there. Then all is deleted. */
    private void verifyObjects(final int client) {
        final CrashJournal journal = new CrashJournal(folder, client);
        for (int object = 0; object < CrashJournal.OBJECTS; object++) {
            final byte state = journal.state(object);
            if (state != CrashJournal.NONE) {
                try (ObjectBuffer buffer = witness.get(CrashJournal.id(client, object))) {
                    final String which = "object " + object + " of client " + client + " in state " + state;
                    check(buffer != null || state != CrashJournal.PUT_DONE, "lost: " + which);
                    check(buffer == null || state != CrashJournal.DELETE_DONE, "came back: " + which);
                    check(buffer == null || CrashJournal.isWhole(buffer, client, object), "torn: " + which);
                }
                witness.delete(CrashJournal.id(client, object));
            }
        }
        try {
            Files.delete(folder.resolve("journal-" + client));
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    /** FREE, or leased or made by the witness, whose pins are none. */
    private boolean isEveryCellAccountedFor() {
        final long[] used = new long[2];
        final List<MemoryObject> strange = new ArrayList<>();
        try (StoreObserver observer = new StoreObserver(folder)) {
            observer.forEachCell(cell -> {
                if (cell.clientId() != witness.clientId()) {
                    strange.add(cell);
                }
                used[cell.id() == null ? 1 : 0] += cell.memoryBytes();
            });
            check(observer.pinsOf(witness.clientId()) == 0, "pins of the witness");
        }
        leaked = strange.toString();
        return strange.isEmpty()
                && used[0] == counters().usedBytes()
                && used[1] == counters().leasedBytes();
    }

    /** There is always something to read, store or no store. */
    private void readAsWitness() {
        try (ObjectBuffer buffer = witness.get(id(0))) {
            check(buffer != null && buffer.length() == 1000, "the witness cannot read");
        }
    }

    private StoreCounters counters() {
        return witness.counters();
    }

    // ---- processes

    private CrashProcess startStore(final Step step, final int count) {
        return new CrashProcess(0, CrashStore.class, properties(step, count), folder.toString());
    }

    private CrashProcess startClient(final Step step, final int count, final String... properties) {
        final int number = ++lastClient;
        final List<String> all = new ArrayList<>(properties(step, count));
        all.addAll(Arrays.asList(properties));
        final CrashProcess client = new CrashProcess(
                number, CrashClient.class, all, folder.toString(), String.valueOf(number), String.valueOf(OPERATIONS));
        client.step = step;
        children.add(client);
        return client;
    }

    private static List<String> properties(final Step step, final int count) {
        return step == null ? List.of() : List.of("-Dthornback.step=" + step + ":" + count);
    }

    private void killStore() {
        store.kill();
        storeKills++;
        store.expectExit(KILLED);
    }

    private void restartAfterDeath() {
        storeKills++;
        store.expectExit(KILLED);
        readAsWitness();
        store = startStore(null, 0);
        store.awaitReady();
    }

    /** It ends by itself or was killed; nothing else. */
    private void finish(final CrashProcess client) {
        final int exit = client.await(PATIENT);
        check(exit == 0 || exit == KILLED, "client " + client.number + " ended with " + exit + "\n" + client.output());
        if (exit == KILLED) {
            clientKills++;
            if (client.step != null) {
                killedAt.merge(client.step, 1, Integer::sum);
            }
        }
    }

    private void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + PATIENT.toNanos();
        while (!condition.getAsBoolean()) {
            check(
                    System.nanoTime() - deadlineNs < 0,
                    "did not happen: " + what + "; " + counters() + " leaked=" + leaked);
            check(store.isAlive(), "the store ended with " + store.output());
            LockSupport.parkNanos(2_000_000);
        }
    }

    private static void check(final boolean condition, final String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    private static ObjectId id(final int i) {
        return StoreFixture.id(9, i, 0);
    }

    @Override
    public void close() {
        children.forEach(CrashProcess::kill);
        if (witness != null) {
            witness.close();
        }
        store.kill();
        StoreFixture.deleteFolder(folder);
    }
}
