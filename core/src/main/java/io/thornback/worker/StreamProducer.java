/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.TaskCancelledException;
import io.thornback.Yield;
import io.thornback.ids.TaskId;
import io.thornback.runtime.BlockListener;
import io.thornback.runtime.CallDecoder;
import io.thornback.runtime.Limits;
import io.thornback.runtime.MessageBuffer;
import io.thornback.runtime.Outbox;
import io.thornback.serialization.Payload;
import io.thornback.transport.wire.StreamItemEncoder;
import io.thornback.transport.wire.StreamWaitsEncoder;
import io.thornback.transport.wire.ValuePlace;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.stream.BaseStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the items of one stream to its owner, no further ahead of those that have been taken than the window. The task's thread; {@link #taken} any.
 */
final class StreamProducer implements Yield<Object> {
    private static final Logger LOG = LoggerFactory.getLogger(StreamProducer.class);
    private static final byte[] NOTHING = new byte[0];
    /** How often one that waits asks: a message might have gone to a worker that ran the task before, and the owner might be dead. */
    private static final long ASK_MS = 1_000;

    private final RunOrder order;
    private final int window;
    private final CallDecoder decoder;
    private final Outbox owner;
    private final BlockListener blockListener;
    private final Object lock = new Object();
    private long taken;
    private long made;

    StreamProducer(
            final RunOrder order,
            final int window,
            final CallDecoder decoder,
            final Outbox owner,
            final BlockListener blockListener) {
        this.order = order;
        this.window = window;
        this.decoder = decoder;
        this.owner = owner;
        this.blockListener = blockListener;
    }

    /** So many have been taken in all. Repeats and old numbers change nothing. */
    void taken(final long items) {
        synchronized (lock) {
            if (items > taken) {
                taken = items;
                lock.notifyAll();
            }
        }
    }

    /** Number of items made. */
    long made() {
        return made;
    }

    @Override
    public void emit(final Object item) {
        awaitRoom();
        final Payload payload = decoder.encode(item);
        final boolean stored = payload.length() > Limits.INLINE_VALUE_BYTES
                || !payload.references().isEmpty();
        if (stored) {
            decoder.store(order.task(), Math.toIntExact(made + 1), payload);
        }
        final byte[] value = stored ? NOTHING : payload.toByteArray();
        final MessageBuffer message = MessageBuffer.local();
        final StreamItemEncoder out = new StreamItemEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(id(), 0, TaskId.LENGTH)
                .attempt(order.attempt())
                .index(made)
                .place(stored ? ValuePlace.STORED : ValuePlace.INLINE)
                .format((short) payload.format())
                .putValue(value, 0, value.length);
        owner.post(StreamItemEncoder.TEMPLATE_ID, message, out.encodedLength());
        made++;
    }

    /**
     * Hands out all that a function has given.
     *
     * @throws IllegalStateException if it is nothing that has items.
     */
    void emitAll(final Object given) {
        if (given instanceof BaseStream<?, ?> stream) {
            try (stream) {
                emitAll(stream.iterator());
            }
        } else if (given instanceof Iterable<?> items) {
            emitAll(items.iterator());
        } else if (given instanceof Iterator<?> items) {
            items.forEachRemaining(this::emit);
        } else {
            throw new IllegalStateException(
                    order.name() + " gave "
                            + (given == null ? "null" : "a " + given.getClass().getName())
                            + ", but was submitted with stream(): it must give an Iterator, Iterable or Stream, or take a Yield as its last parameter");
        }
    }

    private void awaitRoom() {
        synchronized (lock) {
            if (made - taken < window) {
                return;
            }
        }
        blockListener.blocked();
        try {
            final long start = System.nanoTime();
            long reported = start;
            while (!awaitRoom(ASK_MS)) {
                if (!owner.isReceiverThere()) {
                    throw new TaskCancelledException("the process that reads the stream is gone", null);
                }
                ask();
                if (System.nanoTime() - reported >= Limits.WAIT_REPORT_INTERVAL.toNanos()) {
                    reported = System.nanoTime();
                    LOG.info(
                            "{} {} has waited {} s with window={} items made and not taken",
                            order.task(),
                            order.name(),
                            TimeUnit.NANOSECONDS.toSeconds(reported - start),
                            window);
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TaskCancelledException("cancelled while items of the stream waited to be taken", e);
        } finally {
            blockListener.unblocked();
        }
    }

    private boolean awaitRoom(final long timeoutMs) throws InterruptedException {
        synchronized (lock) {
            final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
            long left = timeoutMs;
            while (made - taken >= window && left > 0) {
                lock.wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
            return made - taken < window;
        }
    }

    private void ask() {
        final MessageBuffer message = MessageBuffer.local();
        final StreamWaitsEncoder out =
                new StreamWaitsEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        out.putTaskId(id(), 0, TaskId.LENGTH).attempt(order.attempt());
        owner.post(StreamWaitsEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    private UnsafeBuffer id() {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[TaskId.LENGTH]);
        order.task().write(bytes, 0);
        return bytes;
    }
}
