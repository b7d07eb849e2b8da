/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.agrona.UnsafeApi.compareAndSetInt;
import static org.agrona.UnsafeApi.getIntVolatile;
import static org.agrona.UnsafeApi.putIntVolatile;

import io.thornback.posix.Futex;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The words of a pin table on which threads of a client wait: the store wakes the reader itself, and no other thread of the client has to run in
 * between. Any thread; a word belongs to one thread from claim to release.
 *
 * <p>A word holds {@code sequence * 2} while its owner waits. Whoever ends the wait, the store or the client's own feeding thread, makes that
 * {@code sequence * 2 + 1} by CAS and then wakes. Each claim has a new sequence, so who comes late changes nothing, and wakes nobody.
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

    private static long address(final long tableAddress, final int word) {
        return PinTableDescriptor.waitWordAddress(tableAddress, word);
    }
}
