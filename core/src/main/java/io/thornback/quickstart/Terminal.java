/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether output goes to a terminal. {@code System.console()} answers another question, and another one since JDK 22;
 * where the descriptor points to is what isatty(3) would look at on Linux.
 */
final class Terminal {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private Terminal() {}

    static boolean isStandardError() {
        String kind = System.getenv("TERM");
        try {
            return kind != null
                    && !kind.equals("dumb")
                    && isTerminal(Files.readSymbolicLink(STANDARD_ERROR).toString());
        } catch (IOException e) {
            return false; // closed, or no /proc: nobody to draw for
        }
    }

    static boolean isTerminal(String device) {
        return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
    }
}
