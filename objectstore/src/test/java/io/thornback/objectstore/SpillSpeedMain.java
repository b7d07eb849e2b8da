/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.agrona.UnsafeApi;

/**
 * How fast objects are spilled, read back and found again, to be run by hand beside {@code dd} on the same disk. Argument: a folder on that disk. Prints the median of
 * seven rounds.
 */
public final class SpillSpeedMain {
    private static final int ROUNDS = 7;
    private static final int LARGE = 256 << 20;
    private static final int SMALL = 1000;
    private static final int SMALL_COUNT = 100_000;

    private SpillSpeedMain() {}

    /** Measures. */
    public static void main(final String[] args) throws Exception {
        final Path folder = Files.createDirectories(Path.of(args[0]));
        final Path shm = StoreFixture.folder();
        try (MappedFile arena = MappedFile.create(shm.resolve("arena.dat"), LARGE)) {
            UnsafeApi.setMemory(arena.address(), LARGE, (byte) 7);
            measure(folder, arena::byteBuffer);
        } finally {
            StoreFixture.deleteFolder(shm);
            StoreFixture.deleteFolder(folder);
        }
    }

    private static void measure(final Path folder, final PayloadMemory memory) throws Exception {
        final SpillFolders folders = new SpillFolders(List.of(folder), folder.resolve("none"), 1);
        final SpillConfig config = SpillConfig.of(List.of(folder));
        final double[] writes = new double[ROUNDS];
        final double[] reads = new double[ROUNDS];
        final SpillReader reader = new SpillReader(memory, 1);
        for (int round = 0; round < ROUNDS; round++) {
            final SpillWriter writer = new SpillWriter(config, folders, memory, Map.of());
            final Spilled object = new Spilled(StoreFixture.id(round), LARGE, 0, 0, 1);
            final long start = System.nanoTime();
            writer.write(List.of(new SpillWriter.Item(object, 0, 1, 0)));
            final long written = System.nanoTime();
            final String problem = reader.read(writer.path(SpillDescriptor.fileNumber(object.place)), object, 0);
            final long read = System.nanoTime();
            if (problem != null) {
                throw new IllegalStateException(problem);
            }
            writes[round] = LARGE / 1e6 / ((written - start) / 1e9);
            reads[round] = LARGE / 1e6 / ((read - written) / 1e9);
            writer.free(List.of(object));
            writer.close();
        }
        Arrays.sort(writes);
        Arrays.sort(reads);
        System.out.printf("spill 256 MiB: %.0f MB/s, restore (in the page cache): %.0f MB/s%n", writes[3], reads[3]);
        final SpillWriter writer = new SpillWriter(config, folders, memory, Map.of());
        final List<SpillWriter.Item> items = new ArrayList<>();
        for (int i = 0; i < SMALL_COUNT; i++) {
            items.add(new SpillWriter.Item(
                    new Spilled(StoreFixture.id(i), SMALL, 0, 0, 1), 0, 1, (long) i * 1024 & (LARGE - 1)));
        }
        final long start = System.nanoTime();
        writer.write(items);
        System.out.printf("spill %d of %d bytes: %d ms%n", SMALL_COUNT, SMALL, (System.nanoTime() - start) / 1_000_000);
        writer.close();
        for (int round = 0; round < 3; round++) {
            final long scanStart = System.nanoTime();
            final SpillScanner scanner = new SpillScanner(folders);
            scanner.scan(object -> {});
            System.out.printf(
                    "scan of %d headers: %d ms%n", scanner.records(), (System.nanoTime() - scanStart) / 1_000_000);
        }
        folders.close();
    }
}
