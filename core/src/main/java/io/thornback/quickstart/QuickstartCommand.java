/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import io.thornback.ThornbackException;
import io.thornback.cli.FolderFlags;
import io.thornback.cli.NodeFlags;
import io.thornback.config.Configuration;
import io.thornback.config.MemoryAmount;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code thornback quickstart}: runs the first job on the node of this host, or on one that is started for it and
 * stopped after it, whatever happens. Exit codes: 0 if the result agrees with the plain count, 1 if it does not or the
 * job failed, 2 if there was nothing to count or an option is wrong.
 */
@Command(
        name = "quickstart",
        sortOptions = false,
        description = {
            "Runs a first job: which methods and types do the classes of this JDK refer to most?",
            "It runs on the node of this host, or on one that is started for it and stopped after it."
        })
public final class QuickstartCommand implements Callable<Integer> {
    static final int EXIT_AGREES = 0;
    static final int EXIT_FAILED = 1;
    static final int EXIT_USAGE = 2;

    private static final Set<String> LOCAL_OPTIONS = Set.of("--local", "--json", "--top", "--chunk-size");

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "A folder or jar with class files; without it, those of the running JDK.")
    private Path input;

    @Option(
            names = "--chunk-size",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "8m",
            description = "Size of an object in the store, such as 512k or 8m (default: ${DEFAULT-VALUE}).")
    private int chunkBytes;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many methods and types to name (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    @Option(names = "--local", description = "Runs all parts of a node inside this JVM instead of in processes.")
    private boolean local;

    @Option(names = "--keep", description = "Leaves the node running that was started for the job.")
    private boolean keep;

    @Mixin
    private NodeFlags node;

    @Mixin
    private FolderFlags folder;

    @Override
    public Integer call() {
        QuickstartOptions options = options();
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = Terminal.isStandardError() ? Progress.bar(System.err) : Progress.lines(System.err);
        try {
            QuickstartReport report = run(options, progress);
            PrintWriter out = spec.commandLine().getOut();
            out.println(json ? ReportJson.of(report) : ReportText.of(report));
            out.flush();
            return report.agrees() ? EXIT_AGREES : EXIT_FAILED;
        } catch (ThornbackException e) {
            err.println("thornback: " + e.getMessage());
            if (e.getCause() != null) {
                e.getCause().printStackTrace(err);
            }
            err.flush();
            return EXIT_FAILED;
        } catch (NoClassFilesException | IOException e) {
            err.println("thornback: " + e.getMessage());
            err.flush();
            return EXIT_USAGE;
        }
    }

    /** The report is made after the node has stopped, so that its times are those of the whole. */
    private QuickstartReport run(QuickstartOptions options, Progress progress) throws IOException {
        ClassFileInput.open(input).close(); // what is not there is said before a node is started for it
        Configuration configuration = local ? null : node.configuration(folder);
        QuickstartReport report;
        StageTime started;
        StageClock stopping;
        StageClock starting = new StageClock("start", "");
        try (progress;
                JobNode jobNode = local ? JobNode.local() : JobNode.find(configuration, keep, progress)) {
            started = starting.stopWithoutCpu().in(jobNode.description());
            report = Quickstart.run(jobNode.thornback(), options, progress);
            stopping = new StageClock("stop", jobNode.after());
        }
        return report.withStages(List.of(started, stopping.stopWithoutCpu()));
    }

    private QuickstartOptions options() {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (local && !LOCAL_OPTIONS.contains(option.longestName())) {
                throw new ParameterException(
                        spec.commandLine(),
                        option.longestName() + " says how a node is started, and --local starts none; leave one away");
            }
        }
        try {
            return new QuickstartOptions(
                    Optional.ofNullable(input),
                    chunkBytes,
                    top,
                    QuickstartOptions.defaults().fanIn());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Sizes as the rest of the command line takes them. */
    static final class SizeConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return Math.toIntExact(
                    Math.min(Integer.MAX_VALUE, MemoryAmount.parse(text).bytes()));
        }
    }
}
