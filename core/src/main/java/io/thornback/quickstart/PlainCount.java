/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The same count in the plain way: one thread, one {@code HashMap<String, Long>} for each table, every file read anew
 * from the input. It shares with the tasks the reader of a class file's frame ({@link ClassFileReader}) and nothing
 * else: neither the store, the packs, the tables, their merging nor the way keys are built, so when both agree, none of
 * those has lost, doubled or changed anything.
 */
final class PlainCount {
    private static final Logger LOG = LoggerFactory.getLogger(PlainCount.class);
    private static final int MAX_SAMPLES = 5;

    private final ClassFileReader reader = new ClassFileReader();
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[0]);
    private final Map<String, Long> methods = new HashMap<>(1 << 19);
    private final Map<String, Long> types = new HashMap<>(1 << 16);
    private final long[] entriesByTag = new long[ClassFileReader.TAG_LIMIT];
    private final List<String> skippedSamples = new ArrayList<>();
    private final long[] skipped = new long[SkipReason.COUNT];
    private long classes;
    private long classBytes;
    private long fieldCount;
    private long methodCount;
    private long otherFiles;

    /** Counts all of the input; takes as long as that takes. */
    static PlainCount of(ClassFileInput input) throws IOException {
        PlainCount count = new PlainCount();
        input.list(new ClassFileInput.Listener() {
            @Override
            public void onClassFile(ClassFile file) {
                count.add(file);
            }

            @Override
            public void onOtherFile(String name) {
                count.otherFiles++;
            }

            @Override
            public void onSkipped(String name, SkipReason reason) {
                count.skip(name, reason);
            }
        });
        return count;
    }

    Map<String, Long> methods() {
        return methods;
    }

    Map<String, Long> types() {
        return types;
    }

    long otherFiles() {
        return otherFiles;
    }

    /** The first files that were left out, with the reason for each. */
    List<String> skippedSamples() {
        return skippedSamples;
    }

    Totals totals() {
        return new Totals(classes, classBytes, fieldCount, methodCount, entriesByTag, skipped);
    }

    private void add(ClassFile file) {
        byte[] bytes = new byte[file.sizeBytes()];
        int length;
        try {
            length = file.copyTo(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            LOG.debug("leaving out {}", file.name(), e);
            skip(file.name(), SkipReason.UNREADABLE);
            return;
        }
        add(file.name(), bytes, length);
    }

    void add(String name, byte[] bytes, int length) {
        buffer.wrap(bytes);
        SkipReason bad = reader.read(buffer, 0, length);
        if (bad != null) {
            skip(name, bad);
            return;
        }
        classes++;
        classBytes += length;
        fieldCount += reader.fieldCount();
        methodCount += reader.methodCount();
        String[] texts = new String[reader.poolCount()];
        for (int i = 1; i < reader.poolCount(); i++) {
            int tag = reader.tag(i);
            entriesByTag[tag] += tag == 0 ? 0 : 1; // tag 0: the second slot of a long or double
            switch (tag) {
                case ClassFileReader.CLASS ->
                    types.merge(elementType(text(bytes, texts, reader.className(i))), 1L, Long::sum);
                case ClassFileReader.METHODREF, ClassFileReader.INTERFACE_METHODREF ->
                    methods.merge(
                            text(bytes, texts, reader.ownerName(i)) + "." + text(bytes, texts, reader.memberName(i))
                                    + ":" + text(bytes, texts, reader.memberDescriptor(i)),
                            1L,
                            Long::sum);
                default -> {}
            }
        }
    }

    private void skip(String name, SkipReason reason) {
        skipped[reason.index()]++;
        if (skippedSamples.size() < MAX_SAMPLES) {
            skippedSamples.add(name + ": " + reason.text());
        }
    }

    private String text(byte[] bytes, String[] texts, int utf8) {
        if (texts[utf8] == null) {
            texts[utf8] = ModifiedUtf8.decode(bytes, reader.textOffset(utf8), reader.textLength(utf8));
        }
        return texts[utf8];
    }

    private static String elementType(String name) {
        String element = name.replaceFirst("^\\[+", "");
        if (element.equals(name)) {
            return name;
        }
        if (element.length() > 2 && element.startsWith("L") && element.endsWith(";")) {
            return element.substring(1, element.length() - 1);
        }
        return switch (element) {
            case "B" -> "byte";
            case "C" -> "char";
            case "D" -> "double";
            case "F" -> "float";
            case "I" -> "int";
            case "J" -> "long";
            case "S" -> "short";
            case "Z" -> "boolean";
            default -> name;
        };
    }
}
