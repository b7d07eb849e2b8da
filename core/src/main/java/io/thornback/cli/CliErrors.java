/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.ThornbackException;
import io.thornback.config.ConfigurationException;
import io.thornback.config.NearestKey;
import io.thornback.node.NodeStarter.StartFailedException;
import io.thornback.posix.PosixException;
import io.thornback.resources.HostDetectionException;
import io.thornback.resources.MemoryPlanException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** How errors look: one line for the operator, never a stack trace for what the operator can put right. */
final class CliErrors {

    static final int FAILED = 1;
    static final int WRONG_COMMAND_LINE = 2;

    private CliErrors() {}

    /** The command line is wrong: one line, the nearest thing that is right, where to read more. */
    static int wrongCommandLine(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("thornback: " + firstLine(e.getMessage()) + suggestion(e) + "; see '"
                + command.getCommandSpec().qualifiedName() + " --help'");
        return WRONG_COMMAND_LINE;
    }

    private static String suggestion(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return "";
        }
        CommandLine command = e.getCommandLine();
        String wrong = unmatched.getUnmatched().get(0);
        List<String> right = new ArrayList<>();
        if (wrong.startsWith("-")) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                right.add(option.longestName());
            }
        } else if (command.getParent() == null) {
            right.addAll(Commands.names());
        }
        return right.isEmpty() ? "" : ", did you mean '" + NearestKey.of(wrong.replaceAll("=.*", ""), right) + "'?";
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /** A command failed. */
    static int failed(Exception e, CommandLine command, ParseResult result) {
        PrintWriter err = command.getErr();
        if (e instanceof ConfigurationException configuration) {
            configuration.problems().forEach(problem -> err.println("thornback: " + problem));
            return WRONG_COMMAND_LINE;
        }
        if (isForOperators(e)) {
            err.println("thornback: " + e.getMessage());
            if (e instanceof StartFailedException start) {
                start.logTail().forEach(line -> err.println("  | " + line));
            }
        } else {
            err.println("thornback: an error of Thornback itself, please report it: " + e);
            e.printStackTrace(err);
        }
        return FAILED;
    }

    private static boolean isForOperators(Exception e) {
        return e instanceof ThornbackException
                || e instanceof MemoryPlanException
                || e instanceof HostDetectionException
                || e instanceof PosixException;
    }
}
