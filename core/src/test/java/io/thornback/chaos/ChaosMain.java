/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.chaos;

import java.time.Duration;

/** The chaos run's long profile; see docs/crash-model.md. Settings are system properties: {@code seed} repeats the decisions of a run, {@code minutes} says how long it is. */
final class ChaosMain {
    private static final Duration ROUND = Duration.ofSeconds(15);

    private ChaosMain() {}

    /** Ends with exit code 0 if nothing was wrong. */
    public static void main(final String[] args) throws Exception {
        final long end = System.nanoTime()
                + Duration.ofMinutes(Integer.getInteger("minutes", 10)).toNanos();
        try (Chaos chaos = new Chaos(Chaos.seed())) {
            while (System.nanoTime() - end < 0) {
                chaos.round(ROUND);
                System.out.println(chaos);
            }
            System.out.println("passed: " + chaos);
            chaos.stop();
        }
        System.exit(0);
    }
}
