/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ConnectOptions;
import io.thornback.Thornback;
import io.thornback.node.JvmCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A driver that holds an object and a worker until it is killed. */
final class DoomedDriver {
    static final String READY = "worker=";

    private DoomedDriver() {}

    static List<String> command(final Path dir) {
        final List<String> command = new ArrayList<>(List.of(JvmCommand.java().toString()));
        command.addAll(JvmCommand.of(DoomedDriver.class.getName())
                .arguments(List.of(dir.toString()))
                .toArguments());
        return command;
    }

    /** Runs until it is killed, a minute at most. */
    public static void main(final String[] args) throws InterruptedException {
        final Thornback driver = Thornback.connect(
                ConnectOptions.defaults().withDirectory(Path.of(args[0])).withTimeout(Duration.ofSeconds(30)));
        driver.store().put(new byte[200_000]);
        final long pid = driver.task(ProcessNodeApiTest::pid, 1).submit().get(Duration.ofSeconds(30));
        System.out.println(READY + pid);
        java.util.concurrent.TimeUnit.MINUTES.sleep(1);
        driver.close();
    }
}
