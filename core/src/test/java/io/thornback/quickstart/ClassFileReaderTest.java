/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ClassFileReaderTest {
    private final ClassFileReader reader = new ClassFileReader();
    private final ClassBytes file = new ClassBytes();

    @Test
    void readsEveryKindOfConstant() {
        for (int tag : new int[] {3, 4, 9, 12, 17, 18}) {
            file.entry(tag, 0, 1, 0, 1);
        }
        file.wideEntry(ClassFileReader.LONG);
        file.wideEntry(ClassFileReader.DOUBLE);
        for (int tag : new int[] {8, 16, 19, 20}) {
            file.entry(tag, 0, 1);
        }
        file.entry(ClassFileReader.METHOD_HANDLE, 6, 0, 1);
        file.method(ClassFileReader.METHODREF, "a/B", "m", "()V");
        file.method(ClassFileReader.INTERFACE_METHODREF, "a/C", "n", "()I");
        assertNull(read(file.bytes()));
        boolean[] seen = new boolean[ClassFileReader.TAG_LIMIT];
        for (int i = 1; i < reader.poolCount(); i++) {
            seen[reader.tag(i)] = true;
        }
        for (int tag = 0; tag < seen.length; tag++) {
            assertEquals(tag != 2 && tag != 13 && tag != 14, seen[tag], "tag " + tag);
        }
    }

    @Test
    void aLongTakesTwoSlots() {
        int wide = file.wideEntry(ClassFileReader.LONG);
        int method = file.method("a/B", "m", "()V");
        assertNull(read(file.bytes()));
        assertEquals(ClassFileReader.LONG, reader.tag(wide));
        assertEquals(0, reader.tag(wide + 1));
        assertEquals(ClassFileReader.METHODREF, reader.tag(method));
    }

    @Test
    void resolvesTheNamesOfAMethodReference() {
        int method = file.method("a/B", "run", "(I)V");
        byte[] bytes = file.bytes();
        assertNull(read(bytes));
        assertEquals("a/B", text(bytes, reader.ownerName(method)));
        assertEquals("run", text(bytes, reader.memberName(method)));
        assertEquals("(I)V", text(bytes, reader.memberDescriptor(method)));
    }

    @Test
    void countsFieldsAndMethodsWithTheirAttributes() {
        assertNull(read(file.members(3, 5).bytes()));
        assertEquals(3, reader.fieldCount());
        assertEquals(5, reader.methodCount());
    }

    @Test
    void readsWhatTheCompilerWrote() throws IOException {
        byte[] bytes = compiled(Random.class);
        assertNull(read(bytes));
        int constructors = Random.class.getDeclaredConstructors().length;
        int initializers = 1;
        assertEquals(Random.class.getDeclaredMethods().length + constructors + initializers, reader.methodCount());
        assertEquals(Random.class.getDeclaredFields().length, reader.fieldCount());
    }

    @Test
    void everyProperPrefixIsTruncated() throws IOException {
        file.wideEntry(ClassFileReader.DOUBLE);
        file.method("a/B", "m", "()V");
        byte[] bytes = file.members(2, 2).bytes();
        assertEquals(SkipReason.EMPTY, read(new byte[0]));
        for (int length = 1; length < bytes.length; length++) {
            assertEquals(SkipReason.TRUNCATED, read(Arrays.copyOf(bytes, length)), "length " + length);
        }
        assertNull(read(bytes));
    }

    @Test
    void neverReadsBeyondItsFileInALargerBuffer() {
        byte[] bytes = file.bytes();
        byte[] around = new byte[bytes.length + 200];
        System.arraycopy(bytes, 0, around, 100, bytes.length);
        assertNull(reader.read(new UnsafeBuffer(around), 100, bytes.length));
        assertEquals(SkipReason.TRUNCATED, reader.read(new UnsafeBuffer(around), 100, bytes.length - 1));
        assertEquals(SkipReason.TRAILING_BYTES, reader.read(new UnsafeBuffer(around), 100, bytes.length + 1));
        assertThrows(IndexOutOfBoundsException.class, () -> reader.read(new UnsafeBuffer(around), 100, around.length));
    }

    @Test
    void refusesWhatIsNoClassFile() {
        assertEquals(SkipReason.NOT_A_CLASS, read(new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0}));
    }

    @Test
    void refusesUnknownTags() {
        for (int tag : new int[] {0, 2, 13, 14, 21, 127, 128, 255}) {
            ClassBytes bad = new ClassBytes();
            bad.entry(tag, 0, 0, 0, 0);
            assertEquals(SkipReason.UNKNOWN_TAG, read(bad.bytes()), "tag " + tag);
        }
    }

    @Test
    void refusesAPoolSizeThatDoesNotFit() {
        assertEquals(SkipReason.BAD_POOL_SIZE, read(file.bytes(0)));
        file.wideEntry(ClassFileReader.LONG);
        assertEquals(SkipReason.BAD_POOL_SIZE, read(file.bytes(file.nextIndex() - 1)));
    }

    @Test
    void refusesIndexesToTheWrongEntry() {
        int text = file.utf8("x");
        int nameAndType = file.pair(ClassFileReader.NAME_AND_TYPE, text, text);
        int type = file.type("a/B");
        int[][] wrong = {{text, nameAndType}, {type, type}, {0, nameAndType}, {type, 0}, {type, 65535}, {65535, text}};
        for (int[] indexes : wrong) {
            ClassBytes bad = new ClassBytes();
            bad.utf8("x");
            bad.pair(ClassFileReader.NAME_AND_TYPE, text, text);
            bad.type("a/B");
            bad.pair(ClassFileReader.METHODREF, indexes);
            assertEquals(SkipReason.BAD_INDEX, read(bad.bytes()), Arrays.toString(indexes));
        }
        ClassBytes badName = new ClassBytes();
        badName.pair(ClassFileReader.CLASS, 2);
        assertEquals(SkipReason.BAD_INDEX, read(badName.bytes()));
        assertEquals(SkipReason.BAD_INDEX, read(new ClassBytes().thisClass(1).bytes()));
    }

    @Test
    void refusesNamesThatAreNotModifiedUtf8() {
        int name = file.rawUtf8('a', 0xFF);
        file.pair(ClassFileReader.CLASS, name);
        assertEquals(SkipReason.BAD_UTF8, read(file.bytes()));
    }

    @Test
    void badTextOfAnEntryThatNamesNothingIsLeftAlone() {
        file.rawUtf8('a', 0xFF);
        assertNull(read(file.bytes()));
    }

    @Test
    void refusesReferencesThatSpellOutToMoreThanTheLimit() {
        int longName = file.utf8("n".repeat(65_000));
        int owner = file.pair(ClassFileReader.CLASS, longName);
        int nameAndType = file.pair(ClassFileReader.NAME_AND_TYPE, longName, longName);
        int allowed = ClassFileReader.MAX_REFERENCE_BYTES / (3 * 65_000 + 2);
        for (int i = 0; i < allowed; i++) {
            file.pair(ClassFileReader.METHODREF, owner, nameAndType);
        }
        assertNull(read(file.bytes()));
        file.pair(ClassFileReader.METHODREF, owner, nameAndType);
        assertEquals(SkipReason.TOO_LARGE, read(file.bytes()));
    }

    @Test
    void anAttributeOfNegativeLengthIsTruncated() {
        byte[] bytes = file.bytes();
        Arrays.fill(bytes, bytes.length - 7, bytes.length - 3, (byte) 0xFF);
        assertEquals(SkipReason.TRUNCATED, read(bytes));
    }

    @Test
    void damagedFilesAreRefusedOrReadButNeverThrow() throws IOException {
        byte[] good = compiled(Random.class);
        Random random = new Random(20_261_123);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = good.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            ClassCounter counter = new ClassCounter();
            counter.count(new UnsafeBuffer(bytes), 0, bytes.length);
            Counts counts = counter.counts();
            assertEquals(1, counts.totals().classes() + counts.totals().skippedFiles());
            refused += (int) counts.totals().skippedFiles();
        }
        assertTrue(refused > 500 && refused < 19_500, "refused " + refused + " of 20000");
    }

    private SkipReason read(byte[] bytes) {
        return reader.read(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private String text(byte[] bytes, int utf8) {
        return ModifiedUtf8.decode(bytes, reader.textOffset(utf8), reader.textLength(utf8));
    }

    static byte[] compiled(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            return in.readAllBytes();
        }
    }
}
