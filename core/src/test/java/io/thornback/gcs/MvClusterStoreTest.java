/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.gcs.ClusterStore.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MvClusterStoreTest {
    private static final String CLUSTER = "c1";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("tables.mv");
    }

    private MvClusterStore open() {
        return MvClusterStore.open(file, CLUSTER);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> texts(ClusterStore store, Table table) {
        final Map<String, String> texts = new TreeMap<>();
        store.rows(table).forEach((key, row) -> texts.put(key, new String(row, StandardCharsets.UTF_8)));
        return texts;
    }

    private static String refusal(Runnable opening) {
        return assertThrows(ClusterStoreException.class, opening::run).getMessage();
    }

    @Test
    void whatWasCommittedIsThereAndWhatWasNotIsNot() {
        try (MvClusterStore store = open()) {
            store.put(Table.NODES, "b", bytes("first"));
            store.put(Table.NODES, "a", bytes("other"));
            store.put(Table.JOBS, "a", bytes("job"));
            final long commit = store.openCommit();
            assertFalse(store.isDurable(commit));
            store.commit();
            assertTrue(store.isDurable(commit));
            store.put(Table.NODES, "b", bytes("second"));
            store.remove(Table.JOBS, "a");
            store.remove(Table.JOBS, "never there");
            store.put(Table.FACTS, "empty", new byte[0]);
            store.commit();
            store.put(Table.NODES, "b", bytes("third, which nobody commits"));
            assertFalse(store.isDurable(store.openCommit()));
        }
        try (MvClusterStore store = open()) {
            assertEquals(Map.of("a", "other", "b", "second"), texts(store, Table.NODES));
            assertEquals(List.of("a", "b"), List.copyOf(store.rows(Table.NODES).keySet()));
            assertEquals(Map.of(), texts(store, Table.JOBS));
            assertEquals(Map.of("empty", ""), texts(store, Table.FACTS));
        }
    }

    @Test
    void theEpochGrowsWithEachOpening() {
        for (int opening = 1; opening <= 5; opening++) {
            try (MvClusterStore store = open()) {
                assertEquals(opening, store.epoch());
            }
        }
    }

    @Test
    void nobodyElseMayReadIt() throws IOException {
        try (MvClusterStore store = open()) {
            store.put(Table.NODES, "a", bytes("x"));
            store.commit();
        }
        try (var files = Files.list(folder)) {
            for (Path found : files.toList()) {
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(found)),
                        () -> "" + found);
            }
        }
    }

    @Test
    void aSecondOpenerIsRefusedAndDisturbsNobody() {
        try (MvClusterStore store = open()) {
            final String why = refusal(this::open);
            assertTrue(
                    why.contains("in use by process " + ProcessHandle.current().pid()), why);
            assertTrue(why.contains(file.toString()), why);
            store.put(Table.NODES, "a", bytes("x"));
            store.commit();
            assertTrue(store.failure().isEmpty());
        }
        try (MvClusterStore store = open()) {
            assertEquals(Map.of("a", "x"), texts(store, Table.NODES));
        }
    }

    @Test
    void tablesOfAnotherClusterOrFormatAreRefused() throws IOException {
        open().close();
        final String foreign = refusal(() -> MvClusterStore.open(file, "c2"));
        assertTrue(foreign.contains("cluster c1") && foreign.contains("c2"), foreign);
        Files.delete(file);
        try (MvTableFile later = MvTableFile.create(file)) {
            later.commit(TableFormat.head(new TableFormat.Head(TableFormat.FORMAT + 1, CLUSTER, 1, 99, 0)));
        }
        final String format = refusal(this::open);
        assertTrue(format.contains("format " + (TableFormat.FORMAT + 1)), format);
    }

    @Test
    void whatAnOpeningThatWasCutOffLeftIsNoObstacle() throws IOException {
        try (MvClusterStore store = open()) {
            store.put(Table.NODES, "a", bytes("x"));
            store.commit();
        }
        Files.writeString(folder.resolve("tables.new"), "half of something");
        try (MvClusterStore store = open()) {
            assertEquals(Map.of("a", "x"), texts(store, Table.NODES));
            assertTrue(store.failure().isEmpty());
        }
    }

    @Test
    void aFileThatIsGoneIsMissed() throws IOException {
        open().close();
        Files.delete(file);
        final String why = refusal(this::open);
        assertTrue(why.contains(file + " is missing"), why);
        assertFalse(Files.exists(file), "and not made");
    }

    @Test
    void itDoesNotGrowWithTheNumberOfChanges() throws IOException {
        final Random random = new Random(7);
        final Map<String, String> model = new TreeMap<>();
        long longest = 0;
        try (MvClusterStore store = open()) {
            for (int i = 0; i < 600; i++) {
                for (int change = 0; change < 20; change++) {
                    final String key = "node" + random.nextInt(200);
                    final String value = i + "-" + "x".repeat(random.nextInt(400));
                    model.put(key, value);
                    store.put(Table.NODES, key, bytes(value));
                }
                store.commit();
                longest = Math.max(longest, Files.size(file));
            }
        }
        assertTrue(longest > MvClusterStore.LEAST_REWRITE_BYTES, "too few changes to show it: " + longest);
        assertTrue(longest < MvClusterStore.LEAST_REWRITE_BYTES + (1 << 20), "length " + longest);
        try (MvClusterStore store = open()) {
            assertEquals(model, texts(store, Table.NODES));
        }
    }

    // ---- damage

    /** A file of many commits, some rows changed and some removed; what is in it. */
    private Map<Table, Map<String, String>> fill() {
        try (MvClusterStore store = open()) {
            for (int i = 0; i < 120; i++) {
                store.put(Table.NODES, "node" + i % 50, bytes(i + "n".repeat(150)));
                store.put(Table.JOBS, "job" + i, bytes("job " + i));
                store.remove(Table.JOBS, "job" + (i - 20));
                store.put(Table.FENCED, "fenced" + i, bytes("f"));
                store.commit();
            }
            return contents(store);
        }
    }

    private static Map<Table, Map<String, String>> contents(ClusterStore store) {
        return Arrays.stream(Table.values()).collect(Collectors.toMap(table -> table, table -> texts(store, table)));
    }

    /** Either the damage is found, or it hit nothing: what is shown is all there was. */
    private boolean isRefused(Map<Table, Map<String, String>> whole, String damage) {
        try (MvClusterStore store = open()) {
            assertEquals(whole, contents(store), damage);
            return false;
        } catch (ClusterStoreException e) {
            assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
            assertTrue(e.getMessage().contains("damaged"), e.getMessage());
            return true;
        }
    }

    @Test
    void aFileThatWasCutOffIsRefused() throws IOException {
        final Map<Table, Map<String, String>> whole = fill();
        final byte[] bytes = Files.readAllBytes(file);
        final byte[] mark = Files.readAllBytes(folder.resolve("tables.mark"));
        for (int cut = 0; cut < bytes.length; cut += 1 + cut / 9) {
            Files.write(file, Arrays.copyOf(bytes, cut));
            Files.write(folder.resolve("tables.mark"), mark);
            assertTrue(isRefused(whole, "cut at " + cut), "cut at " + cut);
            assertEquals(cut, Files.size(file), "left as it was found");
        }
        for (int less : new int[] {1, 100, 4096, 4097, 8192, 20_000}) {
            Files.write(file, Arrays.copyOf(bytes, bytes.length - less));
            Files.write(folder.resolve("tables.mark"), mark);
            assertTrue(isRefused(whole, "shorter by " + less), "shorter by " + less);
        }
    }

    @Test
    void aFileThatLacksARowOrHasAnOldOneIsRefused() throws IOException {
        final byte[] first = TableFormat.seal(Table.NODES, "a", bytes("first"));
        final byte[] second = TableFormat.seal(Table.NODES, "b", bytes("second"));
        final byte[] old = TableFormat.seal(Table.NODES, "b", bytes("older"));
        final long digest = TableFormat.weight(first) + TableFormat.weight(second);
        for (byte[] found : new byte[][] {second, old, null}) {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder.resolve("tables.mark"));
            try (MvTableFile written = MvTableFile.create(file)) {
                written.put(Table.NODES, "a", first);
                if (found != null) {
                    written.put(Table.NODES, "b", found);
                }
                written.commit(TableFormat.head(new TableFormat.Head(TableFormat.FORMAT, CLUSTER, 1, 1, digest)));
            }
            if (found == second) {
                open().close();
            } else {
                final String why = refusal(this::open);
                assertTrue(why.contains("damaged") && why.contains("lacks rows, or has old ones"), why);
            }
        }
    }

    @Test
    void aFlippedBitIsFoundOrHasHitNothing() throws IOException {
        final Map<Table, Map<String, String>> whole = fill();
        final byte[] bytes = Files.readAllBytes(file);
        final byte[] mark = Files.readAllBytes(folder.resolve("tables.mark"));
        final Random random = new Random(20261126);
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            final byte[] flipped = bytes.clone();
            // Most of the file is what later commits have replaced; its end is not.
            final int at = flipped.length - 1 - random.nextInt(i % 2 == 0 ? flipped.length : 40_000);
            final int bit = random.nextInt(8);
            flipped[at] ^= (byte) (1 << bit);
            Files.write(file, flipped);
            Files.write(folder.resolve("tables.mark"), mark);
            refused += isRefused(whole, "bit " + bit + " of byte " + at) ? 1 : 0;
        }
        assertTrue(refused > 20, "refused " + refused);
    }

    @Test
    void aZeroedPieceIsFoundOrHasHitNothing() throws IOException {
        final Map<Table, Map<String, String>> whole = fill();
        final byte[] bytes = Files.readAllBytes(file);
        final byte[] mark = Files.readAllBytes(folder.resolve("tables.mark"));
        for (int at = 0; at < bytes.length; at += 4096) {
            final byte[] zeroed = bytes.clone();
            Arrays.fill(zeroed, at, Math.min(at + 4096, zeroed.length), (byte) 0);
            Files.write(file, zeroed);
            Files.write(folder.resolve("tables.mark"), mark);
            isRefused(whole, "zeroed at " + at);
        }
        Files.write(file, new byte[bytes.length]);
        Files.write(folder.resolve("tables.mark"), mark);
        assertTrue(isRefused(whole, "all zero"));
        Files.write(file, bytes);
        Files.write(folder.resolve("tables.mark"), new byte[mark.length]);
        assertTrue(isRefused(whole, "a mark of zeros"));
        Files.write(folder.resolve("tables.mark"), mark);
        assertFalse(isRefused(whole, "nothing"), "whole again");
    }

    @Test
    void anOldStateInThePlaceOfTheNewIsRefused() throws IOException {
        try (MvClusterStore store = open()) {
            store.put(Table.NODES, "a", bytes("old"));
            store.commit();
        }
        final Path kept = folder.resolve("kept");
        Files.copy(file, kept);
        try (MvClusterStore store = open()) {
            store.put(Table.NODES, "a", bytes("new"));
            store.commit();
        }
        Files.move(kept, file, StandardCopyOption.REPLACE_EXISTING);
        final String why = refusal(this::open);
        assertTrue(why.contains("ends with commit"), why);
        // Whoever restores a backup restores all of it, or lets the mark go.
        Files.delete(folder.resolve("tables.mark"));
        try (MvClusterStore store = open()) {
            assertEquals(Map.of("a", "old"), texts(store, Table.NODES));
        }
    }
}
