/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The subcommands. Only the one that was named is made, because picocli reads every command that it is given by reflection; the help
 * and a wrong name need all of them.
 */
final class Commands {

    private static final Map<String, Supplier<Object>> COMMANDS = commands();

    private Commands() {}

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("start", StartCommand::new);
        commands.put("status", StatusCommand::new);
        commands.put("node", NodeCommand::new);
        commands.put("stat", StatCommand::new);
        commands.put("tasks", TasksCommand::new);
        commands.put("workers", WorkersCommand::new);
        commands.put("actors", ActorsCommand::new);
        commands.put("timeline", TimelineCommand::new);
        commands.put("memory", MemoryCommand::new);
        commands.put("objects", ObjectsCommand::new);
        commands.put("logs", LogsCommand::new);
        commands.put("config", ConfigCommand::new);
        commands.put("doctor", DoctorCommand::new);
        commands.put("token", TokenCommand::new);
        commands.put("drain", DrainCommand::new);
        commands.put("stop", StopCommand::new);
        commands.put("run", RunCommand::new);
        commands.put("quickstart", Commands::quickstart);
        commands.put("version", VersionCommand::new);
        commands.put("completion", CompletionCommand::new);
        return commands;
    }

    /** The commands that this command line needs. */
    static CommandLine create(String... args) {
        CommandLine root = new CommandLine(new RootCommand());
        String named = args.length > 0 ? args[0] : "";
        if (COMMANDS.containsKey(named) && !named.equals("completion")) {
            add(root, named);
        } else {
            COMMANDS.keySet().forEach(name -> add(root, name));
        }
        root.setUsageHelpWidth(100);
        addHelp(root);
        root.getSubcommands().values().forEach(Commands::addHelp);
        return root;
    }

    private static void add(CommandLine root, String name) {
        Object command = COMMANDS.get(name).get();
        if (command != null) {
            CommandLine made = new CommandLine(command);
            made.setStopAtPositional(name.equals("run")); // what follows the program is the program's, --help too
            root.addSubcommand(name, made);
        }
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help.")
                        .build());
    }

    static List<String> names() {
        return new ArrayList<>(COMMANDS.keySet());
    }

    /** By name: the example job is a program that uses a node, and an installation may lack it; null then. */
    private static Object quickstart() {
        try {
            return Class.forName("io.thornback.quickstart.QuickstartCommand")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ClassNotFoundException e) {
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the quickstart cannot be loaded", e);
        }
    }
}
