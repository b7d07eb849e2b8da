/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.posix.MappedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OwnershipTest {
    private static final long ARENA = 4L << 20;

    @Test
    void aSecondStoreOnAFolderWithALivingOwnerIsRefused() {
        try (StoreFixture store = new StoreFixture(ARENA)) {
            final StoreOwnedException e = assertThrows(
                    StoreOwnedException.class, () -> new ObjectStoreAgent(StoreConfig.of(store.shmDir, ARENA)));
            assertTrue(e.getMessage().contains("pid=" + ProcessHandle.current().pid()), e.getMessage());
            store.client().put(id(1), bytes(10, 1));
        }
    }

    @Test
    void goesOnWithWhatAKilledOwnerLeft() {
        final Path folder = StoreFixture.folder();
        try (ChildJvm owner = new ChildJvm(StoreMain.class, folder.toString())) {
            owner.expect("ready");
            try (ObjectStoreClient client = ObjectStoreClient.connect(ClientOptions.of(folder, "before", 1))) {
                client.put(id(1), bytes(1000, 1));
                client.flush(LONG);
                owner.kill();
                client.get(id(1)).close();
                assertThrows(StoreUnavailableException.class, () -> client.get(id(2), Duration.ofMillis(200)));
                assertThrows(
                        StoreUnavailableException.class, () -> client.create(id(3), 3L << 20, Duration.ofMillis(200)));
            }
        }
        assertTrue(Files.exists(folder.resolve("store").resolve(StoreFiles.pinTableName(1))));
        try (StoreFixture store = new StoreFixture(StoreConfig.of(folder, ARENA).withMaxObjects(1024))) {
            final ObjectStoreClient client = store.client();
            client.get(id(1)).close();
            client.put(id(2), bytes(10, 2));
            client.flush(LONG);
            assertEquals(2, store.counters().objects());
            assertEquals(1, store.counters().restarts());
        }
    }

    @Test
    void refusesAStoreOfAnotherLayoutWithBothVersions() {
        try (StoreFixture store = new StoreFixture(ARENA)) {
            final Path head = store.shmDir.resolve("store").resolve(StoreFiles.STORE);
            try (MappedFile file = MappedFile.open(head)) {
                UnsafeApi.putInt(file.address() + StoreDescriptor.VERSION_OFFSET, 7);
                final StoreVersionException e = assertThrows(
                        StoreVersionException.class,
                        () -> ObjectStoreClient.connect(ClientOptions.of(store.shmDir, "old", 1)));
                assertTrue(
                        e.getMessage().contains("version 7")
                                && e.getMessage().contains("has " + StoreDescriptor.LAYOUT_VERSION),
                        e.getMessage());
                UnsafeApi.putInt(file.address() + StoreDescriptor.VERSION_OFFSET, StoreDescriptor.LAYOUT_VERSION);
                UnsafeApi.putInt(file.address() + StoreDescriptor.MAX_CELLS_OFFSET, 1 << 23);
                assertThrows(
                        CorruptStoreException.class,
                        () -> ObjectStoreClient.connect(ClientOptions.of(store.shmDir, "bad", 1)));
            }
        }
    }

    @Test
    void givesUpWhenThereIsNoStore() {
        final Path folder = StoreFixture.folder();
        try {
            assertThrows(
                    StoreUnavailableException.class,
                    () -> ObjectStoreClient.connect(ClientOptions.of(folder, "lonely", 1)
                            .withTimeouts(Duration.ofMillis(50), Duration.ofSeconds(1))));
        } finally {
            StoreFixture.deleteFolder(folder);
        }
    }

    @Test
    void admitsAsManyClientsAsConfiguredAndReusesNumbers() {
        try (StoreFixture store = new StoreFixture(StoreFixture.config(ARENA).withMaxClients(3))) {
            final List<ObjectStoreClient> clients = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                clients.add(store.client());
                assertEquals(i, clients.get(i - 1).clientId());
            }
            final StoreRefusedException e = assertThrows(StoreRefusedException.class, store::client);
            assertEquals("TOO_MANY_CLIENTS", e.refusal());
            clients.get(1).close();
            StoreFixture.eventually("it is gone", () -> store.counters().clients() == 2);
            assertEquals(2, store.client().clientId());
        }
    }

    @Test
    void filesAreTheOwnersAloneAndGoWithTheStore() throws Exception {
        final Path folder;
        try (StoreFixture store = new StoreFixture(ARENA)) {
            folder = store.shmDir.resolve("store");
            store.client();
            for (final String name :
                    List.of(StoreFiles.STORE, StoreFiles.CELLS, StoreFiles.INDEX, StoreFiles.ARENA, "client-1.dat")) {
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))),
                        name);
            }
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
            assertEquals(ARENA, StoreCounters.read(store.shmDir).capacityBytes());
        }
        assertFalse(Files.exists(folder.resolve(StoreFiles.ARENA)));
    }

    @Test
    void configurationErrorsAreToldAllAtOnce() {
        final IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new StoreConfig(
                        Path.of("/x"),
                        "objectstore",
                        1,
                        1,
                        0,
                        1,
                        1,
                        HugePages.OFF,
                        -1,
                        SpillConfig.NONE,
                        CatalogConfig.NONE));
        for (final String name :
                List.of("arenaBytes", "maxObjects", "maxClients", "pinSlots", "reserveStepBytes", "jobQuotaBytes")) {
            assertTrue(e.getMessage().contains(name), e.getMessage());
        }
    }
}
