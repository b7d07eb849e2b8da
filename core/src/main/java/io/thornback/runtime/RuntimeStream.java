/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.GetTimeoutException;
import io.thornback.ObjectRef;
import io.thornback.ObjectRefStream;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the user holds of a stream; when it is unreachable the stream is closed. */
final class RuntimeStream<T> implements ObjectRefStream<T> {
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeStream.class);

    private final StreamState state;
    private final Streams streams;
    private final ObjectTable objects;

    RuntimeStream(final StreamState state, final Streams streams, final ObjectTable objects) {
        this.state = state;
        this.streams = streams;
        this.objects = objects;
    }

    @Override
    public boolean hasNext() {
        awaitKnown(null);
        return state.hasReady();
    }

    @Override
    public ObjectRef<T> next() {
        awaitKnown(null);
        return take();
    }

    @Override
    public ObjectRef<T> next(final Duration timeout) {
        if (!awaitKnown(timeout)) {
            throw new GetTimeoutException("the next object of task " + state.id() + " " + state.name()
                    + " was not there within " + timeout.toMillis()
                    + " ms; it still runs or waits: ask again, or look at 'thornback status'");
        }
        return take();
    }

    private ObjectRef<T> take() {
        final ObjectEntry entry = state.take();
        if (entry == null) {
            throw new NoSuchElementException("the stream of task " + state.id() + " " + state.name() + " has ended");
        }
        return new RuntimeRef<>(entry, objects);
    }

    /** Null: as long as the task can still go on, with a report every so often. */
    private boolean awaitKnown(final Duration timeout) {
        if (state.isKnown()) {
            return true;
        }
        streams.blockListener().blocked();
        try {
            if (timeout != null) {
                return state.await(timeout.toNanos());
            }
            final long start = System.nanoTime();
            while (!state.await(Limits.WAIT_REPORT_INTERVAL.toNanos())) {
                LOG.info(
                        "still waiting for the next object of task {} {} after {} s",
                        state.id(),
                        state.name(),
                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
            }
            return true;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GetTimeoutException("interrupted while waiting for the next object of task " + state.id(), e);
        } finally {
            streams.blockListener().unblocked();
        }
    }

    @Override
    public ObjectRef<Long> completion() {
        return new RuntimeRef<>(state.completion(), objects);
    }

    @Override
    public void close() {
        streams.close(state);
    }

    @Override
    public String toString() {
        return "ObjectRefStream(" + state.id() + " " + state.name() + ")";
    }
}
