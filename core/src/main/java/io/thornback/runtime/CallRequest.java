/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ids.ActorId;
import io.thornback.ids.TaskId;
import io.thornback.transport.wire.TaskKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What a caller asks for, apart from function and arguments. Mutable while it is built; one thread. */
final class CallRequest {
    static final long UNITS = 10_000;
    static final String CPU = "cpu";
    static final String MEMORY = "memory";
    static final int DEFAULT_RETRIES = 3;
    private static final int MAX_RESOURCES = 64;

    final TaskKind kind;
    final ActorId actor;
    final Map<String, Long> resources = new TreeMap<>();
    /** The task that makes the call, as in messages: the sending thread may be another. */
    final DirectBuffer parent = parentBytes();
    /** When the call is made. */
    final long submittedNs = System.nanoTime();

    final PlacementRequest placement = new PlacementRequest();
    /** Encoded; empty: the job's. */
    String environment = "";

    long memoryBytes;
    int retries = DEFAULT_RETRIES;
    String name = "";
    /** Of an actor's creation. */
    String actorName = "";
    /** 0: the result is one object; else it is a list or array, and each of so many elements an object. */
    int returns;
    /** 0: no stream; else how many items may be made that have not been taken. */
    int window;
    /** Names of classes. */
    final List<String> retryOn = new ArrayList<>(0);
    /** Of an actor's creation; else null. */
    ActorOptions actorOptions;
    /** Of an actor's call: the concurrency group that runs it. */
    String group = "";

    CallRequest(final TaskKind kind, final ActorId actor) {
        this.kind = kind;
        this.actor = actor;
    }

    /** Whether it creates an actor that may be created again. */
    boolean actorMayRestart() {
        return actorOptions != null && actorOptions.maxRestarts() != 0;
    }

    /** What it takes of the message that the specification is in, besides names. */
    int extraBytes() {
        return environment.length()
                + placement.labelChars()
                + (actorOptions == null ? 0 : actorOptions.encode().length);
    }

    void name(final String given) {
        ActorOptions.checkLength("name", given, 0);
        name = given;
    }

    private static DirectBuffer parentBytes() {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[TaskId.LENGTH]);
        final TaskId task = CallContext.runningTask();
        if (task != null) {
            task.write(bytes, 0);
        }
        return bytes;
    }

    void resource(final String resource, final double amount) {
        final double units = amount * UNITS;
        final long rounded = Math.round(units);
        if (!(amount >= 0) || Double.isInfinite(amount) || Math.abs(units - rounded) > 1e-6 * Math.max(1, units)) {
            throw new IllegalArgumentException(
                    "resource " + resource + "=" + amount + " must be 0 or more, in steps of 1/" + UNITS);
        }
        if (rounded == 0) {
            resources.remove(resource);
            return;
        }
        resources.put(resource, rounded);
        int chars = 0;
        for (final String name : resources.keySet()) { // of each task that is submitted: no stream
            chars += name.length();
        }
        if (chars > Limits.MAX_RESOURCE_CHARS || resources.size() > MAX_RESOURCES) {
            throw new IllegalArgumentException("a request has resources=" + resources.size() + " with names of chars="
                    + chars + " together, limits=" + MAX_RESOURCES + " and " + Limits.MAX_RESOURCE_CHARS);
        }
    }

    void memory(final long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("memory=" + bytes + " must be 0 or more bytes");
        }
        memoryBytes = bytes;
    }

    void returns(final int count) {
        if (count < 1 || count > Limits.MAX_RETURNS) {
            throw new IllegalArgumentException("returns=" + count + " must be from 1 to " + Limits.MAX_RETURNS);
        }
        returns = count;
    }

    static int checkWindow(final int items) {
        if (items < 1 || items > Limits.MAX_RETURNS) {
            throw new IllegalArgumentException("window=" + items + " must be from 1 to " + Limits.MAX_RETURNS);
        }
        return items;
    }

    /** What of it concerns whoever makes the call. */
    CallOptions options() {
        Map<String, Long> held = resources;
        if (memoryBytes > 0) {
            held = new TreeMap<>(resources);
            held.put(MEMORY, memoryBytes * UNITS);
        }
        return new CallOptions(returns, window, held, retryOn);
    }

    void retries(final int count) {
        if (count < 0) {
            throw new IllegalArgumentException("retries=" + count + " must be 0 or more");
        }
        retries = count;
    }
}
