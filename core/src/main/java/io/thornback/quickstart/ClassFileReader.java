/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Reads the structure of one class file where it lies: the kinds and places of its constant-pool entries, and how many
 * fields and methods it has. Nothing is copied, and nothing is allocated once the two tables have grown to the largest
 * pool seen. The format is The Java Virtual Machine Specification, chapter 4, up to version 69 (Java 25).
 *
 * <p>The input is not trusted. Every length is checked against the end of the file before it is used, each step of each
 * loop moves forward, and {@link #read} either answers {@code null} with the whole file checked, or the reason why not;
 * it throws nothing for bad bytes. What it checks: the frame of every structure to the last byte, the entries that
 * {@code Class}, {@code Methodref} and {@code InterfaceMethodref} point to, and the encoding of the names they use.
 *
 * <p>Not thread-safe; make one per task and use it for all files. The accessors speak of the last file that was read
 * without a reason to skip it, and only while its buffer is valid.
 */
final class ClassFileReader {
    /** The most that the names of one file's method references may spell out to; the largest of the JDK needs 1 MiB. */
    static final int MAX_REFERENCE_BYTES = 16 * 1024 * 1024;

    static final int UTF8 = 1;
    static final int INTEGER = 3;
    static final int FLOAT = 4;
    static final int LONG = 5;
    static final int DOUBLE = 6;
    static final int CLASS = 7;
    static final int STRING = 8;
    static final int FIELDREF = 9;
    static final int METHODREF = 10;
    static final int INTERFACE_METHODREF = 11;
    static final int NAME_AND_TYPE = 12;
    static final int METHOD_HANDLE = 15;
    static final int METHOD_TYPE = 16;
    static final int DYNAMIC = 17;
    static final int INVOKE_DYNAMIC = 18;
    static final int MODULE = 19;
    static final int PACKAGE = 20;

    /** One more than the highest tag: the length of a table by tag. */
    static final int TAG_LIMIT = 21;

    private static final int MAGIC = 0xCAFEBABE;
    /** Bytes after the tag; 0 for tags that do not exist. Utf8's is its length field, the text follows. */
    private static final int[] BODY_BYTES = {0, 2, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2};

    private byte[] tags = new byte[1024];
    private int[] bodies = new int[1024];
    private DirectBuffer buffer;
    private int position;
    private int end;
    private int poolCount;
    private int fieldCount;
    private int methodCount;

    /**
     * Reads the file of {@code length} bytes at {@code offset} of {@code source}.
     *
     * @return {@code null} if it is a well-formed class file, else why it is skipped
     * @throws IndexOutOfBoundsException if the range is not inside {@code source}
     */
    SkipReason read(DirectBuffer source, int offset, int length) {
        source.boundsCheck(offset, length);
        buffer = source;
        position = offset;
        end = offset + length;
        if (length == 0) {
            return SkipReason.EMPTY;
        }
        if (length < 4) {
            return SkipReason.TRUNCATED;
        }
        if (source.getInt(offset, ByteOrder.BIG_ENDIAN) != MAGIC) {
            return SkipReason.NOT_A_CLASS;
        }
        if (length < 10) {
            return SkipReason.TRUNCATED;
        }
        position += 8; // magic, minor and major version
        SkipReason bad = readPool();
        if (bad == null) {
            bad = readMembers();
        }
        return bad == null ? checkReferences() : bad;
    }

    /** Entries of the pool plus one, as in the file; index 0 and the second slot of a long or double have tag 0. */
    int poolCount() {
        return poolCount;
    }

    int tag(int index) {
        return tags[index];
    }

    int fieldCount() {
        return fieldCount;
    }

    int methodCount() {
        return methodCount;
    }

    /** Offset in the buffer of the first byte of a {@code Utf8} entry's text. */
    int textOffset(int utf8Index) {
        return bodies[utf8Index] + 2;
    }

    /** Length of a {@code Utf8} entry's text, in bytes. */
    int textLength(int utf8Index) {
        return u2(bodies[utf8Index]);
    }

    /** The {@code Utf8} entry that names a {@code Class} entry. */
    int className(int classIndex) {
        return u2(bodies[classIndex]);
    }

    /** The {@code Utf8} entry that names the class of a field, method or interface method reference. */
    int ownerName(int referenceIndex) {
        return className(u2(bodies[referenceIndex]));
    }

    /** The {@code Utf8} entry with the member's name. */
    int memberName(int referenceIndex) {
        return u2(bodies[u2(bodies[referenceIndex] + 2)]);
    }

    /** The {@code Utf8} entry with the member's descriptor. */
    int memberDescriptor(int referenceIndex) {
        return u2(bodies[u2(bodies[referenceIndex] + 2)] + 2);
    }

    private SkipReason readPool() {
        poolCount = u2(position);
        position += 2;
        if (poolCount == 0) {
            return SkipReason.BAD_POOL_SIZE;
        }
        growTo(poolCount);
        tags[0] = 0;
        int index = 1;
        while (index < poolCount) {
            if (position >= end) {
                return SkipReason.TRUNCATED;
            }
            int tag = buffer.getByte(position++);
            if (tag <= 0 || tag >= TAG_LIMIT || BODY_BYTES[tag] == 0) {
                return SkipReason.UNKNOWN_TAG;
            }
            tags[index] = (byte) tag;
            bodies[index] = position;
            if (!skip(BODY_BYTES[tag]) || (tag == UTF8 && !skip(u2(bodies[index])))) {
                return SkipReason.TRUNCATED;
            }
            index++;
            if (tag == LONG || tag == DOUBLE) { // takes two slots, §4.4.5
                if (index >= poolCount) {
                    return SkipReason.BAD_POOL_SIZE;
                }
                tags[index++] = 0;
            }
        }
        return null;
    }

    private void growTo(int count) {
        if (count > tags.length) {
            tags = new byte[count];
            bodies = new int[count];
        }
    }

    /** Everything behind the pool, §4.1: flags, this, super, interfaces, fields, methods, attributes, and the end. */
    private SkipReason readMembers() {
        int thisClassAt = position + 2;
        int interfacesAt = position + 6;
        if (!skip(8) || !skip(2L * u2(interfacesAt))) {
            return SkipReason.TRUNCATED;
        }
        if (!is(u2(thisClassAt), CLASS)) {
            return SkipReason.BAD_INDEX;
        }
        fieldCount = skipMembers();
        methodCount = fieldCount < 0 ? -1 : skipMembers();
        if (methodCount < 0 || !skipAttributes()) {
            return SkipReason.TRUNCATED;
        }
        return position == end ? null : SkipReason.TRAILING_BYTES;
    }

    private int skipMembers() {
        int countAt = position;
        if (!skip(2)) {
            return -1;
        }
        int count = u2(countAt);
        for (int i = 0; i < count; i++) {
            if (!skip(6) || !skipAttributes()) { // access flags, name, descriptor
                return -1;
            }
        }
        return count;
    }

    private boolean skipAttributes() {
        int countAt = position;
        if (!skip(2)) {
            return false;
        }
        int count = u2(countAt);
        for (int i = 0; i < count; i++) {
            int lengthAt = position + 2;
            if (!skip(6) || !skip(buffer.getInt(lengthAt, ByteOrder.BIG_ENDIAN) & 0xFFFF_FFFFL)) {
                return false;
            }
        }
        return true;
    }

    private SkipReason checkReferences() {
        long spelledBytes = 0;
        for (int index = 1; index < poolCount; index++) {
            int tag = tags[index];
            if (tag == CLASS) {
                SkipReason bad = checkName(className(index));
                if (bad != null) {
                    return bad;
                }
            } else if (tag == METHODREF || tag == INTERFACE_METHODREF) {
                SkipReason bad = checkMethod(index);
                if (bad != null) {
                    return bad;
                }
                spelledBytes += textLength(ownerName(index)) + textLength(memberName(index)) + 2;
                spelledBytes += textLength(memberDescriptor(index));
            }
        }
        return spelledBytes > MAX_REFERENCE_BYTES ? SkipReason.TOO_LARGE : null;
    }

    private SkipReason checkMethod(int index) {
        int owner = u2(bodies[index]);
        int nameAndType = u2(bodies[index] + 2);
        if (!is(owner, CLASS) || !is(nameAndType, NAME_AND_TYPE)) {
            return SkipReason.BAD_INDEX;
        }
        SkipReason bad = checkName(className(owner));
        if (bad == null) {
            bad = checkName(memberName(index));
        }
        return bad == null ? checkName(memberDescriptor(index)) : bad;
    }

    private SkipReason checkName(int index) {
        if (!is(index, UTF8)) {
            return SkipReason.BAD_INDEX;
        }
        return ModifiedUtf8.isValid(buffer, textOffset(index), textLength(index)) ? null : SkipReason.BAD_UTF8;
    }

    private boolean is(int index, int tag) {
        return index > 0 && index < poolCount && tags[index] == tag;
    }

    private boolean skip(long bytes) {
        if (bytes > end - position) {
            return false;
        }
        position += (int) bytes;
        return true;
    }

    private int u2(int offset) {
        return buffer.getShort(offset, ByteOrder.BIG_ENDIAN) & 0xFFFF;
    }
}
