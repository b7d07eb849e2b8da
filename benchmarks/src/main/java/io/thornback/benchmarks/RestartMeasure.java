/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectStoreClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A store with a million objects of 1 KiB, a tenth of which only the disk has, is killed and started again. How long it takes, from the start of the new process, until
 * a client that lived on has had one that is only on disk, and until it has had so many of all at random.
 */
final class RestartMeasure {
    private static final int OBJECTS = 1_000_000;
    private static final int OBJECT_BYTES = 1024;
    private static final int SAMPLE = 1000;

    private final SplittableRandom random = new SplittableRandom(42);
    private final ObjectStoreClient client;
    private final ObjectBuffer buffer;
    private final SharedStore store;

    private RestartMeasure(SharedStore store) {
        this.store = store;
        this.client = store.client();
        this.buffer = client.newBuffer();
    }

    static void run(Path disk, int rounds) throws IOException {
        long arenaBytes = OBJECTS / 10 * 9L * OBJECT_BYTES;
        try (SharedStore store = new SharedStore(arenaBytes, OBJECTS + OBJECTS / 8, disk)) {
            store.fill(OBJECTS, OBJECT_BYTES);
            RestartMeasure measure = new RestartMeasure(store);
            for (int round = 0; round < rounds; round++) {
                measure.round();
            }
        }
    }

    private void round() throws IOException {
        int spilled = randomSpilled();
        store.kill();
        long began = System.nanoTime();
        store.startAgain();
        print("ready-s", began);
        get(spilled);
        print("first-spilled-s", began);
        int onDisk = 0;
        for (int i = 0; i < SAMPLE; i++) {
            onDisk += get(random.nextInt(OBJECTS)) ? 1 : 0;
        }
        print("thousand-of-all-s", began);
        StoreMeasures.print("restart", "of-these-on-disk", onDisk);
    }

    /** One that is not in memory. */
    private int randomSpilled() {
        int number = random.nextInt(OBJECTS);
        while (client.get(Ids.id(number), buffer)) {
            buffer.close();
            number = random.nextInt(OBJECTS);
        }
        return number;
    }

    /** Whether it had to be brought back from disk. */
    private boolean get(int number) {
        if (client.get(Ids.id(number), buffer)) {
            check(buffer, number);
            buffer.close();
            return false;
        }
        try (ObjectBuffer object = client.get(Ids.id(number), ClientProcess.LONG)) {
            check(object, number);
        }
        return true;
    }

    private static void check(ObjectBuffer object, int number) {
        if (object.length() != OBJECT_BYTES || object.getLong(0) != number) {
            throw new IllegalStateException("not object " + number + ": " + object);
        }
    }

    private static void print(String name, long beganNs) {
        StoreMeasures.print("restart", name, (System.nanoTime() - beganNs) / 1e9);
    }
}
