/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ClientOptions;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreAgent;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.StoreConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.UnsafeBuffer;
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
 * Put and get of one client, with the store on a thread of its own. A get asks nobody; a put is not answered, but the
 * store applies it meanwhile, so on a machine with one core its time is in the figure.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StoreBenchmark {
    private static final long ARENA_BYTES = 256L << 20;
    private static final int JOB = 1;

    /** Object size in bytes. */
    @Param({"100", "1024", "1048576"})
    public int sizeBytes;

    private ShmFolder folder;
    private ObjectStoreAgent agent;
    private AgentRunner store;
    private ObjectStoreClient client;
    private ObjectBuffer reusable;
    private ObjectId present;
    private byte[] value;
    private long task;
    private final UnsafeBuffer idBytes =
            new UnsafeBuffer(new byte[ObjectId.LENGTH_BYTES + 4], 4, ObjectId.LENGTH_BYTES);

    @Setup
    public void open() throws IOException {
        folder = new ShmFolder();
        agent = new ObjectStoreAgent(StoreConfig.of(folder.path, ARENA_BYTES));
        store = new AgentRunner(agent.idleStrategy(), StoreBenchmark::onError, null, agent);
        AgentRunner.startOnThread(store);
        client = ObjectStoreClient.connect(ClientOptions.of(folder.path, "benchmark", JOB));
        reusable = client.newBuffer();
        value = new byte[sizeBytes];
        present = nextId();
        client.put(present, value);
        client.flush(Duration.ofSeconds(10));
    }

    private static void onError(Throwable error) {
        if (!(error instanceof AgentTerminationException)) {
            error.printStackTrace();
        }
    }

    @TearDown
    public void close() throws IOException {
        client.close();
        agent.terminate();
        store.close();
        folder.close();
    }

    /** An object that is there, read in place through a view that is used again: 0 B/op. */
    @Benchmark
    public long getIntoReusedBuffer() {
        if (!client.get(present, reusable)) {
            throw new IllegalStateException(present + " is gone");
        }
        long first = reusable.getLong(0);
        reusable.close();
        return first;
    }

    /** The same with a view of its own. */
    @Benchmark
    public long get() {
        try (ObjectBuffer view = client.get(present)) {
            return view.getLong(0);
        }
    }

    /** A new object from an array (one copy), and its end. */
    @Benchmark
    public ObjectId putAndDelete() {
        ObjectId id = nextId();
        client.put(id, value);
        client.delete(id);
        return id;
    }

    private ObjectId nextId() {
        task++;
        idBytes.putLong(0, task * 0x9E3779B97F4A7C15L);
        idBytes.putLong(8, task);
        idBytes.putInt(20, JOB);
        return ObjectId.of(idBytes, 0);
    }
}
