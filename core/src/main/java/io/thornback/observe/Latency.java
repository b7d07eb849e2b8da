/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/** How long a stage of tasks takes: a histogram in its place in {@link CountersDescriptor}. */
public enum Latency {
    /** From the owner's hand to a worker's. */
    SUBMITTED_TO_SCHEDULED(512, "waits for resources and a worker"),
    /** In the worker's inbox and queue. */
    SCHEDULED_TO_STARTED(2560, "is on its way to the worker"),
    /** The function. */
    STARTED_TO_ENDED(4608, "runs"),
    /** The result into the store, or into the owner's lane. */
    ENDED_TO_STORED(6656, "stores its result"),
    /** All of it. */
    SUBMITTED_TO_STORED(8704, "takes in all");

    private final int offset;
    private final String text;

    Latency(final int offset, final String text) {
        this.offset = offset;
        this.text = text;
    }

    int offset() {
        return offset;
    }

    /** As it is called in JSON: startedToEnded. */
    public String jsonName() {
        return CamelCase.of(this);
    }

    /** What the task does meanwhile, for lists. */
    public String text() {
        return text;
    }
}
