/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.Configuration;
import io.thornback.config.NearestKey;
import io.thornback.config.Setting;
import io.thornback.config.Settings;
import io.thornback.node.NodeException;
import io.thornback.node.NodeFile;
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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thornback config}. */
@Command(
        name = "config",
        sortOptions = false,
        description = "Shows the settings as a node that is started now would have them, and where each comes from.",
        footer = {
            "",
            "Examples:",
            "  thornback config",
            "  thornback config store.memory log",
            "  thornback config --changed --config /etc/thornback/thornback.properties",
            "  thornback config --running --json",
            "",
            "The strongest place that names a setting is taken: flag, system property, environment, file, default.",
            "Exit code 2 if anything is wrong: all of it is said."
        })
final class ConfigCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..*",
            paramLabel = "KEY",
            description = "Only these settings; 'store' means all that begin with 'store.'.")
    private List<String> keys = new ArrayList<>();

    @Option(names = "--changed", description = "Only what differs from the default.")
    private boolean changed;

    @Option(names = "--running", description = "Those of the node that runs, as it was started.")
    private boolean running;

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
        keys.forEach(this::check);
        if (running) {
            return NodeView.withNode(folder, spec, node -> show(ofRunning(node)));
        }
        return show(flags.configuration(folder));
    }

    private static Configuration ofRunning(NodeFile node) {
        return node.configuration()
                .orElseThrow(() -> new NodeException(
                        "the settings of the node are gone from "
                                + node.session().session(),
                        "the node has stopped"));
    }

    private void check(String key) {
        if (Settings.all().stream().noneMatch(setting -> isMeant(key, setting))) {
            List<String> known =
                    Settings.all().stream().<String>map(Setting::key).toList();
            throw new ParameterException(
                    spec.commandLine(), "unknown setting " + key + "; did you mean " + NearestKey.of(key, known) + "?");
        }
    }

    private static boolean isMeant(String key, Setting<?> setting) {
        return setting.key().equals(key) || setting.key().startsWith(key + ".");
    }

    private int show(Configuration configuration) {
        List<Setting<?>> wanted = new ArrayList<>();
        for (Setting<?> setting : Settings.all()) {
            boolean isNamed = keys.isEmpty() || keys.stream().anyMatch(key -> isMeant(key, setting));
            if (isNamed && (!changed || !configuration.origin(setting).equals("default"))) {
                wanted.add(setting);
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(wanted.stream()
                    .map(setting -> toMap(configuration, setting))
                    .toList()));
        } else if (wanted.isEmpty()) {
            out.println("every setting is at its default");
        } else {
            Table table = new Table("setting", "value", "from");
            wanted.forEach(
                    setting -> table.add(setting.key(), configuration.text(setting), configuration.origin(setting)));
            table.print(out);
        }
        return 0;
    }

    private static Map<String, Object> toMap(Configuration configuration, Setting<?> setting) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("key", setting.key());
        values.put("value", configuration.text(setting));
        values.put("origin", configuration.origin(setting));
        values.put("default", setting.defaultText());
        values.put("range", setting.range());
        values.put("text", setting.text());
        return values;
    }
}
