/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.ipc.LaneHandler;
import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.wire.FlushRequestEncoder;
import io.thornback.transport.wire.MessageHeaders;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a message through a lane costs when nobody has to be woken: claim, copy, commit, doorbell, poll, dispatch. One
 * thread does both ends, so no cache line travels. Allocation must be 0 B/op.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LaneBenchmark {
    private static final int BATCH = 64;

    /** Message length in bytes, header included. */
    @Param({"64", "1024"})
    public int length;

    private ShmFolder folder;
    private Inbox inbox;
    private OutboundLane lane;
    private UnsafeBuffer message;
    private long sum;
    private final LaneHandler handler = (from, templateId, buffer, offset, size) -> sum += size;

    @Setup
    public void open() throws IOException {
        folder = new ShmFolder();
        inbox = Inbox.create(folder.path, "receiver", InboxOptions.DEFAULT);
        lane = OutboundLane.open(folder.path, "receiver", "sender");
        message = new UnsafeBuffer(new byte[length + 4], 4, length);
        MessageHeaders.write(message, 0, FlushRequestEncoder.BLOCK_LENGTH, FlushRequestEncoder.TEMPLATE_ID);
    }

    @TearDown
    public void close() throws IOException {
        lane.close();
        inbox.close();
        folder.close();
    }

    /** One message there. */
    @Benchmark
    public long offerAndPoll() {
        offer();
        poll(1);
        return sum;
    }

    /** As a busy agent works: many messages in one poll. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long offerManyThenPoll() {
        for (int i = 0; i < BATCH; i++) {
            offer();
        }
        poll(BATCH);
        return sum;
    }

    /** A duty cycle with nothing to do. */
    @Benchmark
    public int pollNothing() {
        return inbox.poll(handler, 1);
    }

    private void offer() {
        int result = lane.offer(FlushRequestEncoder.TEMPLATE_ID, message, 0, length);
        if (result < 0) {
            throw new IllegalStateException("offer failed: " + result);
        }
    }

    private void poll(int expected) {
        int handled = 0;
        while (handled < expected) {
            handled += inbox.poll(handler, expected - handled);
        }
    }
}
