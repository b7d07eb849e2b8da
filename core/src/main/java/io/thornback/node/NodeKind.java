/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.util.Locale;

/** What a node is to its cluster. */
public enum NodeKind {
    /** It runs the cluster's GCS. */
    HEAD,
    /** It has joined the GCS of a head. */
    JOINED,
    /** It runs a GCS for itself inside one JVM, and what that knows ends with it. */
    LOCAL;

    /** As it is written in files and shown to people: head, joined, local. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is no kind
     */
    static NodeKind of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
