/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final String[] NAMES = {
        "a/B", "[I", "[[J", "[La/B;", "[[[Lé/\uD83D\uDC1F;", "I", "[", "[L;", "[Lx", "[Q", "a.b", "", "\0", "[[", "int"
    };

    private final List<byte[]> files = new ArrayList<>();

    @Test
    void bothCountsAgreeOnStrangeNamesInEveryPlace() {
        for (String owner : NAMES) {
            for (String name : NAMES) {
                ClassBytes file = new ClassBytes();
                file.method(owner, name, "()V");
                file.method(ClassFileReader.INTERFACE_METHODREF, "a/B", owner, name);
                file.wideEntry(ClassFileReader.DOUBLE);
                files.add(file.members(1, 2).bytes());
            }
        }
        Counts job = job(4);
        assertEquals(List.of(), Comparison.differences(job, plain()));
        assertEquals((long) NAMES.length * NAMES.length, job.totals().classes());
        assertTrue(TopN.of(job.types(), 100).stream().anyMatch(r -> r.key().equals("long")));
    }

    @Test
    void bothCountsAgreeOnDamagedFiles() throws IOException {
        Random random = new Random(5);
        for (Class<?> type : List.of(Random.class, String.class, Thread.class, java.util.HashMap.class)) {
            for (int round = 0; round < 200; round++) {
                byte[] bytes = ClassFileReaderTest.compiled(type);
                for (int i = 0; i < round % 5; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                files.add(bytes);
            }
        }
        Counts job = job(30);
        assertEquals(List.of(), Comparison.differences(job, plain()));
        assertTrue(job.totals().skippedFiles() > 10, job.totals().toString());
    }

    @Test
    void theResultDoesNotDependOnTheChunks() throws IOException {
        for (Class<?> type : List.of(Random.class, String.class, Thread.class, Object.class)) {
            files.add(ClassFileReaderTest.compiled(type));
        }
        assertEquals(Comparison.digest(job(1)), Comparison.digest(job(3)));
    }

    @Test
    void everyKindOfDifferenceIsNamed() {
        ClassBytes one = new ClassBytes();
        one.method("a/B", "m", "()V");
        files.add(one.bytes());
        Counts job = job(1);
        ClassBytes other = new ClassBytes();
        other.method("a/C", "m", "()V");
        files.add(other.bytes());
        String found = String.join("\n", Comparison.differences(job, plain()));
        assertTrue(found.contains("totals: job classes=1"), found);
        assertTrue(found.contains("distinct methods: job 1, plain count 2"), found);
        assertTrue(found.contains("type a/Test: job 1, plain count 2"), found);
        assertNotEquals(Comparison.digest(job), Comparison.digest(job(1)));
    }

    @Test
    void aKeyThatOnlyTheJobHasIsADifference() {
        files.add(new ClassBytes().bytes());
        PlainCount plain = plain();
        ClassBytes more = new ClassBytes();
        more.type("a/Extra");
        files.set(0, more.bytes());
        String found = String.join("\n", Comparison.differences(job(1), plain));
        assertTrue(found.contains("type a/Extra: job 1, plain count none"), found);
    }

    @Test
    void manyDifferencesAreSummedUp() {
        ClassBytes file = new ClassBytes();
        for (int i = 0; i < 1_000; i++) {
            file.type("a/T" + i);
        }
        files.add(file.bytes());
        Counts job = job(1);
        files.clear();
        List<String> found = Comparison.differences(job, plain());
        assertTrue(found.size() < 30, found.toString());
        assertTrue(found.contains("types with another count: 1001"), found.toString());
    }

    private Counts job(int chunkFiles) {
        List<Counts> parts = new ArrayList<>();
        for (int from = 0; from < files.size(); from += chunkFiles) {
            ClassCounter counter = new ClassCounter();
            for (byte[] file : files.subList(from, Math.min(from + chunkFiles, files.size()))) {
                counter.count(new UnsafeBuffer(file), 0, file.length);
            }
            parts.add(counter.counts());
        }
        return Counts.sum(parts);
    }

    private PlainCount plain() {
        PlainCount plain = new PlainCount();
        for (byte[] file : files) {
            plain.add("test", file, file.length);
        }
        return plain;
    }
}
