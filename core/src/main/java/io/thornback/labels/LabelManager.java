/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.labels;

import io.thornback.Label;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One node's labels. They may change while the node runs; each change raises {@link #version()}, so that what was decided by the old ones is decided
 * again. A task that runs keeps running when the labels that brought it here go.
 *
 * <p>Keys that begin with {@value #RESERVED} are set by the node itself and by nobody else. Not thread-safe: the raylet's agent owns it; the maps that it hands out are immutable.
 */
public final class LabelManager {
    /** The most labels of one node. */
    public static final int MAX_LABELS = 64;
    /** How the keys begin that the node sets itself. */
    public static final String RESERVED = "thornback/";
    /** The node's id, 56 hexadecimal digits. */
    public static final String NODE_ID = RESERVED + "node-id";

    private final SortedMap<String, String> own = new TreeMap<>();
    private Map<String, String> labels = Map.of();
    private long version;

    /**
     * The labels of a node that starts.
     *
     * @param nodeId set as {@link #NODE_ID}.
     * @param configured from the configuration.
     * @throws IllegalArgumentException for a bad or reserved key, a bad value, or too many.
     */
    public LabelManager(final String nodeId, final Map<String, String> configured) {
        own.put(NODE_ID, nodeId);
        replace(configured);
    }

    /**
     * Checks labels that an operator gives.
     *
     * @throws IllegalArgumentException for a bad or reserved key, a bad value, or too many.
     */
    public static void check(final Map<String, String> labels) {
        labels.forEach((key, value) -> {
            Label.requireKey(key);
            Label.requireValue(key, value);
            if (key.startsWith(RESERVED)) {
                throw new IllegalArgumentException(
                        "label " + key + " is set by the node itself; take a key that does not begin with " + RESERVED);
            }
        });
        if (labels.size() > MAX_LABELS) {
            throw new IllegalArgumentException("a node has " + labels.size() + " labels; limit=" + MAX_LABELS);
        }
    }

    /** Replaces all labels but the node's own. */
    public void replace(final Map<String, String> newLabels) {
        check(newLabels);
        final SortedMap<String, String> all = new TreeMap<>(own);
        all.putAll(newLabels);
        if (!all.equals(labels)) {
            labels = Collections.unmodifiableSortedMap(all);
            version++;
        }
    }

    /** All labels, sorted by key. */
    public Map<String, String> labels() {
        return labels;
    }

    /** Grows with each change. */
    public long version() {
        return version;
    }
}
