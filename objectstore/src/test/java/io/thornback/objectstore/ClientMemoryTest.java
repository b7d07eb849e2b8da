/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** How long the store's files stay mapped in a client's process. */
class ClientMemoryTest {
    private static final AtomicReference<ObjectStoreClient> REVIVED = new AtomicReference<>();

    /** As the JDK's single-thread executors were up to Java 20: what it leads to is reachable again. */
    private static final class Finalizable {
        private final ObjectStoreClient client;

        Finalizable(final ObjectStoreClient client) {
            this.client = client;
        }

        @Override
        @SuppressWarnings({"deprecation", "removal", "Finalize", "checkstyle:NoFinalizer"})
        protected void finalize() {
            REVIVED.set(client);
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
        final long address = forgetToAFinalizer();
        eventually("the finalizer runs", () -> {
            System.gc();
            return REVIVED.get() != null;
        });
        final ObjectStoreClient other = store.client();
        other.put(id(2), bytes(100, 2));
        forgetToClose(other); // the thread that unmaps has been there when this one is given back
        eventually("a buffer is given back", () -> {
            System.gc();
            return other.openBuffers() == 0;
        });
        assertTrue(isMapped(address), "pins are given back there");
        assertEquals(0, REVIVED.get().openBuffers(), "its buffer was");
        REVIVED.set(null);
        eventually("unmapped when nothing leads to it any more", () -> {
            System.gc();
            return !isMapped(address);
        });
    }

    /** In a method of its own, so that no frame keeps it; the address of a file of its client. */
    private long forgetToAFinalizer() {
        try (ObjectStoreClient client = ObjectStoreClient.connect(
                ClientOptions.of(store.shmDir, "forgotten", 1).withTimeouts(Duration.ofSeconds(10), LONG))) {
            client.put(id(1), bytes(100, 1));
            assertEquals(100, client.get(id(1)).slice(0, 100).capacity());
            assertEquals(client, new Finalizable(client).client);
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
