/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.util.List;

/**
 * What has come of the results of one run of a task that makes several objects. They are kept until all are there, so that no two of them are ever of
 * different runs. A part that comes twice counts once. The agent's.
 */
final class ResultParts {
    private final int attempt;
    private final String worker;
    private final Part[] parts;
    private int missing;

    /** One result; without bytes it is in the store. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody; the bytes are handed on
    private record Part(int format, byte[] bytes) {}

    ResultParts(final int attempt, final String worker, final int count) {
        this.attempt = attempt;
        this.worker = worker;
        this.parts = new Part[count];
        this.missing = count;
    }

    boolean isOf(final String other) {
        return worker.equals(other);
    }

    int attempt() {
        return attempt;
    }

    /**
     * One result has come.
     *
     * @param bytes null: it is in the store.
     * @throws IllegalArgumentException if the task has no such result.
     */
    void add(final int index, final int format, final byte[] bytes) {
        if (index < 0 || index >= parts.length) {
            throw new IllegalArgumentException("a task of " + parts.length + " results got one of index=" + index);
        }
        if (parts[index] == null) {
            parts[index] = new Part(format, bytes);
            missing--;
        }
    }

    boolean isComplete() {
        return missing == 0;
    }

    /** Tells everyone who waits; once, when complete. */
    void complete(final List<ObjectEntry> results) {
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].bytes() == null) {
                results.get(i).completeStored();
            } else {
                results.get(i).completeInline(parts[i].format(), parts[i].bytes());
            }
        }
    }
}
