/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageDeltasTest {
    private final MessageDeltas deltas = new MessageDeltas();

    @Test
    void whatDiffersInAFewBytesIsShort() {
        final byte[] first = OwnershipContract.bytes(303, 1);
        final byte[] second = first.clone();
        second[9] ^= 1;
        second[302] ^= 1;
        final byte[] shortFirst = deltas.shorten(first);
        final byte[] shortSecond = deltas.shorten(second);
        assertTrue(shortFirst.length <= 4 + 10, "length=" + shortFirst.length);
        assertTrue(shortSecond.length <= 4 + 10 + 2 * 4, "length=" + shortSecond.length);
        assertArrayEquals(first, deltas.restore(shortFirst));
        assertArrayEquals(second, deltas.restore(shortSecond));
    }

    @Test
    void whateverTheyAreTheyComeBackAndNeverTakeMoreThanTheirLengthBeside() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final List<byte[]> messages = new ArrayList<>();
        final List<byte[]> kept = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            final byte[] message = OwnershipContract.bytes(random.nextInt(100), random.nextInt(3));
            for (int changes = random.nextInt(8); changes > 0 && message.length > 0; changes--) {
                message[random.nextInt(message.length)]++;
            }
            messages.add(message.clone());
            kept.add(deltas.shorten(message));
            assertTrue(kept.get(i).length <= message.length + 4, "seed=" + seed);
        }
        for (int i = 0; i < messages.size(); i++) {
            assertArrayEquals(messages.get(i), deltas.restore(kept.get(i)), "seed=" + seed + " i=" + i);
        }
    }
}
