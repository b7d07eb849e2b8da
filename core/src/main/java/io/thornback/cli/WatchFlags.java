/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The flags of commands that look again and again. */
final class WatchFlags {
    private static final int MAX_SECONDS = 3_600;

    @Option(
            names = "--watch",
            arity = "0..1",
            paramLabel = "SECONDS",
            fallbackValue = "1",
            description = "Look again every so many seconds, 1 to 3600; 1 if not given, until the node stops.")
    private Integer watch;

    @Option(names = "--times", paramLabel = "N", description = "With --watch: stop after so many looks.")
    private Integer times;

    /** Refuses what is out of range. */
    void check(CommandSpec spec) {
        Filters.checkRange(spec, "--watch", watch, MAX_SECONDS);
        Filters.checkRange(spec, "--times", times, Integer.MAX_VALUE);
    }

    boolean isOn() {
        return watch != null;
    }

    /** Looks until a look gives an exit code, or has been taken as often as was asked; the result is the exit code. */
    int repeat(Supplier<OptionalInt> look) {
        int looks = watch == null ? 1 : times == null ? Integer.MAX_VALUE : times;
        for (int i = 0; i < looks; i++) {
            OptionalInt end = look.get();
            if (end.isPresent()) {
                return end.getAsInt();
            }
            if (i + 1 < looks && !pause()) {
                return 0;
            }
        }
        return 0;
    }

    private boolean pause() {
        try {
            TimeUnit.SECONDS.sleep(watch);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** On a terminal each look takes the place of the one before. */
    void begin(Terminal terminal) {
        if (watch != null && terminal.isTerminal()) {
            terminal.out().print("\u001b[H\u001b[2J"); // home, and an empty screen
        }
    }
}
