/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Rounds of work under kills, each followed by a look at everything. In a round, clients work for some tens of milliseconds; some of them, the store, or all are killed
 * or stopped; what lives is paused; then nothing may be lost, torn, leaked, hung or come back.
 *
 * <p>The seed decides what is done and to whom, not how the processes' steps interleave. A round that fails keeps its folder.
 */
final class Torture implements AutoCloseable {
    /** Most come to their step in some milliseconds of work; who has not after this does not come there. */
    private static final long STEP_PATIENCE_MS = 2_000;

    private static final long PROGRESS_BOUND_MS = TortureChild.BOUND_SECONDS * 1000;

    final TortureNode node;
    final TortureVerifier verifier;
    private final Random random;
    private final long seed;
    private final long arenaBytes;
    private final int clients;
    private int round;

    Torture(final long seed, final int clients, final long arenaBytes, final boolean spills) {
        this.seed = seed;
        this.random = new Random(seed);
        this.clients = clients;
        this.arenaBytes = arenaBytes;
        System.out.println("torture: -Dseed=" + seed + " clients=" + clients + " arenaBytes=" + arenaBytes);
        node = new TortureNode(arenaBytes, spills);
        verifier = new TortureVerifier(node);
        guarded(() -> {
            node.startStore(TortureNode.NO_STEP);
            node.prepare(clients);
        });
    }

    /** The one that is asked for, or any. */
    static long seed() {
        final String seed = System.getProperty("seed", "");
        return seed.isEmpty() ? new Random().nextLong() : Long.parseLong(seed);
    }

    /** What is done to the living in a round. */
    interface Blow {
        void strike();
    }

    /** One round: everybody works, the blow falls, everybody is looked at. */
    void round(final Blow blow) {
        guarded(() -> {
            round++;
            fill();
            if (round == 1) {
                awaitProgress(TortureBoard.READS, null); // there is something to read, also when the store is gone
            }
            pause(5 + random.nextInt(60));
            blow.strike();
            settle();
        });
    }

    // ---- blows

    /** Kills some clients, one after the other. */
    void killClients() {
        final int victims = 1 + random.nextInt(clients);
        node.prepare(victims);
        for (int i = 0; i < victims; i++) {
            node.kill(node.clients.get(random.nextInt(node.clients.size())), "at random");
            pause(random.nextInt(10));
        }
    }

    /**
     * Lets a client work until it comes to a step for the nth time; if it does not, the store is killed under it, or it leaves. Returns whether it came
     * there.
     */
    boolean killClientAt(final Step step, final int count) {
        final int before = node.clientKills;
        final TortureNode.Client client = node.join(random.nextLong(), step + ":" + count);
        if (node.joined(client)) {
            if (step.name().startsWith("LINK_")) {
                pause(random.nextInt(20));
                node.killStore("under a client");
                node.startStore(TortureNode.NO_STEP);
            }
            if (comesToItsStep(client.child)) {
                node.ended(client, step.name());
            } else {
                node.leave(client);
            }
        }
        return node.clientKills > before;
    }

    /** Kills the store, some clients before and after, and starts it again, perhaps more than once. Everybody reads on meanwhile. */
    void killStore() {
        killSome();
        node.killStore("at random");
        killSome();
        if (random.nextBoolean()) {
            awaitProgress(TortureBoard.READS_WHILE_DOWN, null);
        } else {
            pause(random.nextInt(50));
        }
        while (random.nextInt(4) == 0) {
            node.startStoreAndKillIt(random.nextInt(600));
        }
        node.startStore(TortureNode.NO_STEP);
        pause(random.nextInt(30));
    }

    /** Kills the store and every client, in any order; the next store finds only what the dead have left. */
    void killEverybody() {
        boolean storeLives = true;
        while (storeLives || !node.clients.isEmpty()) {
            if (storeLives && random.nextInt(node.clients.size() + 1) == 0) {
                node.killStore("with all clients");
                storeLives = false;
            } else if (!node.clients.isEmpty()) {
                node.kill(node.clients.get(random.nextInt(node.clients.size())), "with the store");
            }
            pause(random.nextInt(5));
        }
        while (random.nextInt(3) == 0) {
            node.startStoreAndKillIt(random.nextInt(600));
        }
        node.startStore(TortureNode.NO_STEP);
    }

    /** Kills the store at a step, in its start or later, when it comes there for the nth time. Returns whether it did. */
    boolean killStoreAt(final Step step, final int count) {
        node.killStore("before " + step);
        pause(random.nextInt(20)); // the lanes fill
        node.startStore(step + ":" + count);
        if (node.hasStep()) {
            // Somebody dies and somebody comes, which it may have steps for; the others work.
            node.kill(node.clients.get(random.nextInt(node.clients.size())), "at random");
            final TortureNode.Client late = node.join(random.nextLong(), TortureNode.NO_STEP);
            final boolean came = comesToItsStep(node.store());
            if (came) {
                node.storeEnded();
            } else {
                node.killStore("did not come to " + step);
            }
            node.startStore(TortureNode.NO_STEP);
            node.joined(late);
            return came;
        }
        return true;
    }

    /** A stopped client blocks nobody; killed then, or not, nothing is left of that. */
    void stopClient(final long ms) {
        final TortureNode.Client stopped = node.clients.get(random.nextInt(node.clients.size()));
        stopped.child.stop();
        whileStopped(stopped, ms);
        release(stopped);
    }

    /**
     * Lets a client work until it comes to a step for the nth time and stands still there, as between a claim in a lane and its commit; others do not notice, and neither
     * does a store that comes after another. Returns whether it came there.
     */
    boolean stopClientAt(final Step step, final int count, final long ms) {
        final TortureNode.Client client = node.join(random.nextLong(), step + ":" + count + ":STOP");
        node.joined(client);
        final long patientMs = System.currentTimeMillis() + STEP_PATIENCE_MS;
        while (!client.child.isStopped() && System.currentTimeMillis() < patientMs) {
            pause(1);
        }
        final boolean came = client.child.isStopped();
        client.child.stop();
        whileStopped(client, ms / 2);
        node.killStore("under a stopped client");
        node.startStore(TortureNode.NO_STEP);
        whileStopped(client, ms / 2);
        release(client);
        return came;
    }

    /** While the store is stopped everybody reads on. */
    void stopStore(final long ms) {
        node.board.disturbed(true);
        node.store().stop();
        final long endMs = System.currentTimeMillis() + ms;
        do {
            awaitProgress(TortureBoard.READS_WHILE_DOWN, null);
        } while (System.currentTimeMillis() < endMs);
        node.store().proceed();
    }

    // ---- inside

    private void whileStopped(final TortureNode.Client stopped, final long ms) {
        final long endMs = System.currentTimeMillis() + ms;
        do {
            awaitProgress(TortureBoard.OPERATIONS, stopped);
            awaitProgress(TortureBoard.READS, stopped);
        } while (System.currentTimeMillis() < endMs);
    }

    private void release(final TortureNode.Client stopped) {
        if (random.nextBoolean()) {
            node.kill(stopped, "stopped");
        } else {
            stopped.child.proceed();
        }
    }

    private void killSome() {
        for (int i = random.nextInt(3); i > 0 && !node.clients.isEmpty(); i--) {
            node.kill(node.clients.get(random.nextInt(node.clients.size())), "with the store");
        }
    }

    private static boolean comesToItsStep(final TortureChild child) {
        final long endMs = System.currentTimeMillis() + STEP_PATIENCE_MS;
        while (child.isAlive() && System.currentTimeMillis() < endMs) {
            pause(1);
        }
        return !child.isAlive();
    }

    /** As many clients as there should be. */
    private void fill() {
        while (node.clients.size() < clients) {
            node.join(random.nextLong(), TortureNode.NO_STEP);
        }
        node.clients.forEach(node::joined);
        node.clients.forEach(client -> client.child.say("resume"));
    }

    /** Everybody but one does what is counted there, again. */
    private void awaitProgress(final int what, final TortureNode.Client except) {
        final List<TortureNode.Client> living = new ArrayList<>(node.clients);
        living.remove(except);
        final long[] before = living.stream()
                .mapToLong(client -> node.board.progress(client.number, what))
                .toArray();
        final long endMs = System.currentTimeMillis() + PROGRESS_BOUND_MS;
        for (int i = 0; i < before.length; i++) {
            while (node.board.progress(living.get(i).number, what) == before[i]) {
                if (!living.get(i).child.isAlive() || System.currentTimeMillis() > endMs) {
                    throw new AssertionError(living.get(i) + " does not go on; counter " + what);
                }
                pause(1);
            }
        }
    }

    private void settle() {
        node.clients.forEach(client -> client.child.say("pause"));
        node.clients.forEach(client -> client.pins = Integer.parseInt(client.child.expect("paused ")));
        node.board.disturbed(false);
        verifier.verify(random);
    }

    private void guarded(final Runnable action) {
        boolean complete = false;
        try {
            action.run();
            complete = true;
        } finally {
            if (!complete) {
                node.end();
                System.out.println("torture: round " + round + " failed; -Dseed=" + seed + "; " + this);
                System.out.println("torture: the store's files are in " + node.shm
                        + "/store, the processes' output, promises" + " (TortureLog) and board in " + node.work);
            }
        }
    }

    private static void pause(final long ms) {
        TortureNode.pause(ms);
    }

    /** Everybody leaves, everything is deleted, nothing is left. Not after a failure. */
    void end() {
        guarded(() -> {
            fill();
            settle();
            List.copyOf(node.clients).forEach(node::leave);
            verifier.verifyThatAllCanGo(random, arenaBytes);
        });
        node.close();
    }

    /** Ends the processes; the files stay if the end was not reached. */
    @Override
    public void close() {
        node.end();
    }

    @Override
    public String toString() {
        return round + " rounds, " + node.clientKills + " clients and " + node.storeKills + " stores killed, "
                + verifier.objectsVerified + " objects verified at rest; kills: " + node.kills;
    }
}
