/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Random;

/** The long form of {@link CrashStepsTest}. Arguments: least kills of clients, least kills of the store, ms that a client is stopped, and a seed if it shall be a certain one. */
final class CrashMain {
    private CrashMain() {}

    public static void main(final String[] arguments) {
        final int clientKills = Integer.parseInt(arguments[0]);
        final int storeKills = Integer.parseInt(arguments[1]);
        final long stoppedMs = Long.parseLong(arguments[2]);
        final long seed = arguments.length > 3 ? Long.parseLong(arguments[3]) : new Random().nextLong();
        System.out.println("seed " + seed);
        final long beganNs = System.nanoTime();
        try (CrashRounds rounds = new CrashRounds(seed)) {
            for (final int count : new int[] {1, 7}) {
                for (final Step step : Step.values()) {
                    if (CrashStepsTest.isHere(step)) {
                        if (step.ofClient) {
                            rounds.killClientsAt(step, count, 3);
                        } else {
                            rounds.killStoreAt(step, count);
                        }
                        say(rounds, step + ":" + count, beganNs);
                    }
                }
            }
            rounds.stopAClient(null, stoppedMs);
            rounds.stopAClient(Step.SEAL_CLAIMED, stoppedMs);
            say(rounds, "stopped", beganNs);
            while (rounds.clientKills < clientKills || rounds.storeKills < storeKills) {
                if (rounds.clientKills < clientKills) {
                    rounds.killClientsAtRandom(6);
                }
                if (rounds.storeKills < storeKills) {
                    rounds.killStoreAtRandom(3);
                }
                if (rounds.rounds % 20 == 0) {
                    say(rounds, "at random", beganNs);
                }
            }
            say(rounds, "done", beganNs);
            for (final Step step : Step.values()) {
                if (CrashStepsTest.isHere(step)) {
                    System.out.println(step + " " + rounds.killedAt.getOrDefault(step, 0));
                }
            }
        }
    }

    private static void say(final CrashRounds rounds, final String what, final long beganNs) {
        System.out.println(what + ": rounds=" + rounds.rounds + " clientKills=" + rounds.clientKills + " storeKills="
                + rounds.storeKills + " seconds=" + (System.nanoTime() - beganNs) / 1_000_000_000);
    }
}
