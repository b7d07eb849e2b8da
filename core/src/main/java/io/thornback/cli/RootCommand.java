/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code thornback} without a command prints its help. */
@Command(
        name = "thornback",
        synopsisSubcommandLabel = "COMMAND",
        description = "Runs tasks, actors and shared objects on this host.",
        footer = {
            "",
            "Examples:",
            "  thornback start --head          start a node",
            "  thornback status                what runs",
            "  thornback tasks                 what waits, runs and has run",
            "  thornback memory                who holds what in the object store",
            "  thornback run app.jar           run a program against it",
            "  thornback stop                  stop it",
            "",
            "'thornback COMMAND --help' explains a command.",
            "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 no node is running."
        })
final class RootCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }
}
