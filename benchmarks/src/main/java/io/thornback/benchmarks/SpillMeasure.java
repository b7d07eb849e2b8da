/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.WritableObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Objects of 256 MiB that go to disk and come back, in turn with dd, which writes and reads as much, from and to shared memory, on the same disk. None of them forces what
 * it wrote, each deletes what it wrote in its turn: a virtual machine may be slow to get memory that nobody has just given back.
 */
final class SpillMeasure {
    private static final long BYTES = 256L << 20;
    private static final int ROOM = 4;
    private static final int OBJECTS = 8;
    private static final long SETTLED_NS = 300_000_000;

    private final Path disk;
    private final Path memory;
    private final SharedStore store;
    private final ObjectStoreClient client;
    private int next;

    private SpillMeasure(Path disk, Path memory, SharedStore store) {
        this.disk = disk;
        this.memory = memory;
        this.store = store;
        this.client = store.client();
    }

    static void run(Path disk, int rounds) throws IOException {
        try (ShmFolder shm = new ShmFolder();
                SharedStore store = new SharedStore(ROOM * BYTES + (64L << 20), 1024, disk)) {
            SpillMeasure measure = new SpillMeasure(disk, shm.path.resolve("memory"), store);
            dd(Path.of("/dev/zero"), measure.memory);
            measure.round(false);
            for (int round = 0; round < rounds; round++) {
                measure.round(true);
            }
        }
    }

    private void round(boolean counts) throws IOException {
        double ddWrite = ddWrite();
        double spill = spill();
        double ddRead = BYTES * 1e3 / dd(disk.resolve("dd-0"), memory);
        double restore = restore();
        for (int i = 0; i < OBJECTS; i++) {
            Files.delete(disk.resolve("dd-" + i));
            client.delete(Ids.id(next - OBJECTS + i));
        }
        client.flush(ClientProcess.LONG);
        settle();
        if (counts) {
            StoreMeasures.print("spill", "dd-write-mb-per-second", ddWrite);
            StoreMeasures.print("spill", "spill-mb-per-second", spill);
            StoreMeasures.print("spill", "dd-read-mb-per-second", ddRead);
            StoreMeasures.print("spill", "restore-mb-per-second", restore);
        }
    }

    /** Makes room for one object after the other, by spilling others; counted is what was on disk when the last had its room. */
    private double spill() throws IOException {
        for (int i = 0; i < ROOM; i++) {
            make();
        }
        settle();
        long before = store.counters().spilledBytes();
        long began = System.nanoTime();
        for (int i = ROOM; i < OBJECTS; i++) {
            make();
        }
        return (store.counters().spilledBytes() - before) * 1e3 / (System.nanoTime() - began);
    }

    /** The first one of the round, which only the disk has. */
    private double restore() {
        settle();
        long began = System.nanoTime();
        try (ObjectBuffer buffer = client.get(Ids.id(next - OBJECTS), ClientProcess.LONG)) {
            return buffer.length() * 1e3 / (System.nanoTime() - began);
        }
    }

    private void make() {
        try (WritableObject object = client.create(Ids.id(next), BYTES, ClientProcess.LONG)) {
            object.putLong(0, next++);
            object.seal();
        }
    }

    /** What goes on in the background comes to its end. */
    private static void settle() {
        long untilNs = System.nanoTime() + SETTLED_NS;
        while (System.nanoTime() - untilNs < 0) {
            LockSupport.parkNanos(untilNs - System.nanoTime());
        }
    }

    private double ddWrite() throws IOException {
        long ns = 0;
        for (int i = 0; i < OBJECTS; i++) {
            ns += dd(memory, disk.resolve("dd-" + i));
        }
        return OBJECTS * BYTES * 1e3 / ns;
    }

    private static long dd(Path from, Path to) throws IOException {
        long began = System.nanoTime();
        try {
            new ProcessBuilder("dd", "if=" + from, "of=" + to, "bs=1M", "count=" + (BYTES >> 20), "conv=notrunc")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return System.nanoTime() - began;
    }
}
