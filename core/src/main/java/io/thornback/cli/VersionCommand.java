/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.transport.wire.WireVersion;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback version}. */
@Command(
        name = "version",
        description = "Prints the version, and those of the memory layout, the messages and Java.",
        footer = {"", "Example:", "  thornback version --json"})
final class VersionCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("version", version == null ? "development" : version);
        values.put("layoutVersion", WireVersion.LAYOUT);
        values.put("schemaVersion", WireVersion.SCHEMA);
        values.put("java", System.getProperty("java.version"));
        values.put("javaHome", System.getProperty("java.home"));
        values.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        if (json) {
            spec.commandLine().getOut().println(Json.write(values));
        } else {
            spec.commandLine()
                    .getOut()
                    .println("thornback " + values.get("version") + " (layout " + WireVersion.LAYOUT + ", schema "
                            + WireVersion.SCHEMA + ", Java " + values.get("java") + ", " + values.get("os") + ")");
        }
        return 0;
    }
}
