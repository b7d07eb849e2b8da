/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Random;

/** The torture's long profile; see docs/crash-model.md. {@code -Dseed=} repeats its decisions. */
final class TortureMain {
    private TortureMain() {}

    public static void main(final String[] arguments) {
        final long seed = Long.getLong("seed", new Random().nextLong());
        final int clientKills = Integer.getInteger("clientKills", 2000);
        final long began = System.nanoTime();
        try (Torture torture = new Torture(seed, 4, 32L << 20, false)) {
            int rounds = 0;
            while (torture.node.clientKills < clientKills) {
                torture.round(torture::killClients);
                if (++rounds % 20 == 0) {
                    System.out.println((System.nanoTime() - began) / 1_000_000_000 + " s: " + torture);
                }
            }
            torture.end();
            System.out.println("passed in " + (System.nanoTime() - began) / 1_000_000_000 + " s: " + torture);
        }
    }
}
