/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Counts the references of class files, one file at a time, without a copy of the file: only the keys that are new go
 * to the heap. A reference is an entry of a constant pool: compilers write one for each class that uses a method, however
 * often its code does, and one for each form (plain, array of one dimension, of two …) in which it uses a type.
 *
 * <p>A method's key is {@code class.name:descriptor} in internal form, {@code java/lang/Object.hashCode:()I}. A type's
 * key is its internal name; of an array its element type counts, for the primitive ones by keyword. Not thread-safe.
 */
final class ClassCounter {
    private final ClassFileReader reader = new ClassFileReader();
    private final CountTable methods = new CountTable();
    private final CountTable types = new CountTable();
    private final long[] entriesByTag = new long[ClassFileReader.TAG_LIMIT];
    private final long[] skipped = new long[SkipReason.COUNT];
    private byte[] scratch = new byte[1024];
    private long classes;
    private long classBytes;
    private long fieldCount;
    private long methodCount;

    /** Counts the file of {@code length} bytes at {@code offset}, or the reason why it cannot be counted. */
    void count(DirectBuffer buffer, int offset, int length) {
        SkipReason bad = reader.read(buffer, offset, length);
        if (bad != null) {
            skipped[bad.index()]++;
            return;
        }
        classes++;
        classBytes += length;
        fieldCount += reader.fieldCount();
        methodCount += reader.methodCount();
        for (int index = 1; index < reader.poolCount(); index++) {
            int tag = reader.tag(index);
            entriesByTag[tag]++;
            if (tag == ClassFileReader.CLASS) {
                countType(buffer, reader.className(index));
            } else if (tag == ClassFileReader.METHODREF || tag == ClassFileReader.INTERFACE_METHODREF) {
                countMethod(buffer, index);
            }
        }
    }

    Counts counts() {
        entriesByTag[0] = 0; // second slots of longs and doubles
        Totals totals = new Totals(classes, classBytes, fieldCount, methodCount, entriesByTag.clone(), skipped.clone());
        return new Counts(totals, SortedCounts.of(methods), SortedCounts.of(types), List.of());
    }

    private void countType(DirectBuffer buffer, int name) {
        int length = append(buffer, 0, name);
        int start = 0;
        while (start < length && scratch[start] == '[') {
            start++;
        }
        int rest = length - start;
        if (start > 0 && rest > 2 && scratch[start] == 'L' && scratch[length - 1] == ';') {
            types.add(scratch, start + 1, rest - 2, 1);
        } else if (start > 0 && rest == 1 && PrimitiveNames.of(scratch[start]) != null) {
            byte[] keyword = PrimitiveNames.of(scratch[start]);
            types.add(keyword, 0, keyword.length, 1);
        } else {
            types.add(scratch, 0, length, 1);
        }
    }

    private void countMethod(DirectBuffer buffer, int index) {
        int length = append(buffer, 0, reader.ownerName(index));
        scratch[length++] = '.';
        length = append(buffer, length, reader.memberName(index));
        scratch[length++] = ':';
        length = append(buffer, length, reader.memberDescriptor(index));
        methods.add(scratch, 0, length, 1);
    }

    /** Copies a name behind the first {@code at} bytes of the scratch, leaving room for a separator. */
    private int append(DirectBuffer buffer, int at, int utf8) {
        int length = reader.textLength(utf8);
        if (at + length >= scratch.length) {
            scratch = Arrays.copyOf(scratch, (at + length) * 2 + 1);
        }
        buffer.getBytes(reader.textOffset(utf8), scratch, at, length);
        return at + length;
    }
}
