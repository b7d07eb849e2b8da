/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.posix.ProcessIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The small parts: words with several values in them, the use count, the options. */
class SlotWordTest {
    private static final ProcessIdentity LARGEST = new ProcessIdentity((1L << 22) - 1, (1L << 42) - 1);

    @Test
    void partsOfASlotWordComeBackAsTheyWentIn() {
        for (int state : new int[] {SlotWord.FREE, SlotWord.CLAIMED, SlotWord.READY}) {
            for (int generation : new int[] {0, 1, 0xFFFF}) {
                long word = SlotWord.of(state, generation, LARGEST);
                assertEquals(state, SlotWord.state(word));
                assertEquals(generation, SlotWord.generation(word));
                assertEquals(LARGEST.pid(), SlotWord.pid(word));
                assertTrue(SlotWord.isClaimant(word, LARGEST));
                assertFalse(SlotWord.isClaimant(word, new ProcessIdentity(LARGEST.pid(), 77)));
                assertFalse(SlotWord.isClaimant(word, new ProcessIdentity(5, LARGEST.startTicks())));
            }
        }
        assertEquals(0, SlotWord.free(0), "a file of zeroes is a table of free slots");
        assertEquals(SlotWord.free(0), SlotWord.free(0x10000), "the generation wraps");
    }

    @Test
    void packedIdentityComesBack() {
        for (ProcessIdentity identity : List.of(LARGEST, new ProcessIdentity(1, 1), ProcessIdentity.current())) {
            assertEquals(identity, PackedIdentity.unpack(PackedIdentity.of(identity)));
        }
    }

    @Test
    void lastUserFreesAfterCloseAndOnlyOnce() {
        AtomicInteger freed = new AtomicInteger();
        UseCount uses = new UseCount(freed::incrementAndGet);
        assertTrue(uses.enter());
        assertTrue(uses.enter());
        assertTrue(uses.close());
        assertFalse(uses.close());
        assertFalse(uses.enter());
        uses.leave();
        assertEquals(0, freed.get());
        uses.leave();
        assertEquals(1, freed.get());
        assertFalse(uses.enter());
        assertEquals(1, freed.get());
    }

    @Test
    void unusedIsFreedByClose() {
        AtomicInteger freed = new AtomicInteger();
        new UseCount(freed::incrementAndGet).close();
        assertEquals(1, freed.get());
    }

    @Test
    void manyThreadsFreeOnce() throws Exception {
        for (int round = 0; round < 200; round++) {
            AtomicInteger freed = new AtomicInteger();
            AtomicInteger inside = new AtomicInteger();
            UseCount uses = new UseCount(() -> {
                assertEquals(0, inside.get());
                freed.incrementAndGet();
            });
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread thread = new Thread(() -> {
                    while (uses.enter()) {
                        inside.incrementAndGet();
                        inside.decrementAndGet();
                        uses.leave();
                    }
                });
                thread.start();
                threads.add(thread);
            }
            uses.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(1, freed.get());
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        for (int capacity : new int[] {0, 2048, 4097, 1 << 29, -4096}) {
            assertThrows(IllegalArgumentException.class, () -> new InboxOptions(capacity, 64));
        }
        for (int slots : new int[] {0, 63, 65, 1088, -64}) {
            assertThrows(IllegalArgumentException.class, () -> new InboxOptions(4096, slots));
        }
        assertEquals(248, new InboxOptions(4096, 64).maxMessageLength());
        assertEquals(16_376, InboxOptions.DEFAULT.maxMessageLength());
    }
}
