/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import picocli.CommandLine;

/**
 * The command line, {@code thornback}. Exit codes: 0 done, 1 it failed (one line on standard error says what and the remedy), 2 the
 * command line is wrong, 3 no node is running; {@code run} passes on its program's.
 */
public final class Main {

    private Main() {}

    /** Runs one command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.setProperty(
                "thornback.role", "cli"); // warnings and errors of the parts that it uses go to standard error
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.exit(execute(args));
    }

    /** Runs one command; the result is its exit code. */
    static int execute(String... args) {
        return commandLine(args).execute(args);
    }

    static CommandLine commandLine(String... args) {
        CommandLine commands = Commands.create(args);
        commands.setParameterExceptionHandler(CliErrors::wrongCommandLine);
        commands.setExecutionExceptionHandler(CliErrors::failed);
        return commands;
    }
}
