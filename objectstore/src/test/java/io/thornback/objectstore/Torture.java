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
    /** Half of the clients that have a step come to it in their work; the others are killed after this. */
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

    /** What is done to the living in a round. */
    interface Blow {
        void strike();
    }

    /** One round: everybody works, the blow falls, everybody is looked at. */
    void round(final Blow blow) {
        guarded(() -> {
            round++;
            fill(TortureNode.NO_STEP);
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

    /** Lets a client work until it comes to a step for the nth time, or for a while. Returns whether it came there. */
    boolean killClientAt(final String step, final int count) {
        final int before = node.clientKills;
        final TortureNode.Client client = node.join(random.nextLong(), step + ":" + count);
        if (client != null) {
            final long endMs = System.currentTimeMillis() + STEP_PATIENCE_MS;
            while (client.child.isAlive() && System.currentTimeMillis() < endMs) {
                pause(1);
            }
            if (client.child.isAlive()) {
                node.retire(client);
            } else {
                node.ended(client, step);
            }
        }
        return node.clientKills > before;
    }

    /** A stopped client blocks nobody; killed then, or not, nothing is left of that. */
    void stopClient(final long ms) {
        final TortureNode.Client stopped = node.clients.get(random.nextInt(node.clients.size()));
        stopped.child.stop();
        final long endMs = System.currentTimeMillis() + ms;
        do {
            awaitProgress(TortureBoard.OPERATIONS, stopped);
            awaitProgress(TortureBoard.READS, stopped);
        } while (System.currentTimeMillis() < endMs);
        if (random.nextBoolean()) {
            node.kill(stopped, "stopped");
        } else {
            stopped.child.proceed();
        }
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

    /** As many clients as there should be. */
    private void fill(final String step) {
        while (node.clients.size() < clients) {
            node.join(random.nextLong(), step);
        }
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
            fill(TortureNode.NO_STEP);
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
