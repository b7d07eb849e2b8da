/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.WritableObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures that need several processes, which JMH does not do. Arguments: rounds, then names of measures. Prints a line for each value:
 * measure, name of the value, number; {@code store.py} makes the table of them.
 */
final class StoreMeasures {
    private static final int WAKES = 1000;
    private static final int MANY = 1_000_000;
    private static final int READ_SECONDS = 2;
    private static final int TEN_MILLION = 10_000_000;
    private static final int SMALL_BYTES = 100;
    private static final long SPILL_BYTES = 256L << 20;
    private static final int SPILL_ROOM = 4;
    private static final long BLOCK_BYTES = 512;

    private final int rounds;

    private StoreMeasures(int rounds) {
        this.rounds = rounds;
    }

    /** Measures. */
    public static void main(String[] arguments) throws IOException {
        StoreMeasures measures = new StoreMeasures(Integer.parseInt(arguments[0]));
        Set<String> names = Set.of(Arrays.copyOfRange(arguments, 1, arguments.length));
        if (names.contains("wake")) {
            measures.wake(false);
            measures.wake(true);
        }
        if (names.contains("readers")) {
            measures.readers();
        }
        if (names.contains("spill")) {
            measures.spill(disk("spill-speed"));
        }
        if (names.contains("restart")) {
            RestartMeasure.run(disk("restart"), measures.rounds);
        }
        if (names.contains("ten-million")) {
            tenMillion();
        }
    }

    private static Path disk(String name) throws IOException {
        return Files.createDirectories(Path.of(System.getProperty("thornback.disk", "target"), name));
    }

    /** One process seals, another has been waiting for that object: asleep, or looking without end, and the store does the same. */
    private void wake(boolean spin) throws IOException {
        String name = spin ? "spin" : "park";
        try (SharedStore store = new SharedStore(64L << 20, 1 << 16, spin)) {
            Child reader = store.other();
            Child writer = store.other();
            for (int round = 0; round <= rounds; round++) {
                long first = (long) round * WAKES;
                reader.begin((spin ? "spin " : "await ") + first + " " + WAKES);
                writer.obey("seal " + first + " " + WAKES);
                long[] ns = Stream.of(reader.answer().trim().split(" ", -1))
                        .mapToLong(Long::parseLong)
                        .sorted()
                        .toArray();
                if (round > 0) {
                    print("wake", name + "-median-us", ns[ns.length / 2] / 1e3);
                    print("wake", name + "-p99-us", ns[ns.length * 99 / 100] / 1e3);
                }
            }
        }
    }

    /** Several processes get and release random ones of a million objects at the same time. */
    private void readers() throws IOException {
        try (SharedStore store = new SharedStore(512L << 20, MANY + MANY / 8)) {
            store.fill(MANY, SMALL_BYTES);
            List<Child> readers = new ArrayList<>();
            for (int processes = 1; processes <= 8; processes *= 2) {
                while (readers.size() < processes) {
                    readers.add(store.other());
                }
                for (int round = 0; round < rounds; round++) {
                    for (Child reader : readers) {
                        reader.begin("read " + MANY + " " + READ_SECONDS);
                    }
                    double perSecond = 0;
                    for (Child reader : readers) {
                        String[] answer = reader.answer().split(" ", -1);
                        perSecond += Long.parseLong(answer[0]) * 1e9 / Long.parseLong(answer[1]);
                    }
                    print("readers", processes + "-per-second", perSecond);
                }
            }
        }
    }

    /**
     * Puts objects of 256 MiB into a store with room for four, so that one has to go to disk for each that comes; then gets those that are there. Beside it dd, from
     * and to shared memory, on the same disk; none of them forces what it wrote.
     */
    private void spill(Path disk) throws IOException {
        try (SharedStore store = new SharedStore(SPILL_ROOM * SPILL_BYTES + (64L << 20), 1024, disk)) {
            ObjectStoreClient client = store.client();
            int number = 0;
            for (; number < SPILL_ROOM; number++) {
                putLarge(client, number);
            }
            for (int round = 0; round < rounds; round++) {
                long began = System.nanoTime();
                for (int i = 0; i < SPILL_ROOM; i++) {
                    putLarge(client, number++);
                }
                print("spill", "spill-mb-per-second", SPILL_ROOM * SPILL_BYTES * 1e3 / (System.nanoTime() - began));
            }
            for (int round = 0; round < rounds; round++) {
                long began = System.nanoTime();
                try (ObjectBuffer buffer = client.get(Ids.id(round), ClientProcess.LONG)) {
                    print("spill", "restore-mb-per-second", buffer.length() * 1e3 / (System.nanoTime() - began));
                }
            }
        }
        try (ShmFolder shm = new ShmFolder()) {
            Path memory = shm.path.resolve("memory");
            Path file = disk.resolve("dd");
            dd(Path.of("/dev/zero"), memory);
            for (int round = 0; round < rounds; round++) {
                Files.deleteIfExists(file);
                print("spill", "dd-write-mb-per-second", SPILL_BYTES * 1e3 / dd(memory, file));
                print("spill", "dd-read-mb-per-second", SPILL_BYTES * 1e3 / dd(file, memory));
            }
            Files.delete(file);
        }
    }

    private static void putLarge(ObjectStoreClient client, long number) {
        try (WritableObject object = client.create(Ids.id(number), SPILL_BYTES, ClientProcess.LONG)) {
            object.slice(0, (int) SPILL_BYTES).setMemory(0, (int) SPILL_BYTES, (byte) number);
            object.seal();
        }
    }

    private static long dd(Path from, Path to) throws IOException {
        long began = System.nanoTime();
        try {
            new ProcessBuilder("dd", "if=" + from, "of=" + to, "bs=1M", "count=" + (SPILL_BYTES >> 20), "conv=notrunc")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return System.nanoTime() - began;
    }

    /** Ten million objects of 100 bytes in one store: what the files take beyond the data. */
    private static void tenMillion() throws IOException {
        try (SharedStore store = new SharedStore(TEN_MILLION * 132L, TEN_MILLION + 4096)) {
            long began = System.nanoTime();
            store.fill(TEN_MILLION, SMALL_BYTES);
            print("ten-million", "put-per-second", TEN_MILLION * 1e9 / (System.nanoTime() - began));
            long bytes = 0;
            try (Stream<Path> files = Files.walk(store.path())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    long allocated = allocatedBytes(file);
                    bytes += allocated;
                    print("ten-million", file.getFileName() + "-bytes-each", allocated / (double) TEN_MILLION);
                }
            }
            print("ten-million", "beyond-data-bytes-each", bytes / (double) TEN_MILLION - SMALL_BYTES);
        }
    }

    /** Pages that a file has, not its length. */
    private static long allocatedBytes(Path file) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                        .trim())
                * BLOCK_BYTES;
    }

    static void print(String measure, String name, double value) {
        System.out.printf(java.util.Locale.ROOT, "%s %s %.3f%n", measure, name, value);
        System.out.flush();
    }
}
