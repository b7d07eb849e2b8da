/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.NodeConfig;
import io.thornback.config.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Nodes of test roles, in processes of their own. */
final class TestNode {

    private static final long RUN_LIMIT_S = 60;

    private TestNode() {}

    static Configuration configuration(Path folder) {
        return sources(folder).resolve();
    }

    static ConfigurationSources sources(Path folder) {
        return new ConfigurationSources()
                .code(NodeConfig.DIR, folder.resolve("dir").toString())
                .code(NodeConfig.SHM_DIR, folder.resolve("shm").toString())
                .code(NodeConfig.CPUS, "1")
                .code(StoreSettings.MEMORY, "32m");
    }

    static NodeStarter start(Configuration configuration, RoleSpec... roles) {
        JvmCommand program = JvmCommand.of(TestSupervisorMain.class.getName())
                .property("test.roles", TestRoles.encode(List.of(roles)));
        return NodeStarter.start(configuration, program, step -> {});
    }

    /** Kills whatever runs in this folder. */
    static NodeStopper.Report kill(Path dir) {
        return NodeStopper.stop(dir, StopOrder.of(StopOrder.Mode.KILL), shm -> {});
    }

    /** Stops what runs in this folder, its tasks first; what has not ended within the limit is killed. */
    static NodeStopper.Report stop(Path dir, Duration limit) {
        return NodeStopper.stop(dir, StopOrder.of(StopOrder.Mode.DRAIN, limit), shm -> {});
    }

    /** Waits for what another process does; there is no event to wait for. */
    static void eventually(Duration limit, String what, BooleanSupplier condition) {
        eventually(limit, () -> what, condition);
    }

    /**
     * The same.
     *
     * @param what asked if it does not come
     */
    static void eventually(Duration limit, Supplier<String> what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** The command line of a JVM like this one. */
    static List<String> java(String mainClass, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of(JvmCommand.java().toString()));
        words.addAll(JvmCommand.of(mainClass)
                .flags(RoleSpec.QUICK)
                .flags(List.of("-XX:+UseSerialGC"))
                .arguments(arguments)
                .toArguments());
        return words;
    }

    /**
     * Runs a program to its end; the result is what it printed.
     *
     * @throws IllegalStateException if it cannot be run, fails, or takes too long
     */
    static String run(ProcessBuilder builder) {
        String words = String.join(" ", builder.command());
        try {
            Path output = Files.createTempFile("test-run", ".out");
            try {
                Process process = builder.redirectOutput(output.toFile()).start();
                if (!process.waitFor(RUN_LIMIT_S, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("not ended within " + RUN_LIMIT_S + " s: " + words);
                }
                String text = Files.readString(output);
                if (process.exitValue() != 0) {
                    throw new IllegalStateException("exit code " + process.exitValue() + " of " + words + ": " + text);
                }
                return text;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new IllegalStateException(words + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + words, e);
        }
    }
}
