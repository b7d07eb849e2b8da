/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How to attach to a node.
 *
 * @param directory the node's directory; empty: {@code THORNBACK_DIR}, else the default of this user.
 * @param jobName what the job is called in lists; empty: the main class.
 * @param timeout how long to wait until node and store have answered.
 */
public record ConnectOptions(Optional<Path> directory, Optional<String> jobName, Duration timeout) {
    /** The default directory, 10 seconds. */
    public static ConnectOptions defaults() {
        return new ConnectOptions(Optional.empty(), Optional.empty(), Duration.ofSeconds(10));
    }

    /** The same with another directory. */
    public ConnectOptions withDirectory(final Path path) {
        return new ConnectOptions(Optional.of(path), jobName, timeout);
    }

    /** The same with another name. */
    public ConnectOptions withJobName(final String name) {
        return new ConnectOptions(directory, Optional.of(name), timeout);
    }

    /** The same with another time-out. */
    public ConnectOptions withTimeout(final Duration duration) {
        return new ConnectOptions(directory, jobName, duration);
    }
}
