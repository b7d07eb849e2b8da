/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The store among real processes. */
@Timeout(120)
class MultiProcessTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private StoreFixture store;
    private ObjectStoreClient client;

    @BeforeEach
    void start() {
        store = new StoreFixture(64L << 20);
        client = store.client();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void readsInPlaceWhatAnotherProcessPut() {
        try (ChildJvm child = child("a")) {
            child.say("put 1 3000000");
            child.expect("done");
            child.say("flush");
            child.expect("done");
            try (ObjectBuffer object = client.get(id(1))) {
                assertNotNull(object);
                assertArrayEquals(bytes(3_000_000, 1), object.toByteArray());
            }
        }
    }

    @Test
    void wakesAParkedGetWhenAnotherProcessSeals() throws Exception {
        try (ChildJvm child = child("a")) {
            final Thread reader = new Thread(() -> {
                try (ObjectBuffer object = client.get(id(2), LONG)) {
                    assertEquals(1000, object.length());
                }
            });
            reader.start();
            eventually("the reader waits", () -> client.requests.words().inUse() == 1);
            child.say("put 2 1000");
            child.expect("done");
            reader.join(LONG.toMillis());
            assertFalse(reader.isAlive());
        }
    }

    @Test
    void freesCellsAndPinsOfAKilledClientWithinASecond() {
        client.put(id(3), bytes(500_000, 1));
        client.flush(LONG);
        try (ChildJvm child = child("a")) {
            child.say("hold 3");
            child.expect("done");
            child.say("put 4 100");
            child.expect("done");
            child.say("write 5 2000000");
            child.expect("done");
            client.delete(id(3));
            client.flush(LONG);
            assertTrue(store.counters().usedBytes() >= 500_000, "pinned by the child");
            assertTrue(store.counters().leasedBytes() >= 2_000_000, "being written by the child");
            assertEquals(2, store.counters().clients());
            child.kill();
            final long killedNs = System.nanoTime();
            eventually("all that the child held is free", () -> {
                final StoreCounters now = store.counters();
                return now.clients() == 1 && now.usedBytes() < 500_000 && now.leasedBytes() < 2_000_000;
            });
            assertTrue(System.nanoTime() - killedNs < SECOND_NS, "within a second");
        }
        try (ObjectBuffer sealed = client.get(id(4), LONG)) {
            assertEquals(100, sealed.length(), "what it had sealed stays");
        }
        client.delete(id(4));
        eventually("nothing is used", () -> store.counters().usedBytes() == 0);
        assertFalse(Files.exists(store.shmDir.resolve(StoreFiles.DIRECTORY).resolve(StoreFiles.pinTableName(2))));
        eventually("its inbox and the lanes into it are gone", () -> filesOf("child-a")
                .isEmpty());
    }

    @Test
    void aClientThatLeavesInOrderLeavesNothingBehind() {
        try (ChildJvm child = child("a")) {
            child.say("write 6 1000000");
            child.expect("done");
            child.say("put 7 10");
            child.expect("done");
            child.closeOrders();
            assertEquals(0, child.await());
        }
        eventually("the client is gone", () -> store.counters().clients() == 1);
        assertEquals(0, store.counters().leasedBytes());
        client.get(id(7), LONG).close();
    }

    @Test
    void neverShowsATornObjectUnderStress() {
        try (ChildJvm one = child("one");
                ChildJvm two = child("two")) {
            one.say("stress 1 4000");
            two.say("stress 2 4000");
            one.expect("done");
            two.expect("done");
            for (int i = 0; i < 64; i++) {
                client.delete(id(i));
            }
            client.flush(LONG);
            one.closeOrders();
            two.closeOrders();
            assertEquals(0, one.await());
            assertEquals(0, two.await());
        }
        eventually("nothing is used and nothing leased", () -> {
            final StoreCounters now = store.counters();
            return now.usedBytes() == 0 && now.leasedBytes() == 0 && now.objects() == 0;
        });
        final StoreCounters end = store.counters();
        assertTrue(end.sealedTotal() > 1000, "it did something: " + end);
        assertEquals(end.sealedTotal(), end.deletedTotal());
        assertEquals(0, end.badMessages());
    }

    private List<Path> filesOf(final String inboxName) {
        try (Stream<Path> files = Files.walk(store.shmDir)) {
            return files.filter(file -> file.getFileName().toString().contains(inboxName))
                    .toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ChildJvm child(final String name) {
        final ChildJvm child = new ChildJvm(ChildMain.class, store.shmDir.toString(), "child-" + name);
        child.expect("ready");
        return child;
    }
}
