/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables in the descriptors' Javadoc are the specification; here they are compared with the constants. */
class DescriptorTableTest {
    private static final Pattern ROW =
            Pattern.compile("^ \\*\\s+(\\d+)\\s+(\\d+) (i32|i64|u8\\[]|u64\\[]|slot|ring)\\s+(\\w+)\\s+.*");

    private record Row(int offset, int length, String type, String field) {}

    @Test
    void inboxTableMatchesItsConstants() throws Exception {
        List<List<Row>> tables = tables(InboxDescriptor.class);
        assertEquals(2, tables.size());
        assertMatches(InboxDescriptor.class, "", tables.get(0));
        assertMatches(InboxDescriptor.class, "SLOT_", tables.get(1));
        assertEquals(covered(tables), offsetConstants(InboxDescriptor.class));
        assertEquals(
                InboxDescriptor.MAX_SLOTS / Byte.SIZE,
                tables.get(0).stream()
                        .filter(row -> row.field.equals("doorbell"))
                        .findFirst()
                        .orElseThrow()
                        .length);
    }

    @Test
    void laneTableMatchesItsConstants() throws Exception {
        List<List<Row>> tables = tables(LaneDescriptor.class);
        assertEquals(1, tables.size());
        assertMatches(LaneDescriptor.class, "", tables.get(0));
        assertEquals(covered(tables), offsetConstants(LaneDescriptor.class));
    }

    @Test
    void fieldsNeitherOverlapNorStraddleTheirAlignment() throws Exception {
        for (Class<?> descriptor : List.of(InboxDescriptor.class, LaneDescriptor.class)) {
            for (List<Row> table : tables(descriptor)) {
                int end = 0;
                for (Row row : table) {
                    assertTrue(row.offset >= end, descriptor + " " + row);
                    int alignment = row.type.equals("i32") ? 4 : 8;
                    assertEquals(0, row.offset % alignment, descriptor + " " + row);
                    end = row.offset + row.length;
                }
            }
        }
        assertEquals(0, InboxDescriptor.SLOT_LENGTH % 8);
    }

    private static List<List<Row>> tables(Class<?> descriptor) throws IOException {
        Path source = Path.of("src/main/java", descriptor.getName().replace('.', '/') + ".java");
        List<List<Row>> tables = new ArrayList<>();
        for (String line : Files.readAllLines(source)) {
            if (line.startsWith(" * offset length type")) {
                tables.add(new ArrayList<>());
            }
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                tables.get(tables.size() - 1)
                        .add(new Row(
                                Integer.parseInt(row.group(1)),
                                Integer.parseInt(row.group(2)),
                                row.group(3),
                                row.group(4)));
            }
        }
        tables.forEach(table -> assertFalse(table.isEmpty()));
        return tables;
    }

    private static void assertMatches(Class<?> descriptor, String prefix, List<Row> table) throws Exception {
        for (Row row : table) {
            Field constant = descriptor.getDeclaredField(constantOf(prefix, row));
            assertEquals(row.offset, constant.getInt(null), constant.getName());
        }
    }

    private static String constantOf(String prefix, Row row) {
        return prefix + row.field.replaceAll("([A-Z])", "_$1").toUpperCase(java.util.Locale.ROOT) + "_OFFSET";
    }

    private static Set<String> covered(List<List<Row>> tables) {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < tables.size(); i++) {
            for (Row row : tables.get(i)) {
                names.add(constantOf(i == 0 ? "" : "SLOT_", row));
            }
        }
        return names;
    }

    private static Set<String> offsetConstants(Class<?> descriptor) {
        Set<String> names = new TreeSet<>();
        for (Field field : descriptor.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getName().endsWith("_OFFSET")) {
                names.add(field.getName());
            }
        }
        return names;
    }
}
