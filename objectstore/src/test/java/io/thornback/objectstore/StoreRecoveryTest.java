/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.bytes;
import static io.thornback.objectstore.StoreFixture.eventually;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.posix.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a store makes of the files of the one before: sound ones, and others. */
@Timeout(120)
class StoreRecoveryTest {
    private static final long ARENA = 32L << 20;

    private RestartableStore store;

    @BeforeEach
    void start() {
        store = new RestartableStore(ARENA);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void everySealedObjectIsThereWithItsBytes() {
        final ObjectStoreClient before = store.client();
        for (int i = 0; i < 300; i++) {
            before.put(id(i), bytes(size(i), i));
        }
        for (int i = 0; i < 300; i += 3) {
            before.delete(id(i));
        }
        before.flush(LONG);
        long used = 0;
        for (int i = 0; i < 300; i++) {
            used += i % 3 == 0 ? 0 : SizeClasses.capacityFor(size(i));
        }
        final long usedBytes = used;
        eventually("deleted ones are free", () -> store.counters().usedBytes() == usedBytes);
        before.close();
        store.restart();
        final ObjectStoreClient after = store.client();
        for (int i = 0; i < 300; i++) {
            try (ObjectBuffer object = after.get(id(i))) {
                if (i % 3 == 0) {
                    assertNull(object);
                } else {
                    assertArrayEquals(bytes(size(i), i), object.toByteArray());
                }
            }
        }
        assertEquals(200, store.counters().objects());
        assertEquals(usedBytes, store.counters().usedBytes());
        assertEquals(300, store.counters().sealedTotal());
        assertEquals(1, store.counters().restarts());
        for (int i = 0; i < 300; i++) {
            after.delete(id(i));
        }
        after.flush(LONG);
        eventually("all memory is free", () -> store.counters().usedBytes() == 0);
        after.put(id(1), bytes((int) ARENA - (1 << 20), 9));
        after.flush(LONG);
    }

    @Test
    void whatLayInTheLanesOfClientsThatDiedIsApplied() {
        store.close();
        final Path folder = StoreFixture.folder();
        final ObjectStoreClient reader;
        try (ChildJvm owner = new ChildJvm(StoreMain.class, folder.toString());
                ChildJvm child = new ChildJvm(ChildMain.class, folder.toString(), "child")) {
            owner.expect("ready");
            child.expect("ready");
            reader = ObjectStoreClient.connect(ClientOptions.of(folder, "reader", 1));
            child.say("put 1 1000");
            child.expect("done");
            child.say("flush");
            child.expect("done");
            child.say("put 8 2000");
            child.expect("done");
            owner.kill();
            child.say("put 2 2000");
            child.expect("done");
            child.say("delete 1");
            child.expect("done");
            child.say("write 4 2000");
            child.expect("done");
            child.say("delete 9");
            child.expect("done");
            child.kill();
        }
        assertNotNull(reader.get(id(1)), "reading goes on");
        store = new RestartableStore(StoreConfig.of(folder, 4L << 20).withMaxObjects(1024));
        assertEquals(2, store.counters().objects());
        assertEquals(1, store.counters().clients());
        assertEquals(0, store.counters().leasedBytes(), "what it wrote and leased is free");
        final ObjectStoreClient later = store.client();
        assertArrayEquals(bytes(2000, 1), later.get(id(2)).toByteArray());
        assertArrayEquals(bytes(2000, 1), later.get(id(8)).toByteArray());
        assertNull(later.get(id(1)));
        reader.close();
    }

    @Test
    void anObjectThatWasDeletedWhileReadKeepsItsMemoryUntilItIsNot() {
        final ObjectStoreClient client = store.client();
        client.put(id(1), bytes(1_000_000, 1));
        client.flush(LONG);
        final ObjectBuffer held = client.get(id(1));
        client.delete(id(1));
        client.flush(LONG);
        eventually("it is doomed", () -> store.counters().doomed() == 1);
        store.restart();
        final ObjectStoreClient other = store.client();
        for (int i = 0; i < 29; i++) {
            other.put(id(10 + i), bytes(1_000_000, i));
        }
        other.flush(LONG);
        assertArrayEquals(bytes(1_000_000, 1), held.toByteArray());
        held.close();
        eventually("it is free", () -> store.counters().doomed() == 0);
    }

    @Test
    void aMillionObjectsAreThereInLessThanASecondOfWork() {
        store.close();
        store = new RestartableStore(
                StoreConfig.of(StoreFixture.folder(), 256L << 20).withMaxObjects(1 << 20));
        final ObjectStoreClient client = store.client();
        final byte[] value = bytes(100, 1);
        for (int i = 0; i < 1_000_000; i++) {
            client.put(id(i), value);
        }
        client.flush(LONG);
        client.close();
        store.stop();
        final long beganNs = System.nanoTime();
        store.start();
        System.out.println("1,000,000 objects recovered in " + (System.nanoTime() - beganNs) / 1_000_000 + " ms");
        final ObjectStoreClient after = store.client();
        for (int i = 0; i < 1_000_000; i += 997) {
            assertArrayEquals(value, after.get(id(i)).toByteArray());
        }
        assertEquals(1_000_000, store.counters().objects());
    }

    // ---- files that are not as a store leaves them

    @Test
    void headOfAnotherShapeOrNoneBeginsAnew() throws IOException {
        final List<LongConsumer> wounds = List.of(
                head -> UnsafeApi.putInt(head + StoreDescriptor.MAGIC_OFFSET, 1),
                head -> UnsafeApi.putInt(head + StoreDescriptor.VERSION_OFFSET, StoreDescriptor.LAYOUT_VERSION + 1),
                head -> UnsafeApi.putInt(head + StoreDescriptor.VERSION_OFFSET, 0),
                head -> UnsafeApi.putLong(head + StoreDescriptor.EPOCH_OFFSET, -1),
                head -> UnsafeApi.putLong(head + StoreDescriptor.ARENA_BYTES_OFFSET, ARENA * 2),
                head -> UnsafeApi.putInt(head + StoreDescriptor.MAX_CELLS_OFFSET, 1 << 23),
                head -> UnsafeApi.putInt(head + StoreDescriptor.PIN_SLOTS_OFFSET, 0),
                head -> UnsafeApi.putInt(StoreDescriptor.clientAddress(head, 7) + StoreDescriptor.STATE_OFFSET, 9));
        for (final LongConsumer wound : wounds) {
            putOne();
            store.stop();
            try (MappedFile file = MappedFile.open(store.directory().resolve(StoreFiles.STORE))) {
                wound.accept(file.address());
            }
            assertEmptyAndUsable();
        }
        for (final String name : List.of(StoreFiles.STORE, StoreFiles.CELLS, StoreFiles.INDEX, StoreFiles.ARENA)) {
            putOne();
            store.stop();
            Files.delete(store.directory().resolve(name));
            assertEmptyAndUsable();
            putOne();
            store.stop();
            try (FileChannel file = FileChannel.open(store.directory().resolve(name), StandardOpenOption.WRITE)) {
                file.truncate(file.size() / 2);
            }
            assertEmptyAndUsable();
        }
    }

    @Test
    void aLostPinTableOfALivingClientBeginsAnew() throws IOException {
        final ObjectStoreClient reader = store.client();
        reader.put(id(1), bytes(1000, 1));
        reader.flush(LONG);
        final ObjectBuffer held = reader.get(id(1));
        store.stop();
        Files.delete(store.directory().resolve(StoreFiles.pinTableName(reader.clientId())));
        assertEmptyAndUsable();
        assertArrayEquals(bytes(1000, 1), held.toByteArray(), "in the old files");
    }

    @Test
    void cellsHighThatCannotBeIsFoundAgain() {
        for (final int wrong : new int[] {-1, 0, 1, Integer.MAX_VALUE, 1 << 14}) {
            putOne();
            store.stop();
            try (MappedFile file = MappedFile.open(store.directory().resolve(StoreFiles.STORE))) {
                UnsafeApi.putInt(file.address() + StoreDescriptor.CELLS_HIGH_OFFSET, wrong);
            }
            store.start();
            assertEquals(1, store.counters().objects(), "cellsHigh=" + wrong);
            clear();
        }
    }

    @Test
    void aCellThatContradictsItselfIsQuarantinedAndTheOthersAreThere() {
        final long[] offsets = {
            CellDescriptor.OFFSET_OFFSET,
            CellDescriptor.CAPACITY_OFFSET,
            CellDescriptor.LENGTH_OFFSET,
            CellDescriptor.ID_OFFSET,
            CellDescriptor.FORMAT_OFFSET,
            CellDescriptor.CHECKSUM_OFFSET
        };
        for (final long offset : offsets) {
            fill();
            store.stop();
            wound(cell -> UnsafeApi.putByte(cell + offset, (byte) (UnsafeApi.getByte(cell + offset) ^ 64)));
            store.start();
            assertEquals(99, store.counters().objects(), "offset=" + offset);
            assertEquals(1, store.counters().lostTotal(), "offset=" + offset);
            assertOthersAreThere();
            renew();
        }
    }

    @Test
    void ofCellsThatShareMemoryNeitherIsServed() {
        fill();
        store.stop();
        wound(cell -> {
            final long other = cell + CellDescriptor.LENGTH;
            UnsafeApi.putLong(
                    cell + CellDescriptor.OFFSET_OFFSET, UnsafeApi.getLong(other + CellDescriptor.OFFSET_OFFSET));
            UnsafeApi.putLong(
                    cell + CellDescriptor.CAPACITY_OFFSET, UnsafeApi.getLong(other + CellDescriptor.CAPACITY_OFFSET));
            UnsafeApi.putShort(cell + CellDescriptor.CHECKSUM_OFFSET, (short) CellDescriptor.checksum(cell));
        });
        store.start();
        assertEquals(98, store.counters().objects());
        assertOthersAreThere();
    }

    @Test
    void anyFlippedBitsEndInAStoreThatWorks() {
        final long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        final Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            fill();
            store.stop();
            for (final String name :
                    List.of(StoreFiles.STORE, StoreFiles.CELLS, StoreFiles.INDEX, StoreFiles.DELETES)) {
                if (random.nextInt(3) == 0) {
                    flip(random, store.directory().resolve(name));
                }
            }
            store.start();
            final ObjectStoreClient client = store.client();
            for (int i = 0; i < 100; i++) {
                try (ObjectBuffer object = client.get(id(i))) {
                    if (object != null) {
                        assertArrayEquals(bytes(size(i), i), object.toByteArray(), "seed=" + seed + " round=" + round);
                    }
                }
            }
            client.put(id(1000), bytes(100, 1));
            client.flush(LONG);
            client.close();
            renew();
        }
    }

    private static void flip(final Random random, final Path path) {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final int within = (int) Math.min(file.size(), random.nextBoolean() ? 512 : 16_384);
            final ByteBuffer one = ByteBuffer.allocate(1);
            for (int i = 0; i < 20; i++) {
                final int at = random.nextInt(within);
                file.read(one.clear(), at);
                one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(8)));
                file.write(one.flip(), at);
            }
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- helpers

    private static int size(final int i) {
        return i % 50 == 7 ? 100_000 + i : i * 37 % 3000;
    }

    private void fill() {
        final ObjectStoreClient client = store.client();
        for (int i = 0; i < 100; i++) {
            client.put(id(i), bytes(size(i), i));
        }
        client.flush(LONG);
        client.close();
        eventually("it has left", () -> store.counters().clients() == 0);
    }

    private void putOne() {
        final ObjectStoreClient client = store.client();
        client.put(id(1), bytes(100, 1));
        client.flush(LONG);
        client.close();
        eventually("it has left", () -> store.counters().clients() == 0);
    }

    /** Does something to the descriptor of the object that is cell 50, and of the same size class as the next. */
    private void wound(final LongConsumer wound) {
        try (MappedFile file = MappedFile.open(store.directory().resolve(StoreFiles.CELLS))) {
            for (int cell = 0; cell < 1000; cell++) {
                final long address = CellDescriptor.address(file.address(), cell);
                final long next = address + CellDescriptor.LENGTH;
                if (CellDescriptor.state(CellDescriptor.wordPlain(address)) == CellDescriptor.SEALED
                        && CellDescriptor.state(CellDescriptor.wordPlain(next)) == CellDescriptor.SEALED
                        && CellDescriptor.capacityPlain(address) == CellDescriptor.capacityPlain(next)) {
                    wound.accept(address);
                    return;
                }
            }
        }
        throw new AssertionError("no such cell");
    }

    private void assertOthersAreThere() {
        final ObjectStoreClient client = store.client();
        int there = 0;
        for (int i = 0; i < 100; i++) {
            try (ObjectBuffer object = client.get(id(i))) {
                if (object != null) {
                    assertArrayEquals(bytes(size(i), i), object.toByteArray());
                    there++;
                }
            }
        }
        assertEquals(store.counters().objects(), there);
        client.put(id(1000), bytes(5000, 1));
        client.flush(LONG);
        client.close();
    }

    private void assertEmptyAndUsable() {
        store.start();
        assertEquals(0, store.counters().objects());
        assertEquals(0, store.counters().restarts());
        putOne();
        assertTrue(store.counters().usedBytes() > 0);
        clear();
    }

    private void clear() {
        final ObjectStoreClient client = store.client();
        for (int i = 0; i < 100; i++) {
            client.delete(id(i));
        }
        client.flush(LONG);
        client.close();
        eventually(
                "empty",
                () -> store.counters().objects() == 0 && store.counters().clients() == 0);
    }

    /** The next round begins with an empty store in a new folder. */
    private void renew() {
        store.close();
        store = new RestartableStore(ARENA);
    }
}
