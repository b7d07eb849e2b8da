/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ConnectOptions;
import io.thornback.Thornback;
import io.thornback.config.Configuration;
import io.thornback.config.GcsSettings;
import io.thornback.config.NodeConfig;
import io.thornback.config.Setting;
import io.thornback.config.StoreSettings;
import io.thornback.node.NodeFile;
import io.thornback.node.NodeStarter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A node of real processes, in folders of its own; nothing of it is left when it is closed. */
final class NodeUnderTest implements AutoCloseable {
    private final Path dir;
    private final Path shmDir;
    private final NodeStarter starter;

    private NodeUnderTest(final Path dir, final Path shmDir, final NodeStarter starter) {
        this.dir = dir;
        this.shmDir = shmDir;
        this.starter = starter;
    }

    static NodeUnderTest start() {
        return start(Map.of());
    }

    /** With further settings. */
    static NodeUnderTest start(final Map<Setting<?>, String> settings) {
        try {
            final Path dir = Files.createTempDirectory("thornback-node-test");
            final Path shmDir = Files.createTempDirectory(Path.of("/dev/shm"), "thornback-node-test");
            final Configuration configuration = Configuration.defaults()
                    .with(Map.of(
                            NodeConfig.DIR, dir.toString(),
                            NodeConfig.SHM_DIR, shmDir.toString(),
                            NodeConfig.CPUS, "2",
                            NodeConfig.MEMORY, "2g",
                            NodeConfig.START_TIMEOUT, "2m",
                            StoreSettings.MEMORY, "256m",
                            GcsSettings.PORT, "0"))
                    .with(settings);
            return new NodeUnderTest(dir, shmDir, NodeStarter.start(configuration, step -> {}));
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot make the folders of the test", e);
        }
    }

    Thornback connect() {
        return connect(options -> options);
    }

    Thornback connect(final UnaryOperator<ConnectOptions> more) {
        return Thornback.connect(
                more.apply(ConnectOptions.defaults().withDirectory(dir).withTimeout(Duration.ofSeconds(30))));
    }

    Path dir() {
        return dir;
    }

    NodeFile file() {
        return starter.node();
    }

    @Override
    public void close() {
        starter.close();
        deleteTree(dir);
        deleteTree(shmDir);
    }

    private static void deleteTree(final Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            for (final Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }
}
