/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * A command line that was run in this process.
 *
 * @param exit its exit code
 * @param out what it printed
 */
public record Commanded(int exit, String out) {

    /** Runs one. */
    public static Commanded run(String... args) {
        StringWriter out = new StringWriter();
        CommandLine commands = Main.commandLine(args);
        commands.setOut(new PrintWriter(out, true));
        return new Commanded(commands.execute(args), out.toString());
    }
}
