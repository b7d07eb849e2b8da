/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables in the descriptors' Javadoc are the specification; the constants must say the same. */
class DescriptorTablesTest {
    private static final Pattern ROW =
            Pattern.compile("^ \\*\\s+(\\d+)\\s+(\\d+)\\s+(i64|i32|u16|u8|bytes)\\s+(\\w+)\\s+(store|client|both)\\s+"
                    + "(plain|release|volatile|CAS)\\s+\\S.*");
    private static final Map<String, Integer> LENGTHS = Map.of("i64", 8, "i32", 4, "u16", 2, "u8", 1);
    private static final Map<Class<?>, Integer> ROWS = Map.of(
            CatalogDescriptor.class,
            21,
            CellDescriptor.class,
            8,
            DeleteLogDescriptor.class,
            8,
            IndexDescriptor.class,
            5,
            PinTableDescriptor.class,
            12,
            StoreDescriptor.class,
            39,
            SpillDescriptor.class,
            18,
            SpillGraves.class,
            1);

    private record Row(int offset, int length, String type, String field) {}

    static Stream<Class<?>> descriptors() {
        return ROWS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("descriptors")
    void everyRowHasItsConstants(final Class<?> descriptor) throws Exception {
        int rows = 0;
        for (final List<Row> table : tables(descriptor)) {
            for (final Row row : table) {
                final String name = row.field.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
                assertEquals(constant(descriptor, name + "_OFFSET"), row.offset, "offset of " + row);
                assertEquals(constant(descriptor, name + "_LENGTH"), row.length, "length of " + row);
                rows++;
            }
        }
        assertEquals(ROWS.get(descriptor), rows, "rows that were understood");
    }

    @ParameterizedTest
    @MethodSource("descriptors")
    void fieldsAreAlignedAndDoNotOverlap(final Class<?> descriptor) throws Exception {
        for (final List<Row> table : tables(descriptor)) {
            int end = 0;
            for (final Row row : table) {
                assertTrue(row.offset >= end, row + " begins before its predecessor ends");
                final Integer length = LENGTHS.get(row.type);
                assertEquals(length == null ? row.length : length, row.length, "length of " + row);
                assertEquals(0, row.offset % (length == null ? 8 : length), "alignment of " + row);
                end = row.offset + row.length;
            }
        }
    }

    @Test
    void aCellIsOneCacheLine() {
        assertEquals(64, CellDescriptor.LENGTH);
        assertEquals(CellDescriptor.LENGTH, CellDescriptor.CHECKSUM_OFFSET + CellDescriptor.CHECKSUM_LENGTH);
    }

    @Test
    void theWordHoldsItsPartsApart() {
        final long word = CellDescriptor.word(CellDescriptor.DOOMED, 0xFFFF, CellDescriptor.GENERATION_MASK);
        assertEquals(CellDescriptor.DOOMED, CellDescriptor.state(word));
        assertEquals(0xFFFF, CellDescriptor.client(word));
        assertEquals(CellDescriptor.GENERATION_MASK, CellDescriptor.generation(word));
        final long token = CellDescriptor.token(CellDescriptor.MAX_CELLS - 1, CellDescriptor.GENERATION_MASK);
        assertEquals(CellDescriptor.MAX_CELLS - 1, CellDescriptor.tokenCell(token));
        assertEquals(CellDescriptor.GENERATION_MASK, CellDescriptor.tokenGeneration(token));
    }

    @Test
    void legalTransitionsAreThoseOfTheTable() throws Exception {
        final Pattern transition = Pattern.compile("^ \\* ([A-Z]+)\\s+([A-Z]+)\\s+(store|client)\\s+\\S.*");
        final List<String> states = List.of("FREE", "LEASED", "WRITING", "SEALED", "EVICTING", "DOOMED");
        final boolean[][] legal = new boolean[states.size()][states.size()];
        for (final String line : source(CellDescriptor.class)) {
            final Matcher matcher = transition.matcher(line);
            if (matcher.matches()) {
                legal[states.indexOf(matcher.group(1))][states.indexOf(matcher.group(2))] = true;
            }
        }
        assertFalse(legal[CellDescriptor.FREE][CellDescriptor.SEALED]);
        assertTrue(legal[CellDescriptor.WRITING][CellDescriptor.SEALED]);
        for (int from = 0; from < states.size(); from++) {
            for (int to = 0; to < states.size(); to++) {
                assertEquals(
                        legal[from][to],
                        CellDescriptor.isLegal(from, to),
                        CellDescriptor.stateName(from) + " to " + CellDescriptor.stateName(to));
            }
        }
    }

    private static int constant(final Class<?> descriptor, final String name) throws Exception {
        final Field field = descriptor.getDeclaredField(name);
        return field.getInt(null);
    }

    private static List<List<Row>> tables(final Class<?> descriptor) throws Exception {
        final List<List<Row>> tables = new ArrayList<>();
        List<Row> table = List.of();
        for (final String line : source(descriptor)) {
            if (line.contains("offset length type")) {
                table = new ArrayList<>();
                tables.add(table);
            }
            final Matcher matcher = ROW.matcher(line);
            if (matcher.matches()) {
                table.add(new Row(
                        Integer.parseInt(matcher.group(1)),
                        Integer.parseInt(matcher.group(2)),
                        matcher.group(3),
                        matcher.group(4)));
            }
        }
        return tables;
    }

    private static List<String> source(final Class<?> descriptor) throws Exception {
        return Files.readAllLines(Path.of("src/main/java", descriptor.getName().replace('.', '/') + ".java"));
    }
}
