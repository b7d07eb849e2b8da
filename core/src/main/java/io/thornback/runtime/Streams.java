/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ObjectRefStream;
import io.thornback.ids.TaskId;
import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.StreamItemDecoder;
import io.thornback.transport.wire.StreamWaitsDecoder;
import io.thornback.transport.wire.ValuePlace;
import java.io.Serializable;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.concurrent.UnsafeBuffer;

/** The streams that tasks of this process make: takes in their items, and closes them. Thread-safe; messages come on the agent's thread. */
final class Streams {
    /** So many closed streams are remembered, for the sake of items that are still on their way. */
    private static final int MOST_CLOSED = 1_024;

    private final TaskSubmitter submitter;
    private final Calls calls;
    private final TaskTable tasks;
    private final ObjectTable objects;
    private final Links links;
    private final BlockListener blockListener;
    /** With the first item of each that had not come. */
    private final Map<TaskId, Long> closed = new ConcurrentHashMap<>();

    private final Queue<TaskId> closedInOrder = new ConcurrentLinkedQueue<>();

    Streams(
            final TaskSubmitter submitter,
            final Calls calls,
            final TaskTable tasks,
            final ObjectTable objects,
            final Links links,
            final BlockListener blockListener) {
        this.submitter = submitter;
        this.calls = calls;
        this.tasks = tasks;
        this.objects = objects;
        this.links = links;
        this.blockListener = blockListener;
    }

    /** Submits a task that makes a stream. */
    <T> ObjectRefStream<T> open(final CallRequest request, final Serializable function, final Object... arguments) {
        final StreamState state = submitter.submitTask(request, function, arguments).stream();
        final RuntimeStream<T> stream = new RuntimeStream<>(state, this, objects);
        ObjectTable.whenUnreachable(stream, () -> close(state));
        return stream;
    }

    BlockListener blockListener() {
        return blockListener;
    }

    /** Nobody wants the rest. */
    void close(final StreamState state) {
        final long next = state.close();
        if (next >= 0) {
            closed.put(state.id(), next);
            closedInOrder.add(state.id());
            if (closed.size() > MOST_CLOSED) {
                closed.remove(closedInOrder.poll());
            }
            calls.cancel(state.completion(), false);
        }
    }

    /** Takes the message, if it is of a stream. */
    boolean onMessage(final Message message) {
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        if (message.templateId() == StreamItemDecoder.TEMPLATE_ID) {
            onItem(
                    message.from(),
                    new StreamItemDecoder().wrapAndApplyHeader(message.buffer(), message.offset(), header));
            return true;
        }
        if (message.templateId() == StreamWaitsDecoder.TEMPLATE_ID) {
            onWaits(
                    message.from(),
                    new StreamWaitsDecoder().wrapAndApplyHeader(message.buffer(), message.offset(), header));
            return true;
        }
        return false;
    }

    private void onItem(final InboundLane from, final StreamItemDecoder item) {
        final byte[] idBytes = new byte[TaskId.LENGTH];
        item.getTaskId(idBytes, 0, idBytes.length);
        final TaskId id = TaskId.read(new UnsafeBuffer(idBytes), 0);
        final long index = item.index();
        final int format = item.format();
        final boolean inline = item.place() == ValuePlace.INLINE;
        final PendingTask task = tasks.get(id);
        if (task == null || task.stream() == null) {
            if (!inline && index >= closed.getOrDefault(id, Long.MAX_VALUE)) {
                objects.delete(StreamState.itemId(id, index));
            }
            return; // It was closed; or it has ended, and this is of a second run that nobody needed.
        }
        final StreamState state = task.stream();
        meet(state, item.attempt(), from);
        final byte[] value = new byte[item.valueLength()];
        item.getValue(value, 0, value.length);
        state.add(index, format, inline ? value : null);
    }

    private void onWaits(final InboundLane from, final StreamWaitsDecoder waits) {
        final byte[] idBytes = new byte[TaskId.LENGTH];
        waits.getTaskId(idBytes, 0, idBytes.length);
        final TaskId id = TaskId.read(new UnsafeBuffer(idBytes), 0);
        final PendingTask task = tasks.get(id);
        if (task == null || task.stream() == null) {
            // Nobody takes its items any more: it was run a second time though the first had ended, or has missed that
            // it is cancelled.
            links.tryTo(from.producerName()).ifPresent(worker -> Calls.sendCancel(worker, id, false));
            return;
        }
        meet(task.stream(), waits.attempt(), from);
        task.stream().tell();
    }

    private void meet(final StreamState state, final int attempt, final InboundLane from) {
        if (state.isNews(attempt, from.producerName())) {
            links.tryTo(from.producerName()).ifPresent(worker -> state.producer(attempt, worker));
        }
    }
}
