/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.WritableObject;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Objects of 100 MiB and of a million doubles: put, get and fill, and beside each what the copy or the fill alone costs in pages of the
 * same mapping that are there already.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LargeObjectBenchmark {
    private static final int LARGE_BYTES = 100 << 20;
    private static final int DOUBLES = 1_000_000;
    private static final int DOUBLES_BYTES = DOUBLES * Double.BYTES;
    private static final int SMALL_BYTES = 1024;
    private static final int HUGE = 1;
    private static final int SMALL = 2;
    private static final int ARRAY = 3;
    private static final int FIRST = 1000;

    private SharedStore store;
    private ObjectStoreClient client;
    private ObjectBuffer buffer;
    private WritableObject open;
    private MutableDirectBuffer memory;
    private byte[] large;
    private double[] doubles;
    private double[] target;
    private ObjectId huge;
    private ObjectId small;
    private ObjectId array;
    private long number = FIRST;

    /** Fills the store from another process, and touches every page that is used later. */
    @Setup
    public void open() throws IOException {
        store = new SharedStore(2L << 30, 4096);
        Child other = store.other();
        other.obey("fill " + HUGE + " 1 " + (1L << 30));
        other.obey("fill " + SMALL + " 1 " + SMALL_BYTES);
        client = store.client();
        buffer = client.newBuffer();
        large = new byte[LARGE_BYTES];
        java.util.Arrays.fill(large, (byte) 1);
        doubles = new double[DOUBLES];
        java.util.Arrays.fill(doubles, 1.5);
        target = new double[DOUBLES];
        huge = Ids.id(HUGE);
        small = Ids.id(SMALL);
        array = Ids.id(ARRAY);
        try (WritableObject object = client.create(array, DOUBLES_BYTES)) {
            object.put(0, doubles);
            object.seal();
        }
        open = client.create(Ids.id(FIRST - 1), LARGE_BYTES);
        memory = open.slice(0, LARGE_BYTES);
        open.put(0, large);
        client.flush(ClientProcess.LONG);
    }

    /** Ends everything. */
    @TearDown
    public void close() throws IOException {
        open.close();
        store.close();
    }

    /** Of 1 GiB. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public long getHuge() {
        return get(huge);
    }

    /** Of 1 KiB. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public long getSmall() {
        return get(small);
    }

    /** Of 100 MiB from an array; and its end, so that the next one finds the same pages. */
    @Benchmark
    public ObjectId putLarge() {
        ObjectId id = Ids.id(number++);
        client.put(id, large);
        client.delete(id);
        return id;
    }

    /** The same bytes into the same mapping, and nothing else. */
    @Benchmark
    public void copyLarge() {
        open.put(0, large);
    }

    /** Made in place. */
    @Benchmark
    public ObjectId createFillSealLarge() {
        ObjectId id = Ids.id(number++);
        try (WritableObject object = client.create(id, LARGE_BYTES)) {
            object.slice(0, LARGE_BYTES).setMemory(0, LARGE_BYTES, (byte) 7);
            object.seal();
        }
        client.delete(id);
        return id;
    }

    /** The same without the fill: what the store adds to it. */
    @Benchmark
    public ObjectId createSealLarge() {
        ObjectId id = Ids.id(number++);
        try (WritableObject object = client.create(id, LARGE_BYTES)) {
            object.seal();
        }
        client.delete(id);
        return id;
    }

    /** The fill alone. */
    @Benchmark
    public void fillLarge() {
        memory.setMemory(0, LARGE_BYTES, (byte) 7);
    }

    /** One copy in. */
    @Benchmark
    public ObjectId putDoubles() {
        ObjectId id = Ids.id(number++);
        try (WritableObject object = client.create(id, DOUBLES_BYTES)) {
            object.put(0, doubles);
            object.seal();
        }
        client.delete(id);
        return id;
    }

    /** One copy out. */
    @Benchmark
    public double getDoubles() {
        if (!client.get(array, buffer)) {
            throw new IllegalStateException(array + " is gone");
        }
        buffer.getDoubles(0, target, 0, DOUBLES);
        buffer.close();
        return target[DOUBLES - 1];
    }

    /** Of one array to another. */
    @Benchmark
    public double copyDoubles() {
        System.arraycopy(doubles, 0, target, 0, DOUBLES);
        return target[DOUBLES - 1];
    }

    /** In place; the value that is looked at is the last one. */
    @Benchmark
    public double doubleBufferInPlace() {
        try (ObjectBuffer view = client.get(array)) {
            DoubleBuffer values = view.asDoubleBuffer();
            return values.get(DOUBLES - 1);
        }
    }

    private long get(ObjectId id) {
        if (!client.get(id, buffer)) {
            throw new IllegalStateException(id + " is gone");
        }
        long length = buffer.length();
        buffer.close();
        return length;
    }
}
