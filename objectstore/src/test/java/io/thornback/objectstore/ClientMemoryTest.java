/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What finalizers lead to keeps its memory, though the garbage collector has cleared the weak references to it. */
class ClientMemoryTest {
    private static final AtomicReference<Object> REVIVED = new AtomicReference<>();

    /** As the JDK's single-thread executors are on Java 17: what it leads to is reachable again. */
    private static final class Finalizable {
        private final Object held;

        Finalizable(final Object held) {
            this.held = held;
        }

        @Override
        @SuppressWarnings({"deprecation", "Finalize"})
        protected void finalize() {
            REVIVED.set(held);
        }
    }

    private StoreFixture store;

    @BeforeEach
    void start() {
        store = new StoreFixture(8L << 20);
    }

    @AfterEach
    void stop() {
        REVIVED.set(null);
        store.close();
    }

    @Test
    void aClientThatAFinalizerLeadsToKeepsItsMemory() {
        final long address = forgetClient();
        awaitFinalizer();
        assertTrue(isMapped(address), "pins are given back there");
        assertEquals(0, ((ObjectStoreClient) REVIVED.get()).openBuffers(), "its buffer was");
        REVIVED.set(null);
        eventually("unmapped when nothing leads to it any more", () -> {
            System.gc();
            return !isMapped(address);
        });
    }

    @Test
    void anObjectBeingWrittenThatAFinalizerLeadsToIsNotGivenUp() {
        final ObjectStoreClient client = store.client();
        forgetUnsealed(client);
        awaitFinalizer();
        assertEquals(0, client.leakedObjects(), "its memory may be another object's by now");
        try (WritableObject revived = (WritableObject) REVIVED.getAndSet(null)) {
            revived.put(0, bytes(100, 3));
            revived.seal();
        }
        assertArrayEquals(bytes(100, 3), client.get(id(3)).toByteArray());
    }

    /** Until the reclaiming thread, too, has seen what the collector cleared with the finalizer's object. */
    private void awaitFinalizer() {
        eventually("the finalizer runs", () -> {
            System.gc();
            return REVIVED.get() != null;
        });
        final ObjectStoreClient other = store.client();
        other.put(id(2), bytes(100, 2));
        forgetToClose(other);
        eventually("a buffer is given back", () -> {
            System.gc();
            return other.openBuffers() == 0;
        });
    }

    /** In methods of their own, so that no frame keeps what is forgotten. */
    private static void forgetUnsealed(final ObjectStoreClient client) {
        final WritableObject object = client.create(id(3), 100);
        assertSame(object, new Finalizable(object).held);
    }

    /** The address of a file of its. */
    private long forgetClient() {
        try (ObjectStoreClient client = ObjectStoreClient.connect(
                ClientOptions.of(store.shmDir, "forgotten", 1).withTimeouts(Duration.ofSeconds(10), LONG))) {
            client.put(id(1), bytes(100, 1));
            assertEquals(100, client.get(id(1)).slice(0, 100).capacity());
            assertSame(client, new Finalizable(client).held);
            return client.files.cellsAddress;
        }
    }

    private static void forgetToClose(final ObjectStoreClient client) {
        assertEquals(100, client.get(id(2)).length());
    }

    private static boolean isMapped(final long address) {
        final String beginning = Long.toHexString(address) + '-';
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.anyMatch(line -> line.startsWith(beginning));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
