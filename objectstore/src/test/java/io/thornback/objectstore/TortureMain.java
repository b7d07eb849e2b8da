/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Random;

/**
 * The torture's long profile: every step, several times, then random kills until there are enough; see docs/crash-model.md. Settings are system properties: {@code seed} repeats the
 * decisions of a run, {@code clientKills} and {@code storeKills} say how many there must be, {@code stopSeconds} how long processes are
 * stopped, {@code spill} whether the arena is too small.
 */
final class TortureMain {
    private static final int CLIENTS = 4;
    private static final long ARENA = 32L << 20;
    /** Less than the objects there are at once. */
    private static final long SMALL_ARENA = 10L << 20;

    private static final int[] COUNTS = {1, 2, 9};

    private final long began = System.nanoTime();
    private final int clientKills = Integer.getInteger("clientKills", 2000);
    private final int storeKills = Integer.getInteger("storeKills", 300);
    private final long stopMs = 1000L * Integer.getInteger("stopSeconds", 60);
    private final Random random;
    private final Torture torture;

    private TortureMain(final long seed) {
        final boolean spills = Boolean.getBoolean("spill");
        random = new Random(seed);
        torture = new Torture(seed, CLIENTS, spills ? SMALL_ARENA : ARENA, spills);
    }

    public static void main(final String[] arguments) {
        final TortureMain main = new TortureMain(Torture.seed());
        try (main.torture) {
            main.run();
        }
    }

    private void run() {
        for (final int count : COUNTS) {
            for (final Step step : Step.values()) {
                torture.round(() -> {
                    final boolean came =
                            step.ofClient ? torture.killClientAt(step, count) : torture.killStoreAt(step, count);
                    if (!came) {
                        say("nobody came to " + step + " for time " + count);
                    }
                });
            }
            say(torture.toString());
        }
        torture.round(() -> torture.stopClient(stopMs));
        torture.round(() -> torture.stopStore(stopMs));
        torture.round(() -> torture.stopClientAt(Step.SEAL_CLAIMED, 3, stopMs));
        for (int rounds = 1; torture.node.clientKills < clientKills || torture.node.storeKills < storeKills; rounds++) {
            torture.round(blow());
            if (rounds % 50 == 0) {
                say(torture.toString());
            }
        }
        torture.end();
        say("passed: " + torture);
    }

    private Torture.Blow blow() {
        final int dice = random.nextInt(10);
        return dice < 6 ? torture::killClients : dice < 9 ? torture::killStore : torture::killEverybody;
    }

    private void say(final String what) {
        System.out.println((System.nanoTime() - began) / 1_000_000_000 + " s: " + what);
    }
}
