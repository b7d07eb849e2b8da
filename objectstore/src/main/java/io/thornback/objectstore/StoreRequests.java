/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.ObjectPresence;
import java.time.Duration;

/** The questions a client puts to the store when shared memory has no answer. Any thread but the one that feeds the client. */
final class StoreRequests {
    private final StoreLane lane;
    private final Replies replies;
    /** Set before anybody is let in. */
    private volatile WaitWords words;

    StoreRequests(final StoreLane lane, final Replies replies) {
        this.lane = lane;
        this.replies = replies;
    }

    /** On admission: the words by which the store wakes a thread that waits. */
    void waitOn(final WaitWords newWords) {
        words = newWords;
    }

    WaitWords words() {
        return words;
    }

    /** Parks until the object is sealed; false if it is not before the deadline. */
    boolean isSealedBefore(final ObjectId id, final long deadlineNs) {
        final int word = words.claim();
        if (word == WaitWords.NONE) {
            return isSealedBefore(id, deadlineNs, new Waiting(id), 0, 0);
        }
        try {
            final WordReply reply = new WordReply(replies.nextCorrelationId(), words, word) {
                @Override
                void sendAgain() {
                    lane.awaitObject(correlationId, id, word + 1, sequence);
                }
            };
            return isSealedBefore(id, deadlineNs, reply, word + 1, reply.sequence);
        } finally {
            words.release(word);
        }
    }

    private boolean isSealedBefore(
            final ObjectId id, final long deadlineNs, final Reply reply, final int waitWord, final int sequence) {
        replies.expect(reply);
        boolean failed = true;
        final boolean ready;
        try {
            lane.awaitObject(reply.correlationId, id, waitWord, sequence);
            ready = replies.await(reply, deadlineNs, lane::isStoreAlive);
            failed = false;
        } finally {
            replies.forget(reply);
            if (failed) {
                lane.tryCancelWait(reply.correlationId);
            }
        }
        if (!ready) {
            lane.cancelWait(reply.correlationId);
        }
        return ready && deadlineNs - System.nanoTime() > 0;
    }

    /** Has the feeding thread call back when the object is sealed or lost; never if the client is closed before. */
    long await(final ObjectId id, final Runnable callback) {
        final Reply reply = replies.expect(new Waiting(id) {
            @Override
            void onDone() {
                if (failure == null || failure instanceof ObjectLostException) {
                    callback.run();
                }
            }
        });
        boolean sent = false;
        try {
            lane.awaitObject(reply.correlationId, id, 0, 0);
            sent = true;
        } finally {
            if (!sent) {
                replies.forget(reply);
            }
        }
        return reply.correlationId;
    }

    void cancelAwait(final long handle) {
        if (handle != 0 && replies.forget(handle)) {
            lane.cancelWait(handle);
        }
    }

    /** Whether the store knows the object, once it has read all that was committed before the question. */
    boolean isSealed(final ObjectId id, final Duration timeout) {
        final Reply reply = replies.expect(new Reply(replies.nextCorrelationId()) {
            @Override
            void sendAgain() {
                lane.query(correlationId, id);
            }
        });
        answer(reply, timeout);
        return reply.value == ObjectPresence.SEALED.value() || reply.value == ObjectPresence.SPILLED.value();
    }

    /** Returns when the store has applied all that was committed in the lane before. */
    void flush(final Duration timeout) {
        final Reply reply = replies.expect(new Reply(replies.nextCorrelationId()) {
            @Override
            void sendAgain() {
                lane.flush(correlationId);
            }
        });
        answer(reply, timeout);
    }

    private void answer(final Reply reply, final Duration timeout) {
        answer(reply, System.nanoTime() + timeout.toNanos(), timeout);
    }

    /** Asks, and waits for the answer; the time-out is for the message of the exception. */
    void answer(final Reply reply, final long deadlineNs, final Duration timeout) {
        boolean answered = false;
        try {
            reply.sendAgain(); // the first time
            answered = replies.await(reply, deadlineNs, lane::isStoreAlive);
        } finally {
            if (!answered) {
                replies.forget(reply);
            }
        }
        if (!answered) {
            throw new StoreUnavailableException(
                    "the object store did not answer within " + timeout, "wait longer, or look at the store's log");
        }
    }

    /** A wait that is answered by message. */
    private class Waiting extends Reply {
        private final ObjectId id;

        Waiting(final ObjectId id) {
            super(replies.nextCorrelationId());
            this.id = id;
        }

        @Override
        void sendAgain() {
            lane.awaitObject(correlationId, id, 0, 0);
        }
    }
}
