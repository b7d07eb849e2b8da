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
 * @param err what it said of errors
 */
public record Commanded(int exit, String out, String err) {

    /** Runs one. */
    public static Commanded run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commands = Main.commandLine(args);
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        int exit = commands.execute(args);
        return new Commanded(exit, out.toString(), err.toString());
    }
}
