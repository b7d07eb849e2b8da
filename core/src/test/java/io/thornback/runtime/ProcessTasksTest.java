/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ConnectOptions;
import io.thornback.ObjectRef;
import io.thornback.ObjectRefStream;
import io.thornback.RuntimeContext;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.ThornbackException;
import io.thornback.WorkerDiedException;
import io.thornback.Yield;
import io.thornback.objectstore.StoreCounters;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is promised of tasks, and what only processes can show, on a node of real processes. */
class ProcessTasksTest extends RayConformanceContract {
    @RegisterExtension
    static final TestNode NODE = TestNode.ofProcesses();

    @Override
    Thornback connection() {
        return NODE.driver();
    }

    static void killSelf() {
        ProcessControl.signal(ProcessIdentity.current(), Signals.KILL);
    }

    static List<Integer> dieTheFirstTime(final String marker) throws IOException {
        if (Files.notExists(Path.of(marker))) {
            Files.createFile(Path.of(marker));
            killSelf();
        }
        return List.of(7, 8, 9);
    }

    static List<Integer> alwaysDie(final int count) {
        killSelf();
        return List.of(count);
    }

    @Test
    void severalReturnsSurviveTheDeathOfTheWorker() {
        final String marker = NODE.node().dir().resolve("first-time").toString();
        final List<ObjectRef<Integer>> refs = NODE.driver()
                .task(ProcessTasksTest::dieTheFirstTime, marker)
                .returns(3)
                .submitAll();
        assertEquals(List.of(7, 8, 9), NODE.driver().get(refs, LONG));
    }

    /** Dies, throws, and then is done. */
    static int troubled(final String marker) throws IOException {
        final int attempt = RuntimeContext.current().attempt();
        if (attempt == 1) {
            killSelf();
        } else if (attempt == 2) {
            throw new IOException("second");
        }
        return attempt;
    }

    @Test
    void deathsAndExceptionsCountTogether() {
        assertEquals(
                3,
                NODE.driver()
                        .task(ProcessTasksTest::troubled, "")
                        .retryOn(IOException.class)
                        .retries(2)
                        .submit()
                        .get(LONG));
        final ObjectRef<Integer> tooOften = NODE.driver()
                .task(ProcessTasksTest::troubled, "")
                .retryOn(IOException.class)
                .retries(1)
                .submit();
        final TaskException e = assertThrows(TaskException.class, () -> tooOften.get(LONG));
        assertTrue(e.getMessage().contains("(attempt 2)"), e.getMessage());
    }

    static void dyingStream(final int dieAfter, final Yield<Integer> out) {
        final boolean first = RuntimeContext.current().attempt() == 1;
        for (int i = 0; i < 40; i++) {
            if (first && i == dieAfter) {
                killSelf();
            }
            out.emit(i);
        }
    }

    @Test
    void aStreamWhoseWorkerDiesGoesOnWhereItWas() {
        for (final int dieAfter : new int[] {0, 1, 5, 30}) {
            final List<Integer> seen = new ArrayList<>();
            try (ObjectRefStream<Integer> stream =
                    NODE.driver().generate(ProcessTasksTest::dyingStream, dieAfter).retries(1).window(6).stream()) {
                stream.forEachRemaining(ref -> seen.add(ref.get(LONG)));
            }
            assertEquals(IntStream.range(0, 40).boxed().toList(), seen);
        }
    }

    @Test
    void theDeathOfAWorkerWithoutRetriesStandsWhereTheStreamWas() {
        final ObjectRefStream<Integer> stream =
                NODE.driver().generate(ProcessTasksTest::dyingStream, 2).retries(0).stream();
        assertEquals(0, stream.next().get(LONG));
        assertEquals(1, stream.next().get(LONG));
        final ObjectRef<Integer> failed = stream.next();
        assertThrows(WorkerDiedException.class, () -> failed.get(LONG));
        assertFalse(stream.hasNext());
    }

    static void heavy(final Yield<byte[]> out) {
        while (true) {
            out.emit(new byte[50_000]);
        }
    }

    @Test
    void nothingOfAClosedStreamStaysInTheStore() throws InterruptedException {
        final Path shm = NODE.node().file().session().shm();
        System.gc();
        TimeUnit.MILLISECONDS.sleep(200);
        final long before = StoreCounters.read(shm).objects();
        ObjectRef<byte[]> first;
        try (ObjectRefStream<byte[]> stream = NODE.driver().generate(ProcessTasksTest::heavy).window(8).stream()) {
            first = stream.next();
            assertEquals(50_000, first.get(LONG).length);
        }
        first = null;
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (StoreCounters.read(shm).objects() > before) {
            assertTrue(
                    System.nanoTime() - deadline < 0,
                    "objects " + StoreCounters.read(shm).objects() + ", before " + before);
            System.gc();
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void aJobMayListTheClassesOfItsValues() {
        try (Thornback strict = Thornback.connect(ConnectOptions.defaults()
                .withDirectory(NODE.node().dir())
                .withTimeout(LONG)
                .withAllowedClasses("io.thornback.runtime.ValuesContract$Page", "java.awt.*"))) {
            assertEquals(
                    checksum(page(10)),
                    strict.task(ValuesContract::checksum, page(10)).submit().get(LONG));
            final ThornbackException argument = assertThrows(ThornbackException.class, () -> strict.task(
                            ValuesContract::doubled, new Matrix("m", new double[0], List.of()))
                    .submit());
            assertTrue(argument.getMessage().contains("ValuesContract$Matrix"), argument.getMessage());
            final ObjectRef<Seen> result = strict.task(RetryContract::look).submit();
            final TaskException e = assertThrows(TaskException.class, () -> result.get(LONG));
            assertTrue(e.getMessage().contains("RetryContract$Seen"), e.getMessage());
            assertTrue(e.getMessage().contains("withAllowedClasses"), e.getMessage());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> Thornback.connect(ConnectOptions.defaults()
                        .withDirectory(NODE.node().dir())
                        .withAllowedClasses("com.*.x")));
    }

    @Test
    void rayATaskWhoseWorkerDiesIsRunThreeTimesMore() {
        final ObjectRef<List<Integer>> ref =
                NODE.driver().task(ProcessTasksTest::alwaysDie, 1).submit();
        final WorkerDiedException e = assertThrows(WorkerDiedException.class, () -> ref.get(LONG));
        assertTrue(e.getMessage().contains("attempts: 4"), e.getMessage());
    }

    @Test
    void severalReturnsFailTogetherWhenNoRetryIsLeft() {
        final List<ObjectRef<Integer>> refs = NODE.driver()
                .task(ProcessTasksTest::alwaysDie, 1)
                .retries(0)
                .returns(3)
                .submitAll();
        for (final ObjectRef<Integer> ref : refs) {
            assertThrows(WorkerDiedException.class, () -> ref.get(LONG));
        }
    }
}
