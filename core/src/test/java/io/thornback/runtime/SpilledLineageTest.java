/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static io.thornback.runtime.OwnershipContract.LONG;
import static io.thornback.runtime.OwnershipContract.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ObjectLostException;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.config.SpillSettings;
import io.thornback.config.StoreSettings;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects that have left memory and whose spill files are damaged then, in a node of real processes. */
class SpilledLineageTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path disk;

    @Test
    void whatIsDamagedOnDiskIsMadeAgain() throws IOException, InterruptedException {
        final NodeUnderTest node =
                NodeUnderTest.start(Map.of(StoreSettings.MEMORY, "16m", SpillSettings.DIRECTORIES, disk.toString()));
        try (node;
                Thornback tb = node.connect()) {
            final ClientRuntime runtime = ((RuntimeThornback) tb).runtime();
            final ObjectRef<byte[]> first =
                    tb.task(OwnershipContract::make, MIB, 1).submit();
            final ObjectRef<byte[]> second =
                    tb.task(LineageContract::flip, first).submit();
            final ObjectRef<byte[]> third =
                    tb.task(LineageContract::flip, second).submit();
            assertEquals(1, tb.wait(List.of(third), 1, LONG).ready().size());
            final List<ObjectRef<byte[]>> others = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                others.add(tb.put(bytes(MIB, 100 + i)));
            }
            awaitOnDiskAlone(runtime, others, third.id());
            damageAll();
            for (final ObjectRef<?> ref : List.of(first, second)) {
                if (isInMemory(runtime, ref.id())) {
                    tb.store().delete(ref.id());
                }
            }
            assertArrayEquals(bytes(MIB, 1), third.get(LONG));
            assertEquals(3, runtime.reruns(), "the third, and both that it needs");
            assertArrayEquals(LineageContract.flip(bytes(MIB, 1)), second.get(LONG));
            assertEquals(3, runtime.reruns(), "they had been made again before");
            int lost = 0;
            for (int i = 0; i < others.size(); i++) {
                try {
                    assertArrayEquals(bytes(MIB, 100 + i), others.get(i).get(LONG));
                } catch (final ObjectLostException e) {
                    assertTrue(e.getMessage().contains("cannot be read back"), e.getMessage());
                    lost++;
                }
            }
            assertTrue(lost > 0 && lost < others.size(), "lost=" + lost + " of those that were put");
        }
    }

    /** Fills memory until this has left it. */
    private static void awaitOnDiskAlone(
            final ClientRuntime runtime, final List<ObjectRef<byte[]>> others, final ObjectId id)
            throws InterruptedException {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (isInMemory(runtime, id)) {
            assertTrue(System.nanoTime() - deadline < 0, "it stays in memory");
            TimeUnit.MILLISECONDS.sleep(100);
            final byte[] value = bytes(MIB, 100 + others.size());
            others.add(new RuntimeRef<>(runtime.put(value), runtime.objects()));
        }
    }

    private static boolean isInMemory(final ClientRuntime runtime, final ObjectId id) {
        return runtime.objects().store().list(ObjectStoreClient.EVERY_JOB, LONG).stream()
                .anyMatch(object -> object.isInMemory() && object.id().equals(id));
    }

    private void damageAll() throws IOException {
        final List<Path> files;
        try (Stream<Path> all = Files.walk(disk)) {
            files = all.filter(path -> path.getFileName().toString().startsWith("spill-"))
                    .toList();
        }
        assertTrue(!files.isEmpty(), "nothing was spilled");
        for (final Path path : files) {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                for (long at = 0; at < file.length(); at += 64 << 10) {
                    file.seek(at);
                    file.write(new byte[256]);
                }
            }
        }
    }
}
