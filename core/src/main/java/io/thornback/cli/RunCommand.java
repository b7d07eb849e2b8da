/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.RuntimeEnvironment;
import io.thornback.node.JvmCommand;
import io.thornback.node.NodeException;
import io.thornback.runtime.Connector;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thornback run}: a user's program in a JVM with the flags and libraries that Thornback needs. */
@Command(
        name = "run",
        sortOptions = false,
        description = "Runs a program with the JVM flags and libraries that it needs to use a node.",
        customSynopsis = {
            "thornback run [-J<flag>]… app.jar [ARGS]",
            "thornback run [-J<flag>]… -cp PATH MainClass [ARGS]"
        },
        footer = {
            "",
            "Examples:",
            "  thornback run app.jar input.txt",
            "  thornback run --env MODE=fast --jar lib/extra.jar app.jar",
            "  thornback run -J-Xmx2g -cp target/classes:lib/util.jar com.example.WordCount input.txt",
            "",
            "Thornback's own libraries come first on the class path. The exit code is the program's."
        })
final class RunCommand implements Callable<Integer> {

    @Option(
            names = {"-cp", "--class-path"},
            paramLabel = "PATH",
            description = "The program's class path; its main class is then the first argument.")
    private String classPath;

    @Option(
            names = "--allow-classes",
            paramLabel = "NAMES",
            description = "Classes (com.acme.Order) or packages (com.acme.*), with commas between, that values may have"
                    + " besides those of the Java library. Others are refused. Default: any.")
    private String allowedClasses;

    @Option(names = "-J", paramLabel = "<flag>", description = "A flag for the program's JVM; may be repeated.")
    private List<String> jvmFlags = new ArrayList<>();

    @Option(
            names = "--env",
            paramLabel = "K=V",
            description = "A variable for the program and its workers; may be repeated.")
    private Map<String, String> variables = new LinkedHashMap<>();

    @Option(
            names = "--jvm-option",
            paramLabel = "<option>",
            description = "An option for the JVMs of its workers; may be repeated.")
    private List<String> workerOptions = new ArrayList<>();

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            description = "A further jar for the program and its workers; may be repeated.")
    private List<Path> jars = new ArrayList<>();

    @Option(names = "--working-dir", paramLabel = "DIR", description = "Where the program and its workers run.")
    private Path workingDirectory;

    @Parameters(paramLabel = "PROGRAM", description = "A jar or a main class, and the program's arguments.")
    private List<String> words = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (words.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing: a jar, or -cp and a main class");
        }
        String mainClass = classPath == null ? mainClassOf(Path.of(words.get(0))) : words.get(0);
        String path = absolute(classPath == null ? words.get(0) : classPath);
        String environment = environment();
        Path directory = new FolderFlags().configuration().node().dir().toAbsolutePath();
        JvmCommand command = JvmCommand.of(mainClass)
                .flags(flags())
                .property("thornback.role", "driver")
                .property("slf4j.internal.verbosity", "WARN")
                .classPath(System.getProperty("java.class.path") + jarPath() + File.pathSeparator + path)
                .arguments(words.subList(1, words.size()));
        List<String> program = new ArrayList<>(List.of(JvmCommand.java().toString()));
        program.addAll(command.toArguments());
        return run(program, directory, environment);
    }

    private List<String> flags() {
        List<String> flags = new ArrayList<>(jvmFlags);
        if (allowedClasses != null) {
            flags.add("-D" + Connector.ALLOWED_CLASSES_PROPERTY + "=" + allowedClasses);
        }
        return flags;
    }

    private int run(List<String> program, Path directory, String environment) throws InterruptedException {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(program).inheritIO();
            builder.environment().remove(JvmCommand.TOKEN_VARIABLE);
            // The node that all other commands mean, also where only the configuration file names it.
            builder.environment().put(Connector.DIRECTORY_VARIABLE, directory.toString());
            builder.environment().putAll(variables);
            builder.environment().put(Connector.ENVIRONMENT_VARIABLE, environment);
            if (workingDirectory != null) {
                builder.directory(workingDirectory.toFile());
            }
            process = builder.start();
        } catch (IOException e) {
            throw new NodeException("cannot run " + program.get(0) + ": " + e.getMessage(), "", e);
        }
        // Control-C reaches the program as well; a signal to this process alone is passed on, and the program may take
        // its time.
        Thread hook = new Thread(
                () -> {
                    process.destroy();
                    try {
                        process.waitFor();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "pass-signal-on");
        Runtime.getRuntime().addShutdownHook(hook);
        int exitCode = process.waitFor();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return exitCode; // a signal is ending this process too
        }
        return exitCode;
    }

    private String environment() {
        try {
            return new RuntimeEnvironment(
                            workerOptions,
                            variables,
                            Optional.ofNullable(workingDirectory).map(Path::toAbsolutePath),
                            jars.stream().map(Path::toAbsolutePath).toList())
                    .encode();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private String jarPath() {
        StringBuilder path = new StringBuilder();
        jars.forEach(jar -> path.append(File.pathSeparator).append(jar.toAbsolutePath()));
        return path.toString();
    }

    /** The program may run in another folder. */
    private static String absolute(String path) {
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private String mainClassOf(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new ParameterException(
                    spec.commandLine(), "there is no file " + jar + "; for a main class, give its class path with -cp");
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String name = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
            if (name == null) {
                throw new ParameterException(
                        spec.commandLine(), jar + " names no main class; run it with -cp " + jar + " MainClass");
            }
            return name.strip();
        } catch (IOException e) {
            throw new NodeException("cannot read " + jar + ": " + e.getMessage(), "is it a jar?", e);
        }
    }
}
