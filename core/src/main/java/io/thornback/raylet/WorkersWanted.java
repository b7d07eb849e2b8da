/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many more workers could be used at once, by the environment of their processes. Of one pass of the dispatcher. */
final class WorkersWanted {
    private Map<RuntimeEnvironment, Integer> counts = Map.of();

    void add(final RuntimeEnvironment environment, final int count) {
        if (count > 0) {
            if (counts.isEmpty()) {
                counts = new LinkedHashMap<>();
            }
            // What differs in jars alone is started alike, and has to be counted together.
            counts.merge(environment.ofProcess(), count, Integer::sum);
        }
    }

    Map<RuntimeEnvironment, Integer> counts() {
        return counts;
    }
}
