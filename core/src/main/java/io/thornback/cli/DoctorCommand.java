/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.ClusterSettings;
import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.doctor.Doctor;
import io.thornback.doctor.Finding;
import io.thornback.doctor.Finding.Result;
import io.thornback.doctor.ThisHost;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback doctor}. */
@Command(
        name = "doctor",
        sortOptions = false,
        description = {
            "Checks whether a node would do well on this host, and says what to do where it would not.",
            "Takes the flags of start. Changes nothing; a node that runs is not disturbed."
        },
        footer = {
            "",
            "Examples:",
            "  thornback doctor",
            "  thornback doctor --port 6379 --store-memory 8g --dir /var/lib/thornback",
            "  thornback doctor --json",
            "",
            "WARN: a node starts, and something about it will be worse than it could be. FAIL: it does not start, or will not",
            "do what it promises. Exit code 1 if anything fails."
        })
final class DoctorCommand implements Callable<Integer> {

    @Option(names = "--address", paramLabel = "HOST:PORT", description = "For a node that joins the cluster there.")
    private String address;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private NodeFlags flags;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ConfigurationSources sources = folder.sources();
        NodeFlags.flag(sources, ClusterSettings.ADDRESS, address, "--address");
        Configuration configuration = flags.configuration(sources);
        List<Finding> findings = Doctor.examine(configuration, new ThisHost());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(toMap(findings)));
        } else {
            print(findings, new Terminal(out));
        }
        return count(findings, Result.FAIL) > 0 ? CliErrors.FAILED : 0;
    }

    private static long count(List<Finding> findings, Result result) {
        return findings.stream().filter(finding -> finding.result() == result).count();
    }

    private static void print(List<Finding> findings, Terminal terminal) {
        PrintWriter out = terminal.out();
        int width = findings.stream()
                .mapToInt(finding -> finding.check().length())
                .max()
                .orElse(0);
        for (Finding finding : findings) {
            String result = String.format("%-4s", finding.result());
            out.println("  "
                    + switch (finding.result()) {
                        case OK -> terminal.green(result);
                        case WARN -> terminal.yellow(result);
                        case FAIL -> terminal.red(result);
                    }
                    + "  " + finding.check()
                    + " ".repeat(width - finding.check().length()) + "  " + finding.found());
            if (!finding.remedy().isEmpty()) {
                out.println(" ".repeat(width + 10) + "→ " + finding.remedy());
            }
        }
        out.println(findings.size() + " checks, " + count(findings, Result.WARN) + " warnings, "
                + count(findings, Result.FAIL) + " failures");
    }

    private static Map<String, Object> toMap(List<Finding> findings) {
        List<Object> rows = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("check", finding.check());
            row.put("result", finding.result().toString());
            row.put("found", finding.found());
            row.put("remedy", finding.remedy().isEmpty() ? null : finding.remedy());
            rows.add(row);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("warnings", count(findings, Result.WARN));
        values.put("failures", count(findings, Result.FAIL));
        values.put("checks", rows);
        return values;
    }
}
