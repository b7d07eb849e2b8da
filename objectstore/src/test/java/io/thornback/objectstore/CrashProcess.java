/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessIdentity;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A child JVM of the crash rounds, cheap to start, with its output in a file. */
final class CrashProcess {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final String CLASS_PATH = classPath();

    final int number;
    /** Where it will end by itself, or null. */
    Step step;

    private final Process process;
    private final ProcessIdentity identity;
    private final Path output;

    CrashProcess(final int number, final Class<?> main, final List<String> properties, final String... arguments) {
        this.number = number;
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx64m", "-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-ea"));
        for (final String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--") || flag.startsWith("-XX:+Ignore")) {
                command.add(flag);
            }
        }
        command.addAll(properties);
        command.addAll(List.of("-cp", CLASS_PATH, main.getName()));
        command.addAll(Arrays.asList(arguments));
        try {
            output = Files.createTempFile("crash", ".out");
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
        identity = ProcessIdentity.of(process.pid()).orElseThrow();
    }

    ProcessIdentity identity() {
        return identity;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitValue() {
        return process.exitValue();
    }

    /** Until it says so, or has ended. */
    void awaitReady() {
        final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (process.isAlive() && !output().contains("ready")) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("not ready: " + process.info() + "\n" + output());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    void kill() {
        process.destroyForcibly();
    }

    void expectExit(final int expected) {
        final int exit = await(Duration.ofSeconds(60));
        if (exit != expected) {
            throw new AssertionError("exit " + exit + ", expected " + expected + "\n" + said);
        }
    }

    private String said = "";

    int await(final Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("hangs: " + number + "\n" + output());
            }
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
        said = output();
        try {
            Files.deleteIfExists(output);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
        return process.exitValue();
    }

    String output() {
        try {
            return Files.exists(output) ? Files.readString(output, StandardCharsets.UTF_8) : said;
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Without a logger, whose start takes longer than all else. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(":"))
                .filter(entry -> !entry.contains("logback"))
                .collect(Collectors.joining(":"));
    }
}
