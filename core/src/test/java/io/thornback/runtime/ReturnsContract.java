/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Arg;
import io.thornback.ObjectRef;
import io.thornback.TaskCancelledException;
import io.thornback.TaskException;
import io.thornback.Thornback;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/** Tasks that make several objects, and calls with very many arguments. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class ReturnsContract {
    static final Duration LONG = Duration.ofSeconds(30);

    /** Shared by the tests of a class. */
    abstract Thornback connection();

    static List<Integer> upTo(final int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    static Object[] mixed(final int large) {
        return new Object[] {1, "two", null, new double[large], List.of("x"), new byte[6_000], new byte[7_000]};
    }

    static int[] numbers(final int count) {
        return IntStream.range(0, count).toArray();
    }

    static List<byte[]> blocks(final int count, final int length) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    final byte[] block = new byte[length];
                    Arrays.fill(block, (byte) i);
                    return block;
                })
                .toList();
    }

    static List<Integer> failing(final int count) {
        throw new IllegalStateException("no " + count + " values");
    }

    static List<Integer> sleeping(final int seconds) throws InterruptedException {
        TimeUnit.SECONDS.sleep(seconds);
        return List.of(1, 2, 3);
    }

    static int add(final int a, final int b) {
        return a + b;
    }

    static long sum(final List<Integer> parts) {
        return parts.stream().mapToLong(Integer::longValue).sum();
    }

    static long total(final Integer... parts) {
        return Arrays.stream(parts).mapToLong(Integer::longValue).sum();
    }

    static String joined(final String... parts) {
        return String.join(",", parts);
    }

    private static List<Integer> range(final int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void eachOfSeveralReturnsIsAnObjectOfItsOwn() {
        final Thornback tb = connection();
        final List<ObjectRef<Object>> mixed =
                tb.task(ReturnsContract::mixed, 200_000).returns(7).submitAll();
        assertEquals(7, mixed.size());
        assertEquals(1, mixed.get(0).get(LONG));
        assertEquals("two", mixed.get(1).get(LONG));
        assertNull(mixed.get(2).get(LONG));
        assertArrayEquals(new double[200_000], (double[]) mixed.get(3).get(LONG));
        assertEquals(List.of("x"), mixed.get(4).get(LONG));
        assertEquals(6_000, ((byte[]) mixed.get(5).get(LONG)).length);
        assertEquals(7_000, ((byte[]) mixed.get(6).get(LONG)).length);
        assertEquals(7, mixed.stream().map(ObjectRef::id).distinct().count());

        final List<ObjectRef<Integer>> numbers =
                tb.task(ReturnsContract::numbers, 3).returns(3).submitAll();
        assertEquals(List.of(0, 1, 2), tb.get(numbers, LONG));
        assertEquals(
                3,
                tb.task(ReturnsContract::add, numbers.get(1), numbers.get(2))
                        .submit()
                        .get(LONG));
        final List<ObjectRef<Integer>> one =
                tb.task(ReturnsContract::upTo, 1).returns(1).submitAll();
        assertEquals(List.of(0), tb.get(one, LONG));
    }

    @Test
    void anotherNumberThanSaidFailsAllReferences() {
        final List<ObjectRef<Integer>> refs =
                connection().task(ReturnsContract::upTo, 2).returns(3).submitAll();
        for (final ObjectRef<Integer> ref : refs) {
            final TaskException e = assertThrows(TaskException.class, () -> ref.get(LONG));
            assertTrue(e.getMessage().contains("upTo gave 2 values"), e.getMessage());
            assertTrue(e.getMessage().contains("returns=3"), e.getMessage());
        }
        final List<ObjectRef<Integer>> noList =
                connection().task(ReturnsContract::add, 1, 2).returns(2).submitAll();
        final TaskException e =
                assertThrows(TaskException.class, () -> noList.get(1).get(LONG));
        assertTrue(e.getMessage().contains("java.lang.Integer"), e.getMessage());
    }

    @Test
    void whatATaskThrowsFailsAllReferences() {
        for (final ObjectRef<Integer> ref :
                connection().task(ReturnsContract::failing, 4).returns(4).<Integer>submitAll()) {
            final TaskException e = assertThrows(TaskException.class, () -> ref.get(LONG));
            assertInstanceOf(IllegalStateException.class, e.getCause());
        }
    }

    @Test
    void cancellingOneReferenceCancelsTheTaskAndSoAll() {
        final List<ObjectRef<Integer>> refs =
                connection().task(ReturnsContract::sleeping, 40).returns(3).submitAll();
        assertTrue(refs.get(2).cancel());
        for (final ObjectRef<Integer> ref : refs) {
            assertThrows(TaskCancelledException.class, () -> ref.get(LONG));
        }
        assertFalse(refs.get(0).cancel());
    }

    @Test
    void submitIsForOneObjectAndSubmitAllForSeveral() {
        final Thornback tb = connection();
        assertThrows(
                IllegalStateException.class,
                () -> tb.task(ReturnsContract::upTo, 2).returns(2).submit());
        assertThrows(IllegalStateException.class, () -> tb.task(ReturnsContract::upTo, 2)
                .submitAll());
        for (final int wrong : new int[] {0, -1, 65_537}) {
            assertThrows(IllegalArgumentException.class, () -> tb.task(ReturnsContract::upTo, 2)
                    .returns(wrong));
        }
    }

    @Test
    void aTaskMayHaveThreeThousandReturns(final TestReporter report) {
        final Thornback tb = connection();
        final long start = System.nanoTime();
        final List<ObjectRef<Integer>> refs =
                tb.task(ReturnsContract::upTo, 3_000).returns(3_000).submitAll();
        assertEquals(range(3_000), tb.get(refs, LONG));
        final long small = System.nanoTime();
        final List<ObjectRef<byte[]>> blocks =
                tb.task(ReturnsContract::blocks, 3_000, 4_000).returns(3_000).submitAll();
        final List<byte[]> values = tb.get(blocks, LONG);
        for (int i = 0; i < values.size(); i++) {
            assertEquals(4_000, values.get(i).length);
            assertEquals((byte) i, values.get(i)[3_999]);
        }
        report.publishEntry(
                "3,000 returns",
                ms(small - start) + " ms; of 4,000 bytes each " + ms(System.nanoTime() - small) + " ms");
    }

    @Test
    void aTaskMayHaveTenThousandReferencesAsArguments(final TestReporter report) {
        final Thornback tb = connection();
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        final long begin = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            refs.add(
                    i % 2 == 0 ? tb.put(i) : tb.task(ReturnsContract::add, i, 0).submit());
        }
        final long start = System.nanoTime();
        assertEquals(range(10_000), tb.get(refs, LONG));
        final long got = System.nanoTime();
        assertEquals(49_995_000L, tb.task(ReturnsContract::sum, refs).submit().get(LONG));
        final long gathered = System.nanoTime();
        assertEquals(
                49_995_000L, tb.taskOf(ReturnsContract::total, refs).submit().get(LONG));
        report.publishEntry(
                "10,000 references",
                "made in " + ms(start - begin) + " ms, got in " + ms(got - start) + " ms, as a list "
                        + ms(gathered - got) + " ms, as arguments " + ms(System.nanoTime() - gathered) + " ms");
    }

    @Test
    void moreArgumentsThanAMessageCountsAreRefused() {
        final Thornback tb = connection();
        final ObjectRef<Integer> one = tb.put(1);
        final List<ObjectRef<Integer>> refs =
                IntStream.range(0, 70_000).mapToObj(i -> one).toList();
        final IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> tb.task(ReturnsContract::sum, refs)
                        .submit());
        assertTrue(e.getMessage().contains("70000"), e.getMessage());
    }

    @Test
    void aFunctionOfVariableArgumentsTakesReferencesAndValues() {
        final Thornback tb = connection();
        final String large = "x".repeat(10_000);
        assertEquals(
                "a,b," + large + "," + large,
                tb.taskOf(ReturnsContract::joined, List.of(Arg.of("a"), tb.put("b"), Arg.of(large), Arg.of(large)))
                        .submit()
                        .get(LONG));
        assertEquals(
                "",
                tb.taskOf(ReturnsContract::joined, List.<ObjectRef<String>>of())
                        .submit()
                        .get(LONG));
    }

    private static long ms(final long ns) {
        return TimeUnit.NANOSECONDS.toMillis(ns);
    }
}
