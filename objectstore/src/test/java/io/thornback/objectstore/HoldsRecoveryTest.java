/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is held when a store comes after another. */
class HoldsRecoveryTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path disk;

    private RestartableStore store;

    @AfterEach
    void stop() {
        store.close();
    }

    private void objects(final long count) {
        eventually(
                "objects=" + count + ", there are " + store.counters().objects(),
                () -> store.counters().objects() == count);
    }

    @Test
    void clientsSayAgainAndContainersAreFound() {
        store = new RestartableStore(16L * MIB);
        final ObjectStoreClient maker = store.client();
        final ObjectStoreClient other = store.client();
        for (int i = 0; i < 4; i++) {
            maker.holds().hold(id(i));
        }
        HoldsTest.put(maker, 0);
        HoldsTest.put(maker, 1, 0);
        HoldsTest.put(maker, 2);
        HoldsTest.put(maker, 3);
        other.holds().hold(id(2));
        maker.holds().release(id(0));
        maker.holds().release(id(2));
        maker.flush(LONG);
        other.flush(LONG);
        store.restart();
        maker.flush(LONG);
        other.flush(LONG);
        assertEquals(4, store.counters().objects());
        other.holds().release(id(2));
        objects(3);
        maker.holds().release(id(1));
        objects(1);
        maker.holds().release(id(3));
        objects(0);
    }

    @Test
    void whatIsSaidWhileThereIsNoStoreIsHeardByTheNext() throws Exception {
        store = new RestartableStore(16L * MIB);
        final ObjectStoreClient maker = store.client();
        final ObjectStoreClient other = store.client();
        for (int i = 0; i < 3; i++) {
            maker.holds().hold(id(i));
            HoldsTest.put(maker, i);
        }
        maker.flush(LONG);
        store.stop();
        final CompletableFuture<Void> said = CompletableFuture.runAsync(() -> {
            other.holds().hold(id(1));
            maker.holds().release(id(0));
            maker.holds().release(id(1));
        });
        store.start();
        said.get(LONG.toSeconds(), TimeUnit.SECONDS);
        objects(2);
        assertTrue(other.contains(id(1)));
        other.holds().release(id(1));
        maker.holds().release(id(2));
        objects(0);
    }

    @Test
    void aContainerOnDiskHoldsWhatItContains() throws IOException {
        final StoreConfig config = StoreFixture.config(8L * MIB);
        store = new RestartableStore(
                config.withSpill(SpillConfig.of(List.of(Files.createDirectory(disk.resolve("spill"))))));
        final ObjectStoreClient maker = store.client();
        maker.holds().hold(id(0));
        HoldsTest.put(maker, 0);
        maker.holds().hold(id(1));
        try (WritableObject object =
                maker.create(id(1), MIB, CreateOptions.DEFAULT.containing(List.of(id(0), id(77))))) {
            object.put(0, bytes(MIB, 1));
            object.seal();
        }
        maker.holds().release(id(0));
        for (int i = 0; i < 14; i++) {
            maker.put(id(100 + i), bytes(MIB, i));
        }
        maker.flush(LONG);
        assertEquals(null, maker.get(id(1)), "it has left memory");
        store.restart();
        maker.flush(LONG);
        assertTrue(maker.contains(id(0)));
        assertTrue(maker.contains(id(1)));
        maker.holds().release(id(1));
        eventually("both are gone", () -> !maker.contains(id(1)) && !maker.contains(id(0)));
    }
}
