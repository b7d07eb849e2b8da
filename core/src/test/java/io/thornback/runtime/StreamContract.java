/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Arg;
import io.thornback.GetTimeoutException;
import io.thornback.ObjectRef;
import io.thornback.ObjectRefStream;
import io.thornback.TaskCancelledException;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.Yield;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that make many objects, one after the other. */
abstract class StreamContract extends RetryContract {
    @TempDir
    static Path marks;

    static Iterator<Integer> counting(final int count) {
        return IntStream.range(0, count).iterator();
    }

    static Stream<Object> assorted(final int large) {
        return Stream.of("a", 2, List.of(3), new byte[large], "b");
    }

    static void emitNull(final Yield<String> out) {
        out.emit("x");
        out.emit(null);
    }

    /** Makes the second when the first has been seen. */
    static void inTurn(final String mark, final Yield<Integer> out) throws InterruptedException {
        out.emit(0);
        await(mark);
        out.emit(1);
    }

    /** Notes how many it has made. */
    static void noting(final int count, final String mark, final Yield<Integer> out) throws IOException {
        for (int i = 1; i <= count; i++) {
            out.emit(i);
            Files.writeString(Path.of(mark + ".new"), Integer.toString(i));
            Files.move(Path.of(mark + ".new"), Path.of(mark), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    static void breaking(final int good, final Yield<Integer> out) {
        for (int i = 0; i < good; i++) {
            out.emit(i);
        }
        throw new IllegalStateException("after " + good);
    }

    static void endless(final String mark, final Yield<Integer> out) throws IOException {
        try {
            for (int i = 0; ; i++) {
                out.emit(i);
            }
        } catch (final TaskCancelledException e) {
            Files.createFile(Path.of(mark));
            throw e;
        }
    }

    static long sumOf(final int count) {
        long sum = 0;
        try (ObjectRefStream<Integer> stream =
                Thornback.current().task(StreamContract::counting, count).window(3).stream()) {
            while (stream.hasNext()) {
                sum += stream.next().get(LONG);
            }
        }
        return sum;
    }

    static String mark(final String name) {
        return marks.resolve(name + "-" + System.nanoTime()).toString();
    }

    static void await(final String mark) throws InterruptedException {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (Files.notExists(Path.of(mark))) {
            assertTrue(System.nanoTime() - deadline < 0, mark);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private static List<Object> drain(final ObjectRefStream<?> stream) {
        final List<Object> values = new ArrayList<>();
        stream.forEachRemaining(ref -> values.add(ref.get(LONG)));
        return values;
    }

    @Test
    void handsOutWhatAFunctionGivesInItsOrder() {
        final Thornback tb = connection();
        assertEquals(
                IntStream.range(0, 1_000).boxed().toList(), drain(tb.task(StreamContract::counting, 1_000).stream()));
        final List<Object> mixed = drain(tb.task(StreamContract::assorted, 300_000).window(2).stream());
        assertEquals(List.of("a", 2, List.of(3)), mixed.subList(0, 3));
        assertEquals(300_000, ((byte[]) mixed.get(3)).length);
        assertEquals("b", mixed.get(4));
        final ObjectRefStream<Integer> ofAList = tb.task(ReturnsContract::upTo, 3).stream();
        assertEquals(List.of(0, 1, 2), drain(ofAList));
        assertEquals(3, ofAList.completion().get(LONG));
        assertThrows(NoSuchElementException.class, ofAList::next);
        assertEquals(List.of(), drain(tb.task(StreamContract::counting, 0).stream()));
        final List<Object> withNull = drain(tb.generate(StreamContract::emitNull).stream());
        assertEquals("x", withNull.get(0));
        assertEquals(2, withNull.size());
    }

    @Test
    void itemsCanBeTakenWhileTheTaskRuns() throws IOException {
        final String mark = mark("turn");
        try (ObjectRefStream<Integer> stream = connection().generate(StreamContract::inTurn, mark).stream()) {
            assertEquals(0, stream.next().get(LONG));
            assertThrows(GetTimeoutException.class, () -> stream.next(Duration.ofMillis(50)));
            assertFalse(stream.completion().isReady());
            Files.createFile(Path.of(mark));
            assertEquals(1, stream.next(LONG).get(LONG));
            assertFalse(stream.hasNext());
        }
    }

    @Test
    void theTaskGoesNoFurtherAheadThanTheWindow() throws Exception {
        final String mark = mark("ahead");
        try (ObjectRefStream<Integer> stream =
                connection().generate(StreamContract::noting, Arg.of(100), Arg.of(mark)).window(4).stream()) {
            await(mark);
            for (int taken = 0; taken < 100; taken++) {
                if (taken % 20 == 0) {
                    TimeUnit.MILLISECONDS.sleep(100);
                    final int made = Integer.parseInt(Files.readString(Path.of(mark)));
                    assertTrue(made <= taken + 4, "made=" + made + " taken=" + taken);
                }
                assertEquals(taken + 1, stream.next(LONG).get(LONG));
            }
            assertFalse(stream.hasNext());
        }
    }

    @Test
    void anErrorStandsWhereItHappened() {
        final ObjectRefStream<Integer> stream = connection().generate(StreamContract::breaking, 3).stream();
        for (int i = 0; i < 3; i++) {
            assertEquals(i, stream.next().get(LONG));
        }
        assertTrue(stream.hasNext());
        final ObjectRef<Integer> failed = stream.next();
        final TaskException e = assertThrows(TaskException.class, () -> failed.get(LONG));
        assertInstanceOf(IllegalStateException.class, e.getCause());
        assertEquals("after 3", e.getCause().getMessage());
        assertFalse(stream.hasNext());
        assertThrows(TaskException.class, () -> stream.completion().get(LONG));
    }

    @Test
    void closingAStreamCancelsItsTask() throws InterruptedException {
        final String mark = mark("closed");
        final ObjectRefStream<Integer> stream = connection().generate(StreamContract::endless, mark).stream();
        assertEquals(0, stream.next().get(LONG));
        final ObjectRef<Integer> kept = stream.next();
        stream.close();
        stream.close();
        assertFalse(stream.hasNext());
        assertThrows(NoSuchElementException.class, stream::next);
        assertThrows(TaskCancelledException.class, () -> stream.completion().get(LONG));
        await(mark);
        assertEquals(1, kept.get(LONG));
    }

    @Test
    void aStreamThatIsForgottenIsClosed() throws InterruptedException {
        final String mark = mark("forgotten");
        assertEquals(
                0,
                connection().generate(StreamContract::endless, mark).stream()
                        .next()
                        .get(LONG));
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (Files.notExists(Path.of(mark))) {
            assertTrue(System.nanoTime() - deadline < 0, mark);
            System.gc();
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void aTaskMayReadTheStreamOfAnother() {
        assertEquals(
                4950L, connection().task(StreamContract::sumOf, 100).submit().get(LONG));
    }

    @Test
    void whatCannotBeAStreamSaysSo() {
        final Thornback tb = connection();
        final ObjectRefStream<Integer> noItems = tb.task(ReturnsContract::add, 1, 2).stream();
        final TaskException e =
                assertThrows(TaskException.class, () -> noItems.next().get(LONG));
        assertTrue(e.getMessage().contains("java.lang.Integer"), e.getMessage());
        final ObjectRef<Void> submitted =
                tb.generate(StreamContract::breaking, 1).submit();
        final TaskException hint = assertThrows(TaskException.class, () -> submitted.get(LONG));
        assertTrue(hint.getMessage().contains("stream()"), hint.getMessage());
        assertThrows(IllegalStateException.class, () -> tb.task(StreamContract::counting, 1).returns(2).stream());
        assertThrows(IllegalArgumentException.class, () -> tb.task(StreamContract::counting, 1)
                .window(0));
    }
}
