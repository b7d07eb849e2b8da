/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SortedCountsTest {
    private final Random random = new Random(7);

    @Test
    void aTableComesBackSortedWithItsCounts() {
        Map<String, Long> expected = new TreeMap<>();
        CountTable table = new CountTable();
        for (int i = 0; i < 200_000; i++) {
            String key = randomKey();
            expected.merge(key, 1L, Long::sum);
            add(table, key, 1);
        }
        assertEquals(expected.size(), table.size());
        byte[] counts = SortedCounts.of(table);
        assertEquals(
                new ArrayList<>(expected.entrySet()),
                new ArrayList<>(read(counts).entrySet()));
        assertEquals(200_000, SortedCounts.sum(counts));
        assertEquals(expected.size(), SortedCounts.entries(counts));
    }

    @Test
    void sortsByUnsignedBytesAndPrefixesFirst() {
        CountTable table = new CountTable();
        for (String key : List.of("b", "é", "a", "aaaaaaaa", "aaaaaaaaa", "", "aaaaaaa", "z", "\uFFFF")) {
            add(table, key, 1);
        }
        List<String> keys = new ArrayList<>(read(SortedCounts.of(table)).keySet());
        assertEquals(List.of("", "a", "aaaaaaa", "aaaaaaaa", "aaaaaaaaa", "b", "z", "é", "\uFFFF"), keys);
    }

    @Test
    void sortsKeysWithLongCommonPrefixes() {
        CountTable table = new CountTable();
        TreeMap<String, Long> expected = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            String key = "p".repeat(5_000 + random.nextInt(3)) + random.nextInt(1_000);
            expected.merge(key, 1L, Long::sum);
            add(table, key, 1);
        }
        assertEquals(expected, read(SortedCounts.of(table)));
    }

    @Test
    void mergingPartsIsCountingTheWhole() {
        CountTable whole = new CountTable();
        List<byte[]> parts = new ArrayList<>();
        for (int part = 0; part < 7; part++) {
            CountTable table = new CountTable();
            for (int i = 0; i < 5_000 * part; i++) {
                String key = randomKey();
                add(table, key, 1 + part);
                add(whole, key, 1 + part);
            }
            parts.add(SortedCounts.of(table));
        }
        byte[] expected = SortedCounts.of(whole);
        assertArrayEquals(expected, SortedCounts.merge(parts));
        byte[] tree = SortedCounts.merge(List.of(
                SortedCounts.merge(parts.subList(4, 7)),
                SortedCounts.merge(parts.subList(0, 4)),
                SortedCounts.empty()));
        assertArrayEquals(expected, tree);
    }

    @Test
    void mergingNothingIsEmpty() {
        assertArrayEquals(SortedCounts.empty(), SortedCounts.merge(List.of()));
        assertArrayEquals(
                SortedCounts.empty(), SortedCounts.merge(List.of(SortedCounts.empty(), SortedCounts.empty())));
    }

    @Test
    void keepsCountsOfAnySizeAndRefusesToOverflow() {
        CountTable table = new CountTable();
        add(table, "k", Long.MAX_VALUE);
        byte[] counts = SortedCounts.of(table);
        assertEquals(Map.of("k", Long.MAX_VALUE), read(counts));
        assertThrows(ArithmeticException.class, () -> SortedCounts.merge(List.of(counts, counts)));
    }

    @Test
    void aWriterRefusesKeysOutOfOrder() {
        SortedCountsWriter writer = new SortedCountsWriter(64);
        writer.add(bytes("b"), 0, 1, 1);
        assertThrows(IllegalArgumentException.class, () -> writer.add(bytes("b"), 0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> writer.add(bytes("a"), 0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> writer.add(bytes("c"), 0, 1, 0));
        writer.add(bytes("ba"), 0, 2, 1);
    }

    @Test
    void damageIsFoundOrChangesNothingButNumbersAndLetters() {
        CountTable table = new CountTable();
        for (int i = 0; i < 50; i++) {
            add(table, randomKey(), 1 + random.nextInt(300));
        }
        byte[] good = SortedCounts.of(table);
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThrows(IllegalArgumentException.class, () -> read(cut), "length " + length);
        }
        int found = 0;
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) 0x80;
            try {
                assertEquals(read(good).size(), read(bad).size());
            } catch (IllegalArgumentException e) {
                found++;
            }
        }
        assertTrue(found > SortedCounts.HEADER_BYTES, "found " + found);
    }

    @Test
    void theTopAreTheHighestCountsAndThenTheFirstKeys() {
        CountTable table = new CountTable();
        add(table, "c", 5);
        add(table, "a", 5);
        add(table, "rare", 1);
        add(table, "b", 5);
        add(table, "most", 9);
        byte[] counts = SortedCounts.of(table);
        assertEquals(List.of(new Ranked("most", 9), new Ranked("a", 5), new Ranked("b", 5)), TopN.of(counts, 3));
        assertEquals(5, TopN.of(counts, 100).size());
        assertEquals(List.of(), TopN.of(counts, 0));
        assertThrows(IllegalArgumentException.class, () -> TopN.of(counts, -1));
    }

    private String randomKey() {
        int[] lengths = {1, 5, 8, 30};
        StringBuilder key = new StringBuilder(random.nextBoolean() ? "java/lang/" : "");
        for (int n = lengths[random.nextInt(4)]; n > 0; n--) {
            key.append((char) ('a' + random.nextInt(3)));
        }
        return key.toString();
    }

    static void add(CountTable table, String key, long count) {
        byte[] padded = bytes("##" + key + "##");
        table.add(padded, 2, padded.length - 4, count);
    }

    static Map<String, Long> read(byte[] counts) {
        TreeMap<String, Long> read = new TreeMap<>();
        SortedCountsCursor cursor = new SortedCountsCursor(counts);
        while (cursor.next()) {
            read.put(new String(cursor.key(), 0, cursor.keyLength(), UTF_8), cursor.count());
        }
        return read;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
