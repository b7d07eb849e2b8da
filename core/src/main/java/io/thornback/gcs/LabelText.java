/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.Label;
import io.thornback.labels.LabelManager;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Labels as one text, {@code zone=a,disk=ssd}: neither keys nor values contain the separators. */
final class LabelText {
    private LabelText() {}

    static String of(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }

    /** Reads what {@link #of} wrote; throws {@link IllegalArgumentException} for what it never writes. */
    static Map<String, String> parse(String text) {
        if (text.isEmpty()) {
            return Map.of();
        }
        final SortedMap<String, String> labels = new TreeMap<>();
        for (String pair : text.split(",", -1)) {
            final int equals = pair.indexOf('=');
            final String key = pair.substring(0, Math.max(0, equals));
            Label.requireKey(key);
            Label.requireValue(key, pair.substring(equals + 1));
            labels.put(key, pair.substring(equals + 1));
        }
        if (labels.size() > LabelManager.MAX_LABELS + 8) {
            throw new IllegalArgumentException("too many labels: " + labels.size());
        }
        return Collections.unmodifiableSortedMap(labels);
    }
}
