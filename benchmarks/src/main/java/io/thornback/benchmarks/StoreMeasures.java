/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

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
            SpillMeasure.run(disk("spill-speed"), measures.rounds);
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
