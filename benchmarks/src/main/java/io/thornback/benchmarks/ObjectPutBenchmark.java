/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Objects of 1 KiB put by one thread and deleted some thousand puts later, for as long as it runs. Counted when the store, another
 * process, has applied them: each call ends with its answer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ObjectPutBenchmark {
    private static final int BATCH = 50_000;
    private static final int LIVE = 4096;
    private static final int SIZE_BYTES = 1024;

    private SharedStore store;
    private ObjectStoreClient client;
    private ObjectId[] ids;
    private byte[] value;

    /** Starts the store. */
    @Setup
    public void open() throws IOException {
        store = new SharedStore(256L << 20, 1 << 17);
        client = store.client();
        value = new byte[SIZE_BYTES];
        ids = new ObjectId[BATCH];
        for (int i = 0; i < BATCH; i++) {
            ids[i] = Ids.id(i);
        }
    }

    /** Ends everything. */
    @TearDown
    public void close() throws IOException {
        store.close();
    }

    /** One put and one delete. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long putAndDelete() {
        for (int i = 0; i < BATCH; i++) {
            client.put(ids[i], value);
            if (i >= LIVE) {
                client.delete(ids[i - LIVE]);
            }
        }
        for (int i = BATCH - LIVE; i < BATCH; i++) {
            client.delete(ids[i]);
        }
        client.flush(ClientProcess.LONG);
        return client.counters().deletedTotal();
    }
}
