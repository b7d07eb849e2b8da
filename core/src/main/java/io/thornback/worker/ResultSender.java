/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.ids.TaskId;
import io.thornback.runtime.CallDecoder;
import io.thornback.runtime.Limits;
import io.thornback.runtime.Links;
import io.thornback.runtime.MessageBuffer;
import io.thornback.runtime.Outbox;
import io.thornback.serialization.Payload;
import io.thornback.transport.wire.TaskOutcome;
import io.thornback.transport.wire.TaskResultEncoder;
import io.thornback.transport.wire.TaskResultsEncoder;
import io.thornback.transport.wire.ValuePlace;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends results to the owners of their tasks: what is small in messages, the rest through the store, sealed before it is told. No state; any thread.
 */
final class ResultSender {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSender.class);
    private static final byte[] NOTHING = new byte[0];
    /** What a result takes in a message besides its bytes, and more. */
    private static final int OVERHEAD_BYTES = 16;

    private final Links links;

    ResultSender(final Links links) {
        this.links = links;
    }

    /**
     * What has been told of a call.
     *
     * @param outcome of the call: a result that cannot be stored has failed.
     * @param owner whom it was told; null: nobody.
     */
    record Delivered(TaskOutcome outcome, Outbox owner) {
        /** Runs something when what was told is where it does not go with this process. */
        void whenSent(final Runnable action) {
            if (owner == null) {
                action.run();
            } else {
                owner.whenSent(action);
            }
        }
    }

    /**
     * Sends what a call has given. Waits for memory in the store, where it needs some.
     *
     * @throws RuntimeException if the owner is there and cannot be told: then nobody hears of the call.
     */
    Delivered deliver(final RunOrder order, final CallResult result, final CallDecoder decoder) {
        if (result.outcome() == TaskOutcome.RETRY) {
            return new Delivered(TaskOutcome.RETRY, null);
        }
        final Optional<Outbox> found = links.tryTo(order.ownerInbox());
        if (found.isEmpty()) {
            LOG.info("result of {} {} dropped: its owner is gone", order.task(), order.name());
            return new Delivered(result.outcome(), null);
        }
        final Outbox owner = found.get();
        try {
            if (result.several() != null) {
                sendSeveral(order, owner, result.several(), decoder);
            } else if (isForTheStore(result)) {
                decoder.store(order.task(), 0, result.single());
                send(order, owner, result.outcome(), result.single(), true);
            } else {
                send(order, owner, result.outcome(), result.single(), false);
            }
            return new Delivered(result.outcome(), owner);
        } catch (final RuntimeException e) {
            send(order, owner, TaskOutcome.FAILED, decoder.encodeError(e), false);
            return new Delivered(TaskOutcome.FAILED, owner);
        }
    }

    /** What is long, and what contains references: so these are held until the owner has read them. Errors are never long. */
    private static boolean isForTheStore(final CallResult result) {
        return (result.outcome() == TaskOutcome.OK && result.single().length() > Limits.INLINE_VALUE_BYTES)
                || !result.single().references().isEmpty();
    }

    private static void send(
            final RunOrder order,
            final Outbox owner,
            final TaskOutcome outcome,
            final Payload payload,
            final boolean stored) {
        final byte[] value = stored ? NOTHING : payload.toByteArray();
        final MessageBuffer message = MessageBuffer.local();
        final TaskResultEncoder out = new TaskResultEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(bytes(order.task()), 0, TaskId.LENGTH)
                .attempt(order.attempt())
                .outcome(outcome)
                .place(stored ? ValuePlace.STORED : ValuePlace.INLINE)
                .format((short) payload.format())
                .putValue(value, 0, value.length);
        owner.post(TaskResultEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    private static void sendSeveral(
            final RunOrder order, final Outbox owner, final List<Payload> values, final CallDecoder decoder) {
        final boolean[] stored = new boolean[values.size()];
        long inlineBytes = 0;
        for (int i = 0; i < stored.length; i++) {
            final long length = values.get(i).length();
            stored[i] = length > Limits.INLINE_VALUE_BYTES
                    || !values.get(i).references().isEmpty()
                    || (length > Limits.SMALLEST_VALUE_BYTES && inlineBytes + length > Limits.INLINE_RESULTS_BYTES);
            if (stored[i]) {
                decoder.store(order.task(), i, values.get(i));
            } else {
                inlineBytes += length;
            }
        }
        for (int first = 0; first < stored.length; ) {
            final int end = endOfMessage(values, stored, first);
            sendPart(order, owner, values, stored, new Part(first, end));
            first = end;
        }
    }

    private static int endOfMessage(final List<Payload> values, final boolean[] stored, final int first) {
        long bytes = 0;
        int end = first;
        while (end < stored.length) {
            bytes += OVERHEAD_BYTES + (stored[end] ? 0 : values.get(end).length());
            if (bytes > Limits.RESULTS_MESSAGE_BYTES) {
                return end;
            }
            end++;
        }
        return end;
    }

    /** The results that one message tells: from the first, to the one before the end. */
    private record Part(int first, int end) {}

    private static void sendPart(
            final RunOrder order,
            final Outbox owner,
            final List<Payload> values,
            final boolean[] stored,
            final Part part) {
        final MessageBuffer message = MessageBuffer.local();
        final TaskResultsEncoder out =
                new TaskResultsEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(bytes(order.task()), 0, TaskId.LENGTH).attempt(order.attempt());
        final TaskResultsEncoder.ResultsEncoder group = out.resultsCount(part.end() - part.first());
        for (int i = part.first(); i < part.end(); i++) {
            final byte[] value = stored[i] ? NOTHING : values.get(i).toByteArray();
            group.next()
                    .index(i)
                    .place(stored[i] ? ValuePlace.STORED : ValuePlace.INLINE)
                    .format((short) values.get(i).format())
                    .putValue(value, 0, value.length);
        }
        owner.post(TaskResultsEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    private static UnsafeBuffer bytes(final TaskId id) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[TaskId.LENGTH]);
        id.write(bytes, 0);
        return bytes;
    }
}
