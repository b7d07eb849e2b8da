/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes class files by hand, well-formed or not. */
final class ClassBytes {
    private final ByteArrayOutputStream pool = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(pool);
    private int next = 1;
    private int fields;
    private int methods;
    private int thisClass;

    ClassBytes() {
        thisClass = type("a/Test");
    }

    /** Any entry: its tag and body; answers its index. */
    int entry(int tag, int... body) {
        return write(() -> {
            out.writeByte(tag);
            for (int b : body) {
                out.writeByte(b);
            }
        });
    }

    int wideEntry(int tag) {
        int index = entry(tag, 0, 0, 0, 0, 0, 0, 0, 1);
        next++;
        return index;
    }

    int utf8(String text) {
        return write(() -> {
            out.writeByte(ClassFileReader.UTF8);
            out.writeUTF(text);
        });
    }

    int rawUtf8(int... bytes) {
        int index = entry(ClassFileReader.UTF8, bytes.length >> 8, bytes.length & 0xFF);
        write(() -> {
            for (int b : bytes) {
                out.writeByte(b);
            }
        });
        next--;
        return index;
    }

    int type(String name) {
        return pair(ClassFileReader.CLASS, utf8(name));
    }

    int pair(int tag, int... indexes) {
        return write(() -> {
            out.writeByte(tag);
            for (int index : indexes) {
                out.writeShort(index);
            }
        });
    }

    int method(String owner, String name, String descriptor) {
        return method(ClassFileReader.METHODREF, owner, name, descriptor);
    }

    int method(int tag, String owner, String name, String descriptor) {
        int type = type(owner);
        int nameAndType = pair(ClassFileReader.NAME_AND_TYPE, utf8(name), utf8(descriptor));
        return pair(tag, type, nameAndType);
    }

    ClassBytes members(int fieldCount, int methodCount) {
        fields = fieldCount;
        methods = methodCount;
        return this;
    }

    ClassBytes thisClass(int index) {
        thisClass = index;
        return this;
    }

    /** The index that the next entry will get, which is also the pool's count as the file has it. */
    int nextIndex() {
        return next;
    }

    byte[] bytes() {
        return bytes(next);
    }

    byte[] bytes(int poolCount) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream file = new DataOutputStream(bytes)) {
            file.writeInt(0xCAFEBABE);
            file.writeShort(0);
            file.writeShort(61);
            file.writeShort(poolCount);
            file.write(pool.toByteArray());
            file.writeShort(0x21);
            file.writeShort(thisClass);
            file.writeShort(0);
            file.writeShort(1);
            file.writeShort(thisClass); // one interface
            writeMembers(file, fields);
            writeMembers(file, methods);
            writeAttributes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void writeMembers(DataOutputStream file, int count) throws IOException {
        file.writeShort(count);
        for (int i = 0; i < count; i++) {
            file.writeShort(0);
            file.writeShort(1);
            file.writeShort(1);
            writeAttributes(file);
        }
    }

    private static void writeAttributes(DataOutputStream file) throws IOException {
        file.writeShort(1);
        file.writeShort(1);
        file.writeInt(3);
        file.write(new byte[3]);
    }

    private int write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return next++;
    }

    private interface Writing {
        void run() throws IOException;
    }
}
