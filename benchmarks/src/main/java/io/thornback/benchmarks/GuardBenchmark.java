/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ClientOptions;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreAgent;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.StoreConfig;
import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.ipc.LaneHandler;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * What {@link Guard} measures: operations of the hot path, reference loops, and two fixtures that it must reject. The store's agent, the client's
 * inbox and the client are stepped by one thread, and each sample is short, so that the scheduler of a busy machine is in few of them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 6, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class GuardBenchmark {
    /** Of one call of each benchmark. */
    static final int OPERATIONS = 1024;

    private static final int OBJECTS = 1000;
    private static final int ABSENT = OBJECTS;
    private static final int SMALL_BYTES = 1024;
    private static final int LARGE_BYTES = 8 * 1024;
    private static final int BATCH = 16;
    private static final long SLOWING_TOKENS = 200;

    private ShmFolder folder;
    private ObjectStoreAgent store;
    private Inbox inbox;
    private ObjectStoreClient client;
    private LaneHandler answers;
    private ObjectBuffer buffer;
    private ObjectId[] ids;
    private ObjectId[] names;
    private ObjectId absent;
    private ObjectId large;
    private Map<ObjectId, Long> map;
    private byte[] small;
    private byte[] source;
    private byte[] target;
    private int next;

    /** Starts a store with some objects. */
    @Setup
    public void open() throws IOException, InterruptedException {
        folder = new ShmFolder();
        store = new ObjectStoreAgent(StoreConfig.of(folder.path, 64L << 20).withMaxObjects(1 << 14));
        inbox = Inbox.create(folder.path, "guard", InboxOptions.DEFAULT);
        client = ObjectStoreClient.start(ClientOptions.of(folder.path, "guard", Ids.JOB));
        answers = (from, templateId, message, offset, length) -> client.onMessage(templateId, message, offset, length);
        small = new byte[SMALL_BYTES];
        source = new byte[LARGE_BYTES];
        target = new byte[LARGE_BYTES];
        ids = Ids.shuffled(OBJECTS);
        absent = Ids.id(ABSENT);
        large = Ids.id(ABSENT + 1);
        names = new ObjectId[BATCH];
        map = new HashMap<>();
        Thread filler = new Thread(this::fill, "filler");
        filler.start();
        while (filler.isAlive()) {
            step();
        }
        filler.join();
        buffer = client.newBuffer();
    }

    /** Ends everything. */
    @TearDown
    public void close() throws IOException {
        client.close();
        inbox.close();
        store.onClose();
        folder.close();
    }

    // ---- references

    /** Copies of 1 KiB. */
    @Benchmark
    public void copySmall(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i++) {
            System.arraycopy(small, 0, target, 0, SMALL_BYTES);
            sink.consume(target);
        }
    }

    /** Copies of 8 KiB. */
    @Benchmark
    public void copyLarge(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i++) {
            System.arraycopy(source, 0, target, 0, LARGE_BYTES);
            sink.consume(target);
        }
    }

    /** Hits of a hash map with as many entries as there are objects. */
    @Benchmark
    public void hashMapHit(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i++) {
            sink.consume(map.get(nextId()));
        }
    }

    // ---- operations

    /** Of objects that are there. */
    @Benchmark
    public void getAndRelease(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i++) {
            sink.consume(getAndReleaseNext());
        }
    }

    /** Of an object that is not there. */
    @Benchmark
    public void getMiss(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i++) {
            sink.consume(client.get(absent, buffer));
        }
    }

    /** Of 8 KiB. */
    @Benchmark
    public void getAndCopyOut(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i++) {
            if (!client.get(large, buffer)) {
                throw new IllegalStateException(large + " is gone");
            }
            buffer.getBytes(0, target, 0, LARGE_BYTES);
            buffer.close();
            sink.consume(target);
        }
    }

    /** Of 1 KiB, with all that the store does about it. */
    @Benchmark
    public void putAndDelete(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i += names.length) {
            for (ObjectId name : names) {
                client.put(name, small);
            }
            for (ObjectId name : names) {
                client.delete(name);
            }
            sink.consume(step());
        }
    }

    /** Duty cycles of the store with nothing to do. */
    @Benchmark
    public void idleDutyCycle(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i++) {
            sink.consume(store.doWork());
        }
    }

    // ---- what the guard must reject

    /** As getAndRelease, and some more work. */
    @Benchmark
    public void slowed(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i++) {
            Blackhole.consumeCPU(SLOWING_TOKENS);
            sink.consume(getAndReleaseNext());
        }
    }

    /** As getAndRelease, through a new view each time. */
    @Benchmark
    public void allocating(Blackhole sink) {
        for (int i = 0; i < OPERATIONS; i++) {
            try (ObjectBuffer view = client.get(nextId())) {
                sink.consume(view.length());
            }
        }
    }

    private long getAndReleaseNext() {
        ObjectId id = nextId();
        if (!client.get(id, buffer)) {
            throw new IllegalStateException(id + " is gone");
        }
        long length = buffer.length();
        buffer.close();
        return length;
    }

    private ObjectId nextId() {
        ObjectId id = ids[next];
        next = next + 1 == OBJECTS ? 0 : next + 1;
        return id;
    }

    private int step() {
        return store.doWork() + inbox.poll(answers, BATCH);
    }

    private void fill() {
        client.awaitAdmission();
        for (int i = 0; i < OBJECTS; i++) {
            client.put(ids[i], small);
            map.put(ids[i], (long) i);
        }
        client.put(large, source);
        for (int i = 0; i < BATCH; i++) {
            names[i] = Ids.id(ABSENT + 2 + i);
        }
        client.flush(ClientProcess.LONG);
    }
}
