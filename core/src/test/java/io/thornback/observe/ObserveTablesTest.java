/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
class ObserveTablesTest {
    private static final Pattern ROW =
            Pattern.compile("^ \\*\\s+(\\d+)\\s+(\\d+)\\s+(i64|i32|bytes)\\s+(\\w+)\\s+owner\\s+"
                    + "(plain|release|RMW|CAS|sequence)\\s+\\S.*");
    private static final Map<String, Integer> LENGTHS = Map.of("i64", 8, "i32", 4);
    private static final Map<Class<?>, Integer> ROWS = Map.of(
            SlotFileDescriptor.class, 12,
            TaskSlotDescriptor.class, 16,
            WorkerSlotDescriptor.class, 11,
            ActorSlotDescriptor.class, 11);

    private record Row(int offset, int length, String type, String field) {}

    static Stream<Class<?>> descriptors() {
        return ROWS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("descriptors")
    void everyRowHasItsConstants(final Class<?> descriptor) throws Exception {
        final List<Row> table = table(descriptor);
        for (final Row row : table) {
            final String name = row.field.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
            assertEquals(constant(descriptor, name + "_OFFSET"), row.offset, "offset of " + row);
            assertEquals(constant(descriptor, name + "_LENGTH"), row.length, "length of " + row);
        }
        assertEquals(ROWS.get(descriptor), table.size(), "rows that were understood");
    }

    @ParameterizedTest
    @MethodSource("descriptors")
    void fieldsAreAlignedAndDoNotOverlap(final Class<?> descriptor) throws Exception {
        assertAligned(table(descriptor));
    }

    private static void assertAligned(final List<Row> table) {
        int end = 0;
        for (final Row row : table) {
            assertTrue(row.offset >= end, row + " begins before its predecessor ends");
            final Integer length = LENGTHS.get(row.type);
            assertEquals(length == null ? row.length : length, row.length, "length of " + row);
            assertEquals(0, row.offset % (length == null ? 8 : length), "alignment of " + row);
            end = row.offset + row.length;
        }
    }

    @Test
    void slotsHoldTheirFieldsAndAreWholeCacheLines() throws Exception {
        for (final Class<?> descriptor :
                List.of(TaskSlotDescriptor.class, WorkerSlotDescriptor.class, ActorSlotDescriptor.class)) {
            final List<Row> table = table(descriptor);
            final Row last = table.get(table.size() - 1);
            final int length = constant(descriptor, "LENGTH");
            assertTrue(last.offset + last.length <= length, descriptor + " " + last);
            assertEquals(0, length % 64, descriptor.toString());
            assertEquals(SlotFileDescriptor.SEQUENCE_OFFSET, table.get(0).offset);
        }
        assertEquals(0, SlotFileDescriptor.SLOTS_OFFSET % 64);
    }

    @Test
    void everyCounterAndHistogramIsInTheTable() throws Exception {
        final Map<String, Row> rows = new HashMap<>();
        final List<Row> table = table(CountersDescriptor.class);
        assertAligned(table);
        table.forEach(row -> rows.put(row.field, row));
        final List<String> head =
                List.of("magic", "version", "ownerPid", "ownerStart", "createdMs", "createdNs", "updatedNs");
        for (final String field : head) {
            final String name = field.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
            assertEquals(constant(CountersDescriptor.class, name + "_OFFSET"), rows.get(field).offset, field);
        }
        for (final Counter counter : Counter.values()) {
            assertEquals(rows.get(counter.jsonName()).offset, counter.offset(), counter.name());
        }
        for (final Latency latency : Latency.values()) {
            assertEquals(rows.get(latency.jsonName()).offset, latency.offset(), latency.name());
            assertEquals(rows.get(latency.jsonName()).length, CountersDescriptor.HISTOGRAM_LENGTH);
            assertTrue(latency.offset() + CountersDescriptor.HISTOGRAM_LENGTH <= CountersDescriptor.LENGTH);
        }
        assertEquals(head.size() + Counter.values().length + Latency.values().length, table.size());
    }

    private static int constant(final Class<?> descriptor, final String name) throws Exception {
        final Field field = descriptor.getDeclaredField(name);
        return field.getInt(null);
    }

    private static List<Row> table(final Class<?> descriptor) throws Exception {
        final List<Row> table = new ArrayList<>();
        final Path source = Path.of("src/main/java", descriptor.getName().replace('.', '/') + ".java");
        for (final String line : Files.readAllLines(source)) {
            final Matcher matcher = ROW.matcher(line);
            if (matcher.matches()) {
                table.add(new Row(
                        Integer.parseInt(matcher.group(1)),
                        Integer.parseInt(matcher.group(2)),
                        matcher.group(3),
                        matcher.group(4)));
            }
        }
        return table;
    }
}
