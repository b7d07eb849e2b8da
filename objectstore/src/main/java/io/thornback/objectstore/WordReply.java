/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** A wait for an object on a word of shared memory: the store ends it there, and only a refusal comes by message. */
class WordReply extends Reply {
    final ObjectId id;
    final int word;
    final int sequence;
    private final WaitWords words;

    WordReply(final long correlationId, final ObjectId id, final WaitWords words, final int word) {
        super(correlationId);
        this.id = id;
        this.words = words;
        this.word = word;
        this.sequence = words.sequence(word);
    }

    final boolean isOver() {
        return isDone() || words.isSignalled(word);
    }

    final void await(final long timeoutNs) {
        words.await(word, timeoutNs);
    }

    @Override
    final void onDone() {
        words.signal(word, sequence);
    }
}
