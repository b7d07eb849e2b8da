/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.wire.CancelWaitEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An object that was held goes with its last holder, be that a client or an object that contains a reference to it; never before. */
class HoldsTest {
    private StoreFixture store;
    private ObjectStoreClient maker;
    private ObjectStoreClient other;

    @BeforeEach
    void start() {
        store = new StoreFixture(16L << 20);
        maker = store.client();
        other = store.client();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private void putHeld(final long number, final long... contained) {
        maker.holds().hold(id(number));
        put(maker, number, contained);
    }

    static void put(final ObjectStoreClient client, final long number, final long... contained) {
        final List<ObjectId> ids = new ArrayList<>();
        for (final long each : contained) {
            ids.add(id(each));
        }
        final byte[] data = bytes(100 + (int) (number % 7), (int) number);
        try (WritableObject object = client.create(id(number), data.length, CreateOptions.DEFAULT.containing(ids))) {
            object.put(0, data);
            object.seal();
        }
    }

    private void objects(final long count) {
        eventually(
                "objects=" + count + ", there are " + store.counters().objects(),
                () -> store.counters().objects() == count);
    }

    @Test
    void itGoesWithTheLastClientThatHoldsIt() {
        putHeld(1);
        other.holds().hold(id(1));
        other.holds().hold(id(1));
        maker.holds().release(id(1));
        other.holds().release(id(1));
        maker.flush(LONG);
        other.flush(LONG);
        assertTrue(maker.contains(id(1)), "one reference is left");
        other.holds().release(id(1));
        objects(0);
    }

    @Test
    void whatNobodyEverHeldStays() {
        put(maker, 1);
        other.addReference(id(1));
        other.dropReference(id(1));
        other.flush(LONG);
        maker.flush(LONG);
        assertTrue(other.contains(id(1)));
    }

    @Test
    void aHoldThatIsStillInALaneCounts() {
        putHeld(1);
        maker.flush(LONG);
        other.flush(LONG);
        final OutboundLane lane = other.lane.lane();
        final int stuck = lane.tryClaim(CancelWaitEncoder.TEMPLATE_ID, StoreMessages.HEADER_LENGTH + 8);
        assertTrue(stuck > 0);
        other.holds().hold(id(1));
        maker.holds().release(id(1));
        maker.flush(LONG);
        assertEquals(0, store.counters().deletedTotal());
        lane.abort(stuck);
        other.flush(LONG);
        maker.flush(LONG);
        assertTrue(maker.contains(id(1)));
        other.holds().release(id(1));
        objects(0);
    }

    @Test
    void anEndThatFindsNoRoomWaitsForNothingAndIsToldLater() {
        putHeld(1);
        maker.flush(LONG);
        final OutboundLane lane = maker.lane.lane();
        final int length = StoreMessages.HEADER_LENGTH + 8;
        final int stuck = lane.tryClaim(CancelWaitEncoder.TEMPLATE_ID, length);
        assertTrue(stuck > 0);
        final UnsafeBuffer filling = new UnsafeBuffer(new byte[length]);
        StoreMessages.putCorrelation(filling, 0, CancelWaitEncoder.TEMPLATE_ID, 4711);
        final long settledNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
        do {
            while (lane.offer(CancelWaitEncoder.TEMPLATE_ID, filling, 0, length) == OutboundLane.SENT) {
                // until it is full, and stays so: the store may give back the room of what it has read before
            }
            Thread.onSpinWait();
        } while (System.nanoTime() - settledNs < 0);
        assertTimeout(Duration.ofSeconds(1), () -> maker.holds().release(id(1)));
        assertThrows(StoreUnavailableException.class, () -> maker.holds().hold(id(2)), "there is no room");
        lane.abort(stuck);
        objects(0);
    }

    @Test
    void moreReferencesThanAnObjectCanContainAreRefused() {
        final List<ObjectId> many = Collections.nCopies(CreateOptions.MAX_CONTENTS + 1, id(1));
        assertThrows(IllegalArgumentException.class, () -> CreateOptions.DEFAULT.containing(many));
    }

    @Test
    void aContainerHoldsWhatItContains() {
        putHeld(1);
        putHeld(2, 1, 1);
        putHeld(3, 2, 1);
        maker.holds().release(id(1));
        maker.holds().release(id(2));
        maker.flush(LONG);
        other.flush(LONG);
        assertEquals(3, store.counters().objects());
        try (ObjectBuffer object = other.get(id(3), LONG)) {
            final byte[] expected = bytes(103, 3);
            final byte[] found = new byte[expected.length];
            object.getBytes(0, found, 0, found.length);
            assertArrayEquals(expected, found);
            assertTrue(object.length() > expected.length, "the ids are behind the data");
        }
        maker.holds().release(id(3));
        objects(0);
    }

    @Test
    void aContainerThatWasCopiedAsItIsHoldsTheSame() {
        putHeld(1);
        putHeld(2, 1);
        try (ObjectBuffer original = maker.get(id(2), LONG)) {
            final int length = (int) original.length();
            assertTrue(original.isContainer());
            try (WritableObject copy = maker.create(id(3), length, CreateOptions.DEFAULT.asContainer())) {
                copy.put(0, original.lend(0, length));
                copy.seal();
            }
        }
        maker.holds().release(id(1));
        maker.holds().release(id(2));
        objects(2);
        maker.delete(id(3));
        objects(0);
    }

    @Test
    void aContainerThatIsDeletedByHandLetsGoToo() {
        putHeld(1);
        putHeld(2, 1);
        maker.holds().release(id(1));
        other.delete(id(2));
        objects(0);
    }

    @Test
    void aChainOfThousandsGoesAtItsHead() {
        final int length = 5_000;
        putHeld(0);
        for (int i = 1; i < length; i++) {
            putHeld(i, i - 1);
            maker.holds().release(id(i - 1));
        }
        maker.flush(LONG);
        objects(length);
        maker.holds().release(id(length - 1));
        objects(0);
    }

    @Test
    void whatADeadClientHeldGoesUnlessAnotherHoldsIt() {
        other.holds().hold(id(1));
        other.holds().hold(id(2));
        put(other, 1);
        put(other, 2);
        other.flush(LONG);
        maker.holds().hold(id(2));
        maker.flush(LONG);
        other.close();
        objects(1);
        maker.holds().release(id(2));
        objects(0);
    }

    @Test
    void holdsOfThousandsAtRandomNeitherLeakNorFreeEarly() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final List<ObjectStoreClient> clients = List.of(maker, other, store.client());
        final List<Map<Long, Integer>> counts = List.of(new HashMap<>(), new HashMap<>(), new HashMap<>());
        final Map<Long, long[]> contents = new HashMap<>();
        long next = 0;
        for (int step = 0; step < 4_000; step++) {
            final int who = random.nextInt(clients.size());
            final List<Long> reachable = new ArrayList<>(reachable(counts, contents));
            if (reachable.isEmpty() || random.nextInt(3) == 0) {
                final long[] contained = reachable.isEmpty() ? new long[0] : new long[random.nextInt(3)];
                for (int i = 0; i < contained.length; i++) {
                    contained[i] = reachable.get(random.nextInt(reachable.size()));
                }
                clients.get(who).holds().hold(id(next));
                put(clients.get(who), next, contained);
                clients.get(who).flush(LONG);
                counts.get(who).merge(next, 1, Integer::sum);
                contents.put(next, contained);
                next++;
            } else if (random.nextInt(3) == 0) {
                final long chosen = reachable.get(random.nextInt(reachable.size()));
                clients.get(who).holds().hold(id(chosen)); // told in its lane before anybody lets go
                counts.get(who).merge(chosen, 1, Integer::sum);
            } else if (!counts.get(who).isEmpty()) {
                final List<Long> own = new ArrayList<>(counts.get(who).keySet());
                final long chosen = own.get(random.nextInt(own.size()));
                counts.get(who).computeIfPresent(chosen, (k, n) -> n == 1 ? null : n - 1);
                clients.get(who).holds().release(id(chosen));
            }
            if (step % 500 == 499) {
                final Set<Long> expected = reachable(counts, contents);
                eventually(
                        "seed=" + seed + " step=" + step + " expected=" + expected.size() + " found="
                                + store.counters().objects(),
                        () -> store.counters().objects() == expected.size());
                for (final long number : expected) {
                    assertTrue(maker.contains(id(number)), "seed=" + seed + " object " + number);
                }
            }
        }
        clients.forEach(ObjectStoreClient::close);
        objects(0);
    }

    private static Set<Long> reachable(final List<Map<Long, Integer>> counts, final Map<Long, long[]> contents) {
        final Set<Long> found = new HashSet<>();
        final List<Long> todo = new ArrayList<>();
        counts.forEach(each -> todo.addAll(each.keySet()));
        while (!todo.isEmpty()) {
            final long number = todo.remove(todo.size() - 1);
            if (found.add(number)) {
                for (final long contained : contents.get(number)) {
                    todo.add(contained);
                }
            }
        }
        return found;
    }
}
