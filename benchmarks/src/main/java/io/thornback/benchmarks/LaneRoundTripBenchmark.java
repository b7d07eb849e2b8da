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
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
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
 * A request and its answer between two agents that sleep on their futexes when they have nothing to do: what a call to
 * another process costs at least. {@code SampleTime} shows the tail, which is the kernel's scheduler.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LaneRoundTripBenchmark {
    private static final int LENGTH = 64;
    private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private ShmFolder folder;
    private Inbox here;
    private Inbox there;
    private OutboundLane lane;
    private Thread echo;
    private volatile boolean ended;
    private IdleStrategy idle;
    private UnsafeBuffer message;
    private int answers;
    private final LaneHandler handler = (from, templateId, buffer, offset, size) -> answers++;

    @Setup
    public void open() throws IOException {
        folder = new ShmFolder();
        here = Inbox.create(folder.path, "here", InboxOptions.DEFAULT);
        there = Inbox.create(folder.path, "there", InboxOptions.DEFAULT);
        lane = OutboundLane.open(folder.path, "there", "here");
        idle = here.idleStrategy(MAX_PARK_NS);
        message = new UnsafeBuffer(new byte[LENGTH + 4], 4, LENGTH);
        MessageHeaders.write(message, 0, FlushRequestEncoder.BLOCK_LENGTH, FlushRequestEncoder.TEMPLATE_ID);
        echo = new Thread(this::answerAll, "echo");
        echo.start();
    }

    @TearDown
    public void close() throws IOException, InterruptedException {
        ended = true;
        there.wake();
        echo.join();
        lane.close();
        here.close();
        there.close();
        folder.close();
    }

    @Benchmark
    public int requestAndAnswer() {
        if (lane.offer(FlushRequestEncoder.TEMPLATE_ID, message, 0, LENGTH) < 0) {
            throw new IllegalStateException("lane is full with one message in flight");
        }
        int before = answers;
        while (answers == before) {
            idle.idle(here.poll(handler, 1));
        }
        return answers;
    }

    private void answerAll() {
        IdleStrategy waiting = there.idleStrategy(MAX_PARK_NS);
        try (OutboundLane back = OutboundLane.open(folder.path, "here", "there")) {
            LaneHandler answer =
                    (from, templateId, buffer, offset, size) -> back.offer(templateId, buffer, offset, size);
            while (!ended) {
                waiting.idle(there.poll(answer, 16));
            }
        }
    }
}
