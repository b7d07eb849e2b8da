/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.labels;

import io.thornback.Label;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Conditions on a node's labels, all of which must be met. Two selectors with the same conditions are equal, in whatever order they were given. Immutable; any thread.
 *
 * @param conditions sorted, without repeats; at most {@value #MAX_CONDITIONS}.
 */
public record LabelSelector(List<Label> conditions) {
    /** The most conditions of one request. */
    public static final int MAX_CONDITIONS = 32;

    /** Met by every node. */
    public static final LabelSelector ANY = new LabelSelector(List.of());

    /**
     * Sorts and checks.
     *
     * @throws IllegalArgumentException for too many conditions.
     */
    public LabelSelector {
        conditions = conditions.stream()
                .distinct()
                .sorted(Comparator.comparing(Label::toString))
                .toList();
        if (conditions.size() > MAX_CONDITIONS) {
            throw new IllegalArgumentException(
                    "a request has " + conditions.size() + " conditions on labels; limit=" + MAX_CONDITIONS);
        }
    }

    /** Whether a node with these labels meets all conditions. */
    public boolean matches(final Map<String, String> labels) {
        return unmet(labels).isEmpty();
    }

    /** The first condition that a node with these labels does not meet. */
    public Optional<Label> unmet(final Map<String, String> labels) {
        for (final Label condition : conditions) {
            if (!condition.matches(labels)) {
                return Optional.of(condition);
            }
        }
        return Optional.empty();
    }

    /** Whether it asks for nothing. */
    public boolean isAny() {
        return conditions.isEmpty();
    }

    /** {@code zone in (a, b) and disk=ssd}; empty for {@link #ANY}. */
    @Override
    public String toString() {
        return conditions.stream().map(Label::toString).collect(Collectors.joining(" and "));
    }
}
