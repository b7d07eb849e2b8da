/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.GetTimeoutException;
import io.thornback.ThornbackException.Code;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectLostException;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.ObjectTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gets objects of which it is known that they were sealed, from memory or disk; what is lost is made again by its owner, if that can be. Any thread but the agent's.
 */
final class StoredValues {
    /** A restore takes less; what does not come meanwhile may have been deleted, and the store is asked. */
    private static final Duration SUSPICIOUS = Duration.ofMillis(200);
    /** More often nothing that was made again gets lost again by accident. */
    private static final int MOST_ATTEMPTS = 10;

    /** Has a lost object made again. */
    interface Recovery {
        /**
         * @param why how it was lost, for people
         * @return completes with null when it is in the store again, or with the reason why it cannot be
         */
        CompletableFuture<Failure> recover(ObjectId id, Owner owner, String why);
    }

    private final ObjectStoreClient store;
    private final Recovery recovery;
    private final BlockListener blockListener;

    StoredValues(final ObjectStoreClient store, final Recovery recovery, final BlockListener blockListener) {
        this.store = store;
        this.recovery = recovery;
        this.blockListener = blockListener;
    }

    /**
     * The object.
     *
     * @throws GetTimeoutException if the time is over
     * @throws io.thornback.ThornbackException if it is lost for good, as of {@link Failure#toException}
     */
    ObjectBuffer get(final ObjectId id, final Owner owner, final Duration timeout) {
        final ObjectBuffer inSight = store.get(id);
        if (inSight != null) {
            return inSight;
        }
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        String why = "";
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                final ObjectBuffer found = await(id, deadlineNs, timeout);
                if (found != null) {
                    return found;
                }
                why = "object " + id + " is not in the store any more: it was deleted";
            } catch (final ObjectLostException e) {
                why = e.getMessage();
            }
            final Failure failure = recovered(recovery.recover(id, owner, why), id, deadlineNs, timeout);
            if (failure != null) {
                throw failure.toException();
            }
        }
        throw new Failure(Code.OBJECT_LOST, why + "; it was made again attempts=" + MOST_ATTEMPTS + " times", null)
                .toException();
    }

    /** Null if there is no such object. */
    private ObjectBuffer await(final ObjectId id, final long deadlineNs, final Duration timeout) {
        final Duration left = left(deadlineNs);
        final Duration first = left.compareTo(SUSPICIOUS) < 0 ? left : SUSPICIOUS;
        try {
            return store.get(id, first);
        } catch (final ObjectTimeoutException e) {
            if (!store.contains(id)) {
                return store.get(id); // sealed just now?
            }
        }
        try {
            return store.get(id, left(deadlineNs));
        } catch (final ObjectTimeoutException e) {
            throw timedOut(id, timeout, e);
        }
    }

    private Failure recovered(
            final CompletableFuture<Failure> answer, final ObjectId id, final long deadlineNs, final Duration timeout) {
        if (answer.isDone()) {
            return answer.getNow(null);
        }
        blockListener.blocked();
        try {
            return answer.get(left(deadlineNs).toNanos(), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            throw timedOut(id, timeout, e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GetTimeoutException("interrupted while object " + id + " was made again", e);
        } catch (final ExecutionException e) {
            throw new IllegalStateException("completes with a failure, never with an exception", e);
        } finally {
            blockListener.unblocked();
        }
    }

    private static Duration left(final long deadlineNs) {
        return Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime()));
    }

    private static GetTimeoutException timedOut(final ObjectId id, final Duration timeout, final Exception cause) {
        return new GetTimeoutException(
                "object " + id + " could not be read within " + timeout.toMillis()
                        + " ms; it is on disk, or is being made again: ask again",
                cause);
    }
}
