/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.agrona.UnsafeApi.compareAndSetInt;
import static org.agrona.UnsafeApi.getIntVolatile;
import static org.agrona.UnsafeApi.getLong;
import static org.agrona.UnsafeApi.putIntVolatile;
import static org.agrona.UnsafeApi.putLong;

import io.thornback.posix.Futex;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The words of a pin table on which threads of a client wait: the store wakes the reader itself, and no other thread of the client has to run in
 * between. Any thread; a word belongs to one thread from claim to release.
 *
 * <p>A word holds {@code sequence * 2} while its owner waits. Whoever ends the wait, the store, the client's own feeding thread or the owner when its time is over, makes that
 * {@code sequence * 2 + 1} by CAS and then wakes. Each claim has a new sequence, so who comes late changes nothing, and wakes nobody.
 *
 * <p>The answer beside the word is the store's alone to write, by its one thread, and only while it sees the wait unfinished. So between an answer and the CAS that hands it over
 * no other comes, and what is left there for a wait that ended in that moment is overwritten before the next is ended by the store.
 */
final class WaitWords {
    /** All words are in use. */
    static final int NONE = -1;

    private final long tableAddress;
    /** One bit for each word. */
    private final AtomicLong claimed = new AtomicLong();
    /** By word; written by its owner. The claim's CAS hands it on. */
    private final int[] sequences = new int[PinTableDescriptor.WAIT_WORDS];

    WaitWords(final long tableAddress) {
        this.tableAddress = tableAddress;
    }

    /** Takes a word and makes it ready to be waited on, or NONE. */
    int claim() {
        while (true) {
            final long before = claimed.get();
            final int word = Long.numberOfTrailingZeros(~before);
            if (word == Long.SIZE) {
                return NONE;
            }
            if (claimed.compareAndSet(before, before | 1L << word)) {
                sequences[word]++;
                // Volatile, before the request is committed. Partner: the CAS of whoever ends the wait.
                putIntVolatile(null, address(tableAddress, word), sequences[word] << 1);
                return word;
            }
        }
    }

    void release(final int word) {
        claimed.getAndUpdate(bits -> bits & ~(1L << word));
    }

    int inUse() {
        return Long.bitCount(claimed.get());
    }

    /** Of the claim; only for the owner. */
    int sequence(final int word) {
        return sequences[word];
    }

    /** Whether the wait is over. Volatile; what was done before the CAS that ended it is seen. */
    boolean isSignalled(final int word) {
        return getIntVolatile(null, address(tableAddress, word)) != sequences[word] << 1;
    }

    /** Sleeps until the wait is over, or for so long, or for no reason. */
    void await(final int word, final long timeoutNs) {
        Futex.await(address(tableAddress, word), sequences[word] << 1, timeoutNs);
    }

    /** What the store left when it ended the wait. Plain: behind {@link #isSignalled}. */
    long answer(final int word) {
        return getLong(address(tableAddress, word) + PinTableDescriptor.ANSWER_OFFSET);
    }

    /** The owner waits no longer; false if the wait was ended before. */
    boolean abandon(final int word) {
        final int waiting = sequences[word] << 1;
        return compareAndSetInt(null, address(tableAddress, word), waiting, waiting | 1);
    }

    /** As the store does, from within the client. */
    void signal(final int word, final int sequence) {
        signal(tableAddress, word, sequence);
    }

    /** Ends a wait; nothing happens if it has ended. */
    static void signal(final long tableAddress, final int word, final int sequence) {
        final long address = address(tableAddress, word);
        if (compareAndSetInt(null, address, sequence << 1, sequence << 1 | 1)) {
            Futex.wake(address, 1);
        }
    }

    /** Ends a wait with an answer, by the store; false if it had ended, and nobody has the answer. */
    static boolean answer(final long tableAddress, final int word, final int sequence, final long value) {
        final long address = address(tableAddress, word);
        if (getIntVolatile(null, address) != sequence << 1) {
            return false;
        }
        putLong(address + PinTableDescriptor.ANSWER_OFFSET, value);
        // CAS: the answer is seen by whoever sees the word. Partner: isSignalled.
        final boolean handedOver = compareAndSetInt(null, address, sequence << 1, sequence << 1 | 1);
        if (handedOver) {
            Futex.wake(address, 1);
        }
        return handedOver;
    }

    private static long address(final long tableAddress, final int word) {
        return PinTableDescriptor.waitWordAddress(tableAddress, word);
    }
}
