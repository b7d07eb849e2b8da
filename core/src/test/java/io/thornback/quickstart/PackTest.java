/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class PackTest {
    private static final int LIMIT_BYTES = 100;

    @Test
    void filesComeBackAsTheyWere() {
        Pack pack = new Pack(LIMIT_BYTES);
        pack.add(file("one", 3));
        pack.add(file("", 0));
        pack.add(file("three", 5));
        ByteBuffer object = ByteBuffer.allocate(pack.sizeBytes());
        assertEquals(0, pack.writeTo(object));
        assertEquals(List.of("one", "", "three"), read(object));
    }

    @Test
    void takesFilesUpToItsLimitAndALongerOneAlone() {
        Pack pack = new Pack(LIMIT_BYTES);
        assertTrue(pack.hasRoomFor(file("x".repeat(500), 500)));
        pack.add(file("a", 1));
        int left = LIMIT_BYTES - pack.sizeBytes() - PackDescriptor.DIRECTORY_ENTRY_BYTES;
        assertTrue(pack.hasRoomFor(file("", left)));
        assertFalse(pack.hasRoomFor(file("", left + 1)));
        pack.add(file("", left));
        assertEquals(LIMIT_BYTES, pack.sizeBytes());
    }

    @Test
    void aFileThatCannotBeReadIsCountedAndLeftOut() {
        Pack pack = new Pack(LIMIT_BYTES);
        pack.add(file("one", 3));
        pack.add(file(null, 7));
        pack.add(file("three", 5));
        ByteBuffer object = ByteBuffer.allocate(pack.sizeBytes());
        assertEquals(1, pack.writeTo(object));
        assertEquals(List.of("one", "three"), read(object));
    }

    @Test
    void aFileThatHasShrunkIsThereWithWhatItHas() {
        Pack pack = new Pack(LIMIT_BYTES);
        pack.add(file("shr", 10));
        pack.add(file("next", 4));
        ByteBuffer object = ByteBuffer.allocate(pack.sizeBytes());
        pack.writeTo(object);
        assertEquals(List.of("shr", "next"), read(object));
    }

    @Test
    void aDamagedPackIsRefused() {
        Pack pack = new Pack(LIMIT_BYTES);
        pack.add(file("one", 3));
        ByteBuffer object = ByteBuffer.allocate(pack.sizeBytes());
        pack.writeTo(object);
        int[] header = {
            PackDescriptor.MAGIC_OFFSET,
            PackDescriptor.VERSION_OFFSET,
            PackDescriptor.COUNT_OFFSET,
            PackDescriptor.LENGTH_OFFSET,
            PackDescriptor.DIRECTORY_OFFSET,
            PackDescriptor.DIRECTORY_OFFSET + 4
        };
        for (int field : header) {
            for (int top : new int[] {0x7F, 0xFF}) {
                byte[] bad = object.array().clone();
                bad[field + 3] = (byte) top;
                assertThrows(IllegalArgumentException.class, () -> read(ByteBuffer.wrap(bad)), "field at " + field);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> read(ByteBuffer.allocate(8)));
        assertThrows(IllegalArgumentException.class, () -> new PackReader(new UnsafeBuffer(object)).offset(1));
    }

    @Test
    void theDocumentedLayoutIsTheOneInTheCode() throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/thornback/quickstart/PackDescriptor.java"));
        Matcher row = Pattern.compile("\\* +(\\d+) +(\\S+) +(?:i32 )? *(\\w+) ").matcher(source);
        Map<String, Integer> offsets = new TreeMap<>();
        while (row.find()) {
            offsets.put(row.group(3), Integer.valueOf(row.group(1)));
        }
        assertEquals(
                Map.of(
                        "magic", PackDescriptor.MAGIC_OFFSET,
                        "version", PackDescriptor.VERSION_OFFSET,
                        "count", PackDescriptor.COUNT_OFFSET,
                        "length", PackDescriptor.LENGTH_OFFSET,
                        "directory", PackDescriptor.DIRECTORY_OFFSET),
                offsets);
    }

    private static List<String> read(ByteBuffer object) {
        PackReader reader = new PackReader(new UnsafeBuffer(object));
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < reader.count(); i++) {
            byte[] bytes = new byte[reader.size(i)];
            reader.buffer().getBytes(reader.offset(i), bytes);
            texts.add(new String(bytes, StandardCharsets.US_ASCII));
        }
        return texts;
    }

    /** A file that claims a size and holds a text; null cannot be read. */
    static ClassFile file(String text, int sizeBytes) {
        return new ClassFile() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public int sizeBytes() {
                return sizeBytes;
            }

            @Override
            public int copyTo(ByteBuffer target) throws IOException {
                if (text == null) {
                    throw new IOException("gone");
                }
                target.put(text.getBytes(StandardCharsets.US_ASCII));
                return text.length();
            }
        };
    }
}
