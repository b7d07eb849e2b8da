/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Get and release of objects that another process has put, in random order, through one view that is used again; nothing stays pinned.
 * The limit beside it is what five cache misses that depend on each other cost in as much memory as cells and index take.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ObjectGetBenchmark {
    private static final int SIZE_BYTES = 100;
    private static final int LINE_LONGS = 8;
    private static final int MISSES = 5;

    /** Objects in the store, all of them asked for. */
    @Param({"1000", "1000000"})
    public int objects;

    private SharedStore store;
    private ObjectStoreClient client;
    private ObjectBuffer buffer;
    private ObjectId[] ids;
    private long[] chain;
    private int next;
    private int link;

    /** Fills the store from another process. */
    @Setup
    public void open() throws IOException {
        store = new SharedStore(64L << 20 | objects * 160L, objects + objects / 8 + 4096);
        store.fill(objects, SIZE_BYTES);
        client = store.client();
        buffer = client.newBuffer();
        ids = Ids.shuffled(objects);
        chain = chain(objects);
    }

    /** Ends everything. */
    @TearDown
    public void close() throws IOException {
        store.close();
    }

    /** 0 B/op. */
    @Benchmark
    public long getAndRelease() {
        ObjectId id = ids[next];
        next = next + 1 == ids.length ? 0 : next + 1;
        if (!client.get(id, buffer)) {
            throw new IllegalStateException(id + " is gone");
        }
        long length = buffer.length();
        buffer.close();
        return length;
    }

    /** The limit. */
    @Benchmark
    public int fiveDependentMisses() {
        int at = link;
        for (int i = 0; i < MISSES; i++) {
            at = (int) chain[at];
        }
        link = at;
        return at;
    }

    /** One line per object, each naming the next, all in one random cycle (Sattolo). */
    private static long[] chain(int lines) {
        long[] chain = new long[lines * LINE_LONGS];
        int[] order = new int[lines];
        java.util.Random random = new java.util.Random(7);
        for (int i = 0; i < lines; i++) {
            order[i] = i;
        }
        for (int i = lines - 1; i > 0; i--) {
            int other = random.nextInt(i);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        for (int i = 0; i < lines; i++) {
            chain[i * LINE_LONGS] = (long) order[i] * LINE_LONGS;
        }
        return chain;
    }
}
