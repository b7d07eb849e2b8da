/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.transport.wire.ActorOptionsDecoder;
import io.thornback.transport.wire.ActorOptionsEncoder;
import io.thornback.transport.wire.MessageShapes;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * How an actor lives, as its creator asked; the {@code ActorOptions} message without its header. It travels as bytes inside the actor's creation: the raylet reads
 * what it decides by, the worker its threads.
 *
 * @param maxRestarts how often it is created again when its process has died; {@link #FOR_EVER}.
 * @param maxTaskRetries how often a call that was sent and not answered is sent again to the next process; {@link #FOR_EVER}.
 * @param maxConcurrency threads for its calls, from 1.
 * @param maxPendingCalls most calls of one process that have not been answered; 0: no limit.
 * @param detached whether it outlives its job.
 * @param groups threads of each concurrency group, by name.
 * @param namespace of its name.
 */
public record ActorOptions(
        int maxRestarts,
        int maxTaskRetries,
        int maxConcurrency,
        int maxPendingCalls,
        boolean detached,
        Map<String, Integer> groups,
        String namespace) {
    /** As a number of restarts or retries: no limit. */
    public static final int FOR_EVER = -1;

    /** Most threads of an actor, and most of one group. */
    public static final int MAX_CONCURRENCY = 1_000;

    /** Most concurrency groups of an actor. */
    public static final int MAX_GROUPS = 64;

    /** What a group takes besides its name. */
    private static final int GROUP_BYTES = 8;

    public ActorOptions {
        atLeast("maxRestarts", maxRestarts, FOR_EVER);
        atLeast("maxTaskRetries", maxTaskRetries, FOR_EVER);
        atLeast("maxPendingCalls", maxPendingCalls, 0);
        threads("maxConcurrency", maxConcurrency);
        groups = Map.copyOf(groups);
        if (groups.size() > MAX_GROUPS) {
            throw new IllegalArgumentException(
                    "concurrency groups=" + groups.size() + " of one actor, limit=" + MAX_GROUPS + "; use fewer");
        }
        groups.forEach((name, threads) -> {
            checkName("concurrency group", name);
            threads("concurrency group " + name, threads);
        });
        checkName("namespace", namespace);
        int bytes = bytesOf(namespace);
        for (final String name : groups.keySet()) {
            bytes += bytesOf(name) + GROUP_BYTES;
        }
        if (bytes > Limits.MAX_EXTRA_BYTES) {
            throw new IllegalArgumentException("concurrency groups and namespace of one actor take bytes=" + bytes
                    + " together, limit=" + Limits.MAX_EXTRA_BYTES + "; use shorter names");
        }
    }

    private static int bytesOf(final String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** One thread, no restarts, nothing else. */
    public static ActorOptions in(final String namespace) {
        return new ActorOptions(0, 0, 1, 0, false, Map.of(), namespace);
    }

    private static void atLeast(final String what, final int value, final int least) {
        if (value < least) {
            throw new IllegalArgumentException(what + "=" + value + " must be " + least + " or more"
                    + (least == FOR_EVER ? "; -1 is for ever" : "; 0 is no limit"));
        }
    }

    private static void threads(final String what, final int value) {
        if (value < 1 || value > MAX_CONCURRENCY) {
            throw new IllegalArgumentException(what + "=" + value + " must be from 1 to " + MAX_CONCURRENCY);
        }
    }

    /** @throws IllegalArgumentException if it is empty, or longer than {@link Limits#MAX_NAME_CHARS}. */
    public static void checkName(final String what, final String name) {
        checkLength(what, name, 1);
    }

    static void checkLength(final String what, final String name, final int least) {
        if (name.length() < least || name.length() > Limits.MAX_NAME_CHARS) {
            throw new IllegalArgumentException(what + " '" + name + "' of length=" + name.length() + " must have from "
                    + least + " to " + Limits.MAX_NAME_CHARS + " characters");
        }
    }

    /** Whether it has another incarnation after so many restarts. */
    public boolean mayRestart(final int restarts) {
        return maxRestarts == FOR_EVER || restarts < maxRestarts;
    }

    /** Whether its calls may run at the same time. */
    public boolean isConcurrent() {
        return maxConcurrency > 1 || !groups.isEmpty();
    }

    /** The bytes of the message's body. */
    public byte[] encode() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64);
        final ActorOptionsEncoder out = new ActorOptionsEncoder().wrap(buffer, 0);
        out.maxRestarts(maxRestarts)
                .maxTaskRetries(maxTaskRetries)
                .maxConcurrency(maxConcurrency)
                .maxPendingCalls(maxPendingCalls)
                .detached((short) (detached ? 1 : 0));
        final ActorOptionsEncoder.ConcurrencyGroupsEncoder group = out.concurrencyGroupsCount(groups.size());
        groups.forEach((name, threads) -> group.next().threads(threads).groupName(name));
        out.actorNamespace(namespace);
        final byte[] bytes = new byte[out.encodedLength()];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException for anything else.
     */
    public static ActorOptions decode(final byte[] bytes) {
        if (!MessageShapes.isWholeBody(ActorOptionsDecoder.TEMPLATE_ID, new UnsafeBuffer(bytes), 0, bytes.length)) {
            throw new IllegalArgumentException(
                    "an actor's options of length=" + bytes.length + " have length fields that lead out of them");
        }
        final ActorOptionsDecoder in = new ActorOptionsDecoder()
                .wrap(new UnsafeBuffer(bytes), 0, ActorOptionsDecoder.BLOCK_LENGTH, ActorOptionsDecoder.SCHEMA_VERSION);
        final int restarts = in.maxRestarts();
        final int retries = in.maxTaskRetries();
        final int concurrency = in.maxConcurrency();
        final int pending = in.maxPendingCalls();
        final boolean detached = in.detached() != 0;
        final Map<String, Integer> groups = new TreeMap<>();
        for (final ActorOptionsDecoder.ConcurrencyGroupsDecoder group : in.concurrencyGroups()) {
            final int threads = group.threads();
            groups.put(group.groupName(), threads);
        }
        return new ActorOptions(restarts, retries, concurrency, pending, detached, groups, in.actorNamespace());
    }
}
