/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

import io.thornback.labels.LabelSelector;
import io.thornback.resources.ResourceSet;

/**
 * What a task or actor asks of the node that runs it. Requests of one class are alike to the scheduler: they wait in one queue, and a decision about one is a decision about all.
 * Immutable; any thread.
 *
 * @param resources held while it runs.
 * @param labels conditions on the node's labels.
 * @param strategy which of the possible nodes.
 */
public record Requirements(ResourceSet resources, LabelSelector labels, Strategy strategy) {
    /** A request for resources alone. */
    public static Requirements of(final ResourceSet resources) {
        return new Requirements(resources, LabelSelector.ANY, Strategy.HYBRID);
    }

    /** {@code {cpu=1, gpu=2} on nodes with zone=a, spread}. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(resources.isEmpty() ? "no resources" : resources.toString());
        if (!labels.isAny()) {
            text.append(" on nodes with ").append(labels);
        }
        if (strategy != Strategy.HYBRID && !(strategy instanceof Strategy.Hybrid)) {
            text.append(", ").append(strategy);
        }
        return text.toString();
    }
}
