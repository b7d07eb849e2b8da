/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Requests for JVMs that run one of the main classes below with the tests' class path. */
final class ChildJvm {

    private ChildJvm() {}

    static SpawnRequest request(final Class<?> main, final Path log, final String... arguments) {
        final List<String> command = new ArrayList<>(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        final Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return SpawnRequest.of(java, command, Map.of(), log).withStatusPipe();
    }
}
