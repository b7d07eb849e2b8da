/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.ids.ActorId;
import io.thornback.ids.TaskId;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.RunTaskDecoder;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.ValuePlace;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a worker was told to run.
 *
 * @param task id; names the result.
 * @param kind a task, an actor's creation, or a call of the actor that this worker is.
 * @param attempt from 1.
 * @param ownerInbox where the result goes.
 * @param name for messages.
 * @param maxRetries how often it may be run again.
 * @param spec the specification, or null: it is in the store.
 * @param actorOptions of a creation: how the actor lives; of an actor's call: the name of its concurrency group.
 * @param origin where it comes from.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; the bytes are handed on
record RunOrder(
        TaskId task,
        TaskKind kind,
        int attempt,
        String ownerInbox,
        String name,
        int maxRetries,
        byte[] spec,
        byte[] actorOptions,
        Origin origin) {
    /**
     * Where a call comes from.
     *
     * @param parent the task that submitted it; null: the driver.
     * @param submittedNs when, by the host's monotonic clock.
     * @param readNs when this worker read it from its inbox.
     */
    record Origin(TaskId parent, long submittedNs, long readNs) {}

    /** Reads a {@code RunTask} message. */
    static RunOrder read(final DirectBuffer buffer, final int offset) {
        final RunTaskDecoder in = new RunTaskDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final byte[] id = new byte[TaskId.LENGTH];
        in.getTaskId(id, 0, id.length);
        final TaskKind kind = in.kind();
        final boolean inline = in.specPlace() == ValuePlace.INLINE;
        final int attempt = in.attempt();
        final int maxRetries = in.maxRetries();
        final byte[] parent = new byte[TaskId.LENGTH];
        in.getParentId(parent, 0, parent.length);
        final TaskId submitter = TaskId.read(new UnsafeBuffer(parent), 0);
        final Origin origin =
                new Origin(submitter.job().value() == 0 ? null : submitter, in.submittedNs(), System.nanoTime());
        final String owner = in.ownerInbox();
        final String name = in.name();
        final byte[] spec = new byte[in.specLength()];
        in.getSpec(spec, 0, spec.length);
        final byte[] options = new byte[in.actorOptionsLength()];
        in.getActorOptions(options, 0, options.length);
        final TaskId task = TaskId.read(new UnsafeBuffer(id), 0);
        return new RunOrder(task, kind, attempt, owner, name, maxRetries, inline ? spec : null, options, origin);
    }

    /** Whether it may be run once more. */
    boolean isRetriable() {
        return kind == TaskKind.TASK && attempt <= maxRetries;
    }

    /** The concurrency group of an actor's call; empty: the actor's own. */
    String group() {
        return actorOptions.length == 0 ? "" : new String(actorOptions, StandardCharsets.UTF_8);
    }

    ActorId actor() {
        return task.actor();
    }
}
