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
 * @param namespace of the names of its actors; empty: one that no other driver has.
 * @param timeout how long to wait until node and store have answered.
 */
public record ConnectOptions(
        Optional<Path> directory, Optional<String> jobName, Optional<String> namespace, Duration timeout) {
    private static final int MAX_NAMESPACE_CHARS = 256;

    /** The default directory, 10 seconds. */
    public static ConnectOptions defaults() {
        return new ConnectOptions(Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofSeconds(10));
    }

    /** The same with another directory. */
    public ConnectOptions withDirectory(final Path path) {
        return new ConnectOptions(Optional.of(path), jobName, namespace, timeout);
    }

    /** The same with another name. */
    public ConnectOptions withJobName(final String name) {
        return new ConnectOptions(directory, Optional.of(name), namespace, timeout);
    }

    /** The same with a namespace that other drivers can name too: they find its actors, and it finds theirs. */
    public ConnectOptions withNamespace(final String name) {
        if (name.isEmpty() || name.length() > MAX_NAMESPACE_CHARS) {
            throw new IllegalArgumentException(
                    "namespace '" + name + "' must have from 1 to " + MAX_NAMESPACE_CHARS + " characters");
        }
        return new ConnectOptions(directory, jobName, Optional.of(name), timeout);
    }

    /** The same with another time-out. */
    public ConnectOptions withTimeout(final Duration duration) {
        return new ConnectOptions(directory, jobName, namespace, duration);
    }
}
