/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is printed for people only: colours, and lines that replace themselves, if the output is a terminal. */
final class Terminal {

    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String DIM = "\u001b[2m";
    private static final String RESET = "\u001b[0m";

    private final PrintWriter out;
    private final boolean isTerminal;

    Terminal(PrintWriter out) {
        this.out = out;
        this.isTerminal = isTerminalDevice()
                && System.getenv("NO_COLOR") == null
                && !"dumb".equals(System.getenv().getOrDefault("TERM", "dumb"));
    }

    /** Standard output's own file says it; the JDK's console answers for standard input too, and differently by version. */
    private static boolean isTerminalDevice() {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException e) {
            return false; // no /proc, or a closed output: print plainly
        }
    }

    boolean isTerminal() {
        return isTerminal;
    }

    PrintWriter out() {
        return out;
    }

    String green(String text) {
        return isTerminal ? GREEN + text + RESET : text;
    }

    String yellow(String text) {
        return isTerminal ? YELLOW + text + RESET : text;
    }

    String red(String text) {
        return isTerminal ? RED + text + RESET : text;
    }

    String dim(String text) {
        return isTerminal ? DIM + text + RESET : text;
    }
}
