/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.ProcessIdentity;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of our own that runs a main class of the tests, with this JVM's flags; killed when closed. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final ProcessIdentity identity;

    private ChildJvm(Process process) {
        this.process = process;
        this.identity = ProcessIdentity.of(process.pid()).orElseThrow();
    }

    static ChildJvm start(Class<?> main, Path log, String... arguments) throws IOException {
        return start(List.of("-XX:TieredStopAtLevel=1"), main, log, arguments);
    }

    static ChildJvm startOptimised(Class<?> main, Path log, String... arguments) throws IOException {
        return start(List.of(), main, log, arguments);
    }

    private static ChildJvm start(List<String> flags, Class<?> main, Path log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-Xshare:auto", "-XX:+UseSerialGC", "-ea"));
        command.addAll(flags);
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--") || flag.startsWith("-XX:+Ignore")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        File output = log.toFile();
        return new ChildJvm(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
                .start());
    }

    ProcessIdentity identity() {
        return identity;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when it is dead and reaped. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a child was being reaped", e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
