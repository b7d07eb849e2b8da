/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.ThornbackException;
import io.thornback.observe.WorkerInfo;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.wire.ActorLookupDecoder;
import io.thornback.transport.wire.AssignJobDecoder;
import io.thornback.transport.wire.ChangeNodeDecoder;
import io.thornback.transport.wire.DriverHelloDecoder;
import io.thornback.transport.wire.ExpectJobDecoder;
import io.thornback.transport.wire.LeaseGrantDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.MessageHeaders;
import io.thornback.transport.wire.ObjectListDecoder;
import io.thornback.transport.wire.RefusedDecoder;
import io.thornback.transport.wire.RunTaskDecoder;
import io.thornback.transport.wire.SealDecoder;
import io.thornback.transport.wire.StoreHelloDecoder;
import io.thornback.transport.wire.StreamItemDecoder;
import io.thornback.transport.wire.SubmitTaskDecoder;
import io.thornback.transport.wire.SubmitTaskEncoder;
import io.thornback.transport.wire.TaskResultDecoder;
import io.thornback.transport.wire.TaskResultsDecoder;
import io.thornback.transport.wire.WorkerHelloDecoder;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that claim gigabytes, to every process of a node: none of them ends for want of memory. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ProcessNonsenseTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    /** Longer than an error takes to come; then the worker is free again. */
    private static final long HELD_MS = 5_000;

    private static final int LENGTH = 1_024;
    private static final int[][] TEMPLATES = {
        {StoreHelloDecoder.TEMPLATE_ID, StoreHelloDecoder.BLOCK_LENGTH},
        {RefusedDecoder.TEMPLATE_ID, RefusedDecoder.BLOCK_LENGTH},
        {LeaseGrantDecoder.TEMPLATE_ID, LeaseGrantDecoder.BLOCK_LENGTH},
        {ObjectListDecoder.TEMPLATE_ID, ObjectListDecoder.BLOCK_LENGTH},
        {DriverHelloDecoder.TEMPLATE_ID, DriverHelloDecoder.BLOCK_LENGTH},
        {WorkerHelloDecoder.TEMPLATE_ID, WorkerHelloDecoder.BLOCK_LENGTH},
        {AssignJobDecoder.TEMPLATE_ID, AssignJobDecoder.BLOCK_LENGTH},
        {ExpectJobDecoder.TEMPLATE_ID, ExpectJobDecoder.BLOCK_LENGTH},
        {SubmitTaskDecoder.TEMPLATE_ID, SubmitTaskDecoder.BLOCK_LENGTH},
        {RunTaskDecoder.TEMPLATE_ID, RunTaskDecoder.BLOCK_LENGTH},
        {TaskResultDecoder.TEMPLATE_ID, TaskResultDecoder.BLOCK_LENGTH},
        {TaskResultsDecoder.TEMPLATE_ID, TaskResultsDecoder.BLOCK_LENGTH},
        {StreamItemDecoder.TEMPLATE_ID, StreamItemDecoder.BLOCK_LENGTH},
        {ActorLookupDecoder.TEMPLATE_ID, ActorLookupDecoder.BLOCK_LENGTH},
        {ChangeNodeDecoder.TEMPLATE_ID, ChangeNodeDecoder.BLOCK_LENGTH},
        {SealDecoder.TEMPLATE_ID, SealDecoder.BLOCK_LENGTH + 1},
    };

    private static NodeUnderTest node;
    private static Thornback driver;
    /** A second lane in the driver's name; with the end of either the raylet takes the driver to have left. */
    private static OutboundLane asDriver;

    @BeforeAll
    static void start() throws IOException {
        node = NodeUnderTest.start();
        driver = node.connect();
        asDriver = OutboundLane.open(shmDir(), "raylet", myInbox());
    }

    @AfterAll
    static void stop() {
        driver.close();
        asDriver.close();
        node.close();
    }

    static long pid() {
        return ProcessHandle.current().pid();
    }

    static int hold(final long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
        return 1;
    }

    private static List<String> inboxes() throws IOException {
        try (Stream<Path> files = Files.list(shmDir().resolve("inbox"))) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".inbox"))
                    .map(name -> name.substring(0, name.length() - ".inbox".length()))
                    .toList();
        }
    }

    private static Path shmDir() {
        return node.file().session().shm();
    }

    private static UnsafeBuffer nonsense(final int[] template) {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[LENGTH]);
        MessageHeaders.write(message, 0, template[1], template[0]);
        for (int at = MessageHeaders.LENGTH + template[1]; at + Integer.BYTES <= LENGTH; at += Integer.BYTES) {
            message.putInt(at, 1_000_000_000, ByteOrder.LITTLE_ENDIAN);
        }
        return message;
    }

    private static void send(final String inbox, final int templateId, final UnsafeBuffer message) {
        send("nonsense", inbox, templateId, message);
    }

    private static void send(final String from, final String inbox, final int templateId, final UnsafeBuffer message) {
        try (OutboundLane lane = OutboundLane.open(shmDir(), inbox, from)) {
            lane.send(templateId, message, 0, LENGTH, LONG.toNanos());
        }
    }

    @Test
    void noProcessEnds() throws IOException {
        final long worker = driver.task(ProcessNonsenseTest::pid).submit().get(LONG);
        final List<String> inboxes = inboxes();
        assertTrue(inboxes.size() >= 4, "raylet, store, driver and workers: " + inboxes);
        for (final String inbox : inboxes) {
            for (final int[] template : TEMPLATES) {
                send(inbox, template[0], nonsense(template));
            }
        }
        assertEquals(1, driver.task(ProcessNonsenseTest::hold, 1L).submit().get(LONG));
        final ObjectRef<String> stored = driver.put("still here");
        assertEquals("still here", stored.get(LONG));
        assertTrue(ProcessHandle.of(worker).map(ProcessHandle::isAlive).orElse(false), "the worker");
        node.file().roles().forEach((role, process) -> assertTrue(process.isAlive(), role));
        assertTrue(ProcessIdentity.current().isAlive());
    }

    private static String myInbox() throws IOException {
        return inboxes().stream()
                .filter(name -> name.contains(Long.toString(pid())))
                .findFirst()
                .orElseThrow();
    }

    private static void assertIsRefused(final UnsafeBuffer submitTask) throws IOException {
        final ObjectRef<Integer> slow =
                driver.task(ProcessNonsenseTest::hold, HELD_MS).submit();
        // An object's id begins with its task's; its last bytes go into the field behind, which does not count here.
        slow.id().putInto(submitTask, MessageHeaders.LENGTH);
        asDriver.send(SubmitTaskDecoder.TEMPLATE_ID, submitTask, 0, LENGTH, LONG.toNanos());
        final ThornbackException e = assertThrows(ThornbackException.class, () -> slow.get(LONG));
        assertEquals(ThornbackException.Code.BAD_REQUEST, e.code());
        assertTrue(e.getMessage().contains("cannot read what was submitted"), e.getMessage());
    }

    @Test
    void whoSubmitsWhatTheNodeCannotReadGetsAnError() throws IOException {
        assertIsRefused(nonsense(new int[] {SubmitTaskDecoder.TEMPLATE_ID, SubmitTaskDecoder.BLOCK_LENGTH}));
        final UnsafeBuffer ofNoKind = new UnsafeBuffer(new byte[LENGTH]);
        final SubmitTaskEncoder out =
                new SubmitTaskEncoder().wrapAndApplyHeader(ofNoKind, 0, new MessageHeaderEncoder());
        out.resourcesCount(0);
        out.labelsCount(0);
        ofNoKind.putByte(MessageHeaders.LENGTH + SubmitTaskDecoder.kindEncodingOffset(), (byte) 77);
        assertIsRefused(ofNoKind);
    }

    static int throwInterruption(final int ignored) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(20);
        throw new InterruptedException("thrown");
    }

    /** So that what a worker that is interrupted would send is quick. */
    private static void warmUpErrors() {
        final List<ObjectRef<Integer>> errors = IntStream.range(0, 8)
                .mapToObj(i ->
                        driver.task(ProcessNonsenseTest::throwInterruption, i).submit())
                .toList();
        errors.forEach(error -> assertThrows(ThornbackException.class, () -> error.get(LONG)));
    }

    /** Gives the process's id; the first to run it writes that down and stays for a while. */
    static long holdTheFirstTime(final String file) throws IOException, InterruptedException {
        if (!Files.exists(Path.of(file))) {
            Files.writeString(Path.of(file), Long.toString(pid()), StandardOpenOption.CREATE_NEW);
            TimeUnit.SECONDS.sleep(60);
        }
        return pid();
    }

    @Test
    void aWorkerThatCannotReadItsOrdersEndsAndItsTaskRunsElsewhere() throws IOException, InterruptedException {
        warmUpErrors();
        final Path begun = node.file().session().shm().resolve("begun");
        final ObjectRef<Long> task = driver.task(ProcessNonsenseTest::holdTheFirstTime, begun.toString())
                .retries(1)
                .submit();
        while (!Files.exists(begun) || Files.size(begun) == 0) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        final long first = Long.parseLong(Files.readString(begun));
        final int worker = WorkerInfo.list(shmDir()).stream()
                .filter(running -> running.pid() == first)
                .findFirst()
                .orElseThrow()
                .number();
        send("raylet", "worker-" + worker, RunTaskDecoder.TEMPLATE_ID, nonsense(new int[] {
            RunTaskDecoder.TEMPLATE_ID, RunTaskDecoder.BLOCK_LENGTH
        }));
        assertNotEquals(first, task.get(LONG));
    }

    @Test
    void whoWaitsForAResultThatCannotBeReadGetsAnError() throws IOException {
        final ObjectRef<Integer> slow =
                driver.task(ProcessNonsenseTest::hold, HELD_MS).submit();
        final UnsafeBuffer result = nonsense(new int[] {TaskResultDecoder.TEMPLATE_ID, TaskResultDecoder.BLOCK_LENGTH});
        slow.id().putInto(result, MessageHeaders.LENGTH); // an object's id begins with its task's
        send(myInbox(), TaskResultDecoder.TEMPLATE_ID, result);
        final ThornbackException e = assertThrows(ThornbackException.class, () -> slow.get(LONG));
        assertEquals(ThornbackException.Code.TASK_FAILED, e.code());
        assertTrue(e.getMessage().contains("cannot be read"), e.getMessage());
    }
}
