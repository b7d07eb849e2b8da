/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.util.Map;
import java.util.TreeMap;

/** {@link ActorOptions} while they are collected. One thread's. */
final class ActorOptionsBuilder {
    final Map<String, Integer> groups = new TreeMap<>();
    int maxRestarts;
    int maxTaskRetries;
    int maxConcurrency = 1;
    int maxPendingCalls;
    boolean detached;
    String namespace;

    /** @param namespace unless another is named. */
    ActorOptionsBuilder(final String namespace) {
        this.namespace = namespace;
    }

    /** @throws IllegalArgumentException if one is out of its range. */
    ActorOptions build() {
        return new ActorOptions(
                maxRestarts, maxTaskRetries, maxConcurrency, maxPendingCalls, detached, groups, namespace);
    }
}
