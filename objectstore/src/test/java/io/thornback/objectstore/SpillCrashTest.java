/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A store that spills is ended, in order or by a kill at each step; the next one has every object that was there, and no other. */
@Timeout(120)
class SpillCrashTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 700_000;
    private static final Duration SHORT = Duration.ofSeconds(3);

    @TempDir
    Path disk;

    private Path folder;
    private ObjectStoreClient client;
    /** What was sealed, and what was deleted, for sure. */
    private final Set<Integer> there = new TreeSet<>();

    private final Set<Integer> gone = new TreeSet<>();

    @BeforeEach
    void begin() {
        folder = StoreFixture.folder();
    }

    @AfterEach
    void end() {
        StoreFixture.deleteFolder(folder);
    }

    @Test
    void spilledObjectsOutliveARestart() {
        final RestartableStore store = new RestartableStore(SpillStoreMain.config(folder, disk));
        final ObjectStoreClient before = store.client();
        for (int i = 0; i < 40; i++) {
            before.put(id(i), bytes(SIZE, i));
        }
        for (int i = 0; i < 40; i += 4) {
            before.delete(id(i));
        }
        before.flush(LONG);
        before.close();
        store.restart();
        final StoreCounters counters = store.counters();
        assertTrue(counters.spilled() >= 20, "spilled=" + counters.spilled());
        final ObjectStoreClient after = store.client();
        for (int i = 0; i < 40; i++) {
            if (i % 4 == 0) {
                assertFalse(after.contains(id(i)), "object " + i);
            } else {
                try (ObjectBuffer object = after.get(id(i), LONG)) {
                    assertArrayEquals(bytes(SIZE, i), object.toByteArray(), "object " + i);
                }
            }
        }
        after.put(id(1), bytes(10, 1));
        assertThrows(ObjectExistsException.class, () -> after.flush(LONG));
        for (int i = 0; i < 40; i++) {
            after.delete(id(i));
        }
        after.flush(LONG);
        eventually("nothing is on disk", () -> SpillTest.spillFiles(disk).isEmpty());
        eventually("all memory is free", () -> store.counters().usedBytes() == 0);
        store.close();
        folder = StoreFixture.folder();
    }

    @Test
    void anObjectOnDiskAndInMemoryIsNotWrittenAgain() {
        final RestartableStore store = new RestartableStore(SpillStoreMain.config(folder, disk));
        final ObjectStoreClient before = store.client();
        for (int i = 0; i < 9; i++) {
            before.put(id(i), bytes(SIZE, i));
        }
        before.flush(LONG);
        eventually("some are on disk", () -> store.counters().spilled() >= 2);
        eventually("nothing is being written", () -> store.counters().objects() == 9);
        before.close();
        store.restart();
        final long spilled = store.counters().spilled();
        assertTrue(spilled >= 2);
        final ObjectStoreClient after = store.client();
        after.create(id(100), 5 * MIB, LONG).close();
        assertTrue(store.counters().evictedTotal() >= 2);
        for (int i = 0; i < 9; i++) {
            try (ObjectBuffer object = after.get(id(i), LONG)) {
                assertArrayEquals(bytes(SIZE, i), object.toByteArray());
            }
        }
        store.close();
        folder = StoreFixture.folder();
    }

    @Test
    void whatWasDeletedWhileItWasWrittenDoesNotComeBack() throws Exception {
        final RestartableStore store = new RestartableStore(SpillStoreMain.config(folder, disk));
        final ObjectStoreClient before = store.client();
        for (int i = 0; i < 9; i++) {
            before.put(id(i), bytes(SIZE, i));
        }
        before.flush(LONG);
        eventually("the oldest is on disk", () -> store.counters().spilled() >= 1);
        assertTrue(before.contains(id(0)));
        before.close();
        store.stop();
        // As if the delete had come before the store heard that the record was written.
        try (var cells = io.thornback.posix.MappedFile.open(store.directory().resolve(StoreFiles.CELLS))) {
            for (int cell = 0; cell < 1024; cell++) {
                final long address = CellDescriptor.address(cells.address(), cell);
                final long word = CellDescriptor.wordVolatile(address);
                if (CellDescriptor.state(word) == CellDescriptor.SEALED
                        && id(0).equalsAddress(address + CellDescriptor.ID_OFFSET)) {
                    CellDescriptor.wordVolatile(
                            address,
                            CellDescriptor.word(
                                    CellDescriptor.DOOMED,
                                    CellDescriptor.client(word),
                                    CellDescriptor.generation(word)));
                }
            }
        }
        UnsafeApi.fullFence();
        store.start();
        final ObjectStoreClient after = store.client();
        assertNull(after.get(id(0)));
        assertFalse(after.contains(id(0)));
        assertTrue(after.contains(id(1)));
        store.close();
        folder = StoreFixture.folder();
    }

    static Stream<Step> steps() {
        return Stream.of(Step.values())
                .filter(step -> step.name().startsWith("EVICT_")
                        || step == Step.DELETE_LOGGED
                        || step == Step.DELETE_OUT_OF_INDEX
                        || step == Step.DELETE_DOOMED
                        || step.name().startsWith("SPILL_")
                        || step.name().startsWith("RESTORE_"));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void killedAtAnyStepItLosesNothingAndNothingComesBack(final Step step) {
        final int count = 1 + step.name().length() % 4;
        try (ChildJvm owner = new ChildJvm(
                List.of("-Dthornback.step=" + step + ":" + count),
                SpillStoreMain.class,
                folder.toString(),
                disk.toString())) {
            owner.expect("ready");
            client = connect("worker", SHORT);
            workUntilItDies(owner, count);
            owner.await();
            client.close();
        }
        try (ChildJvm heir = new ChildJvm(SpillStoreMain.class, folder.toString(), disk.toString())) {
            heir.expect("ready");
            client = connect("reader", LONG);
            check();
            client.close();
        }
    }

    private void workUntilItDies(final ChildJvm owner, final int seed) {
        final Random random = new Random(seed);
        int next = seed * 1000;
        int uncertain = -1;
        try {
            while (owner.isAlive()) {
                uncertain = next++;
                client.put(id(uncertain), bytes(SIZE, uncertain));
                client.flush(SHORT);
                there.add(uncertain);
                if (there.size() > 25) {
                    uncertain = pick(random);
                    there.remove(uncertain);
                    client.delete(id(uncertain));
                    gone.add(uncertain);
                    client.flush(SHORT);
                }
                uncertain = -1;
                try (ObjectBuffer object = client.get(id(pick(random)), SHORT)) {
                    assertEquals(SIZE, object.length());
                }
            }
        } catch (final ObjectStoreException | io.thornback.transport.TransportException e) {
            eventually("it is the store's death: " + e, () -> !owner.isAlive());
        }
    }

    private int pick(final Random random) {
        return there.stream().skip(random.nextInt(there.size())).findFirst().orElseThrow();
    }

    private void check() {
        for (final int task : there) {
            try (ObjectBuffer object = client.get(id(task), LONG)) {
                assertArrayEquals(bytes(SIZE, task), object.toByteArray(), "object " + task);
            }
        }
        for (final int task : gone) {
            assertFalse(client.contains(id(task)), "object " + task + " was deleted");
        }
        assertEquals(0, client.counters().lostTotal());
    }

    private ObjectStoreClient connect(final String name, final Duration createTimeout) {
        return ObjectStoreClient.connect(ClientOptions.of(folder, name, 1).withTimeouts(LONG, createTimeout));
    }
}
