/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.time.Duration;

/** Sizes and times that both ends of a lane agree on. */
public final class Limits {
    /** Values up to this many bytes travel in messages; longer ones go through the store. */
    public static final int INLINE_VALUE_BYTES = 8 * 1024;
    /** A single argument up to this many bytes travels in the specification. */
    public static final int INLINE_ARGUMENT_BYTES = 4 * 1024;
    /** A specification up to this many bytes travels in the message; less what environment, labels and actor options take of it. */
    public static final int INLINE_SPEC_BYTES = 12 * 1024;
    /** Results that travel together fill messages up to about this many bytes. */
    public static final int RESULTS_MESSAGE_BYTES = 14 * 1024;
    /** The results of one task that travel in messages have at most this many bytes together; then only the smallest do. */
    public static final int INLINE_RESULTS_BYTES = 1024 * 1024;
    /** What travels in a message however many there are: as long as telling where it is stored would be. */
    public static final int SMALLEST_VALUE_BYTES = 64;
    /** Most characters of a name that a user gives: what fits a message with room for the rest. */
    public static final int MAX_NAME_CHARS = 256;
    /** Most characters of the names of all resources of one request. */
    public static final int MAX_RESOURCE_CHARS = 1_000;
    /** Most characters of all conditions on labels of one request, and most bytes of an actor's options. */
    public static final int MAX_EXTRA_BYTES = 2_000;
    /** Most results of one task. */
    public static final int MAX_RETURNS = 65_536;
    /** Most arguments of one call, those in lists included: as many as a group of a message counts. */
    public static final int MAX_ARGUMENTS = 65_534;
    /** How long a submission waits for one of the tasks in flight to end. */
    public static final Duration SUBMIT_TIMEOUT = Duration.ofMinutes(10);
    /** How long a put waits for memory. */
    public static final Duration STORE_TIMEOUT = Duration.ofSeconds(30);
    /** After how long a wait for an object of another process its owner is asked what has become of it. */
    public static final Duration FIRST_INQUIRY = Duration.ofSeconds(1);
    /** Bytes of the specifications of ended tasks that a process keeps to make their results again. */
    public static final long LINEAGE_BYTES = 64L << 20;
    /** Of tasks that are submitted while so many have not ended, what was asked is not kept to make their results again: it would cost the most where it matters least. */
    public static final int MOST_TASKS_WITH_LINEAGE = 100_000;
    /** How often a wait without a deadline is reported. */
    public static final Duration WAIT_REPORT_INTERVAL = Duration.ofSeconds(30);
    /** Messages handled in one duty cycle. */
    public static final int POLL_LIMIT = 256;
    /** Longest sleep of an idle agent. */
    public static final Duration MAX_PARK = Duration.ofSeconds(1);
    /** The longest time for which an agent does not look at its inbox while other threads read it again and again, but not always: what nobody waits for comes so late. */
    public static final Duration DOZE = Duration.ofNanos(500_000);
    /** The same of a worker: its thread without a call reads what is to be run, and what comes while it runs (cancellations, tasks asked back, what completes a future) is not worth a look every half millisecond by each of a node's workers. */
    public static final Duration WORKER_DOZE = Duration.ofMillis(4);
    /** The same while something may fall due soon. */
    public static final Duration WATCHFUL_PARK = Duration.ofMillis(5);

    private Limits() {}
}
