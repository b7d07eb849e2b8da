/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** A wait for an object, or for memory, on a word of shared memory: the store ends it there, and only a refusal comes by message. */
class WordReply extends Reply {
    final int word;
    final int sequence;
    private final WaitWords words;

    WordReply(final long correlationId, final WaitWords words, final int word) {
        super(correlationId);
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
