/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorDiedException;
import io.thornback.ActorRef;
import io.thornback.Fn1;
import io.thornback.GetTimeoutException;
import io.thornback.ObjectRef;
import io.thornback.ObjectWriter;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.ThornbackException;
import io.thornback.WaitResult;
import io.thornback.objectstore.ObjectBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the API promises, wherever the node's parts live. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class ApiContract extends CancelContract {
    static int add(final int a, final int b) {
        return a + b;
    }

    static int length(final String text) {
        return text.length();
    }

    static int sum(final List<Integer> parts) {
        return parts.stream().mapToInt(Integer::intValue).sum();
    }

    static long sumOfBytes(final ObjectBuffer view) {
        long sum = 0;
        for (long i = 0; i < view.length(); i++) {
            sum += view.getByte(i) & 0xFF;
        }
        return sum;
    }

    static int fail(final String why) {
        if (!why.isEmpty()) {
            throw new IllegalStateException(why);
        }
        return 0;
    }

    static byte[] ofSize(final int size) {
        final byte[] bytes = new byte[size];
        bytes[size - 1] = 42;
        return bytes;
    }

    static int nested(final int depth) {
        if (depth == 0) {
            return 0;
        }
        final ObjectRef<Integer> below =
                Thornback.current().task(ApiContract::nested, depth - 1).submit();
        return 1 + below.get(LONG);
    }

    static int hold(final long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
        return 1;
    }

    record Point(int x, List<String> names, Map<String, double[]> series) {}

    static Point mirror(final Point point) {
        return new Point(-point.x(), point.names(), point.series());
    }

    record Held(ObjectRef<String> ref) {}

    static String resolveInside(final Held held) {
        return held.ref().get(LONG);
    }

    static int callIt(final ActorRef<Counter> counter, final int amount) {
        return counter.call(Counter::add, amount).get(LONG);
    }

    static final class Counter {
        private final List<Integer> seen = new ArrayList<>();
        private int value;

        Counter(final int start) {
            if (start < 0) {
                throw new IllegalArgumentException("start=" + start);
            }
            value = start;
        }

        int add(final int amount) {
            seen.add(amount);
            value += amount;
            return value;
        }

        List<Integer> seen() {
            return seen;
        }

        int boom() {
            throw new ArithmeticException("as asked");
        }
    }

    @Test
    void runsATaskInAWorker() {
        assertEquals(5, connection().task(ApiContract::add, 2, 3).submit().get(LONG));
    }

    @Test
    void resolvesReferencesBeforeTheCall() {
        final ObjectRef<Integer> two = connection().task(ApiContract::add, 1, 1).submit();
        final ObjectRef<Integer> three = connection().put(3);
        assertEquals(5, connection().task(ApiContract::add, two, three).submit().get(LONG));
        assertEquals(12, connection().task(ApiContract::add, two, 10).submit().get(LONG));
    }

    @Test
    void gathersAListOfReferences() {
        final List<ObjectRef<Integer>> parts = IntStream.range(0, 50)
                .mapToObj(i -> connection().task(ApiContract::add, i, 0).submit())
                .toList();
        assertEquals(
                49 * 50 / 2, connection().task(ApiContract::sum, parts).submit().get(LONG));
    }

    @Test
    void keepsTheOrderOfTheListInGet() {
        final List<ObjectRef<Integer>> refs = IntStream.range(0, 100)
                .mapToObj(i -> connection().task(ApiContract::add, i, 1).submit())
                .toList();
        assertEquals(
                IntStream.rangeClosed(1, 100).boxed().toList(), connection().get(refs, LONG));
    }

    @Test
    void readsAWrittenObjectInPlace() {
        final ObjectRef<ObjectBuffer> ref;
        try (ObjectWriter writer = connection().store().create(1000)) {
            for (int i = 0; i < 1000; i++) {
                writer.slice(i, 1).putByte(0, (byte) i);
            }
            ref = writer.seal();
        }
        final long expected =
                IntStream.range(0, 1000).map(i -> i & 0xFF).asLongStream().sum();
        assertEquals(
                expected,
                connection().task(ApiContract::sumOfBytes, ref).submit().get(LONG));
        try (ObjectBuffer view = ref.get(LONG)) {
            assertEquals(expected, sumOfBytes(view));
        }
    }

    @Test
    void largeArgumentsAndResultsGoThroughTheStore() {
        final byte[] result =
                connection().task(ApiContract::ofSize, 5_000_000).submit().get(LONG);
        assertEquals(5_000_000, result.length);
        assertEquals(42, result[result.length - 1]);
        final String text = "x".repeat(300_000);
        assertEquals(
                300_000, connection().task(ApiContract::length, text).submit().get(LONG));
    }

    @Test
    void valuesOfManyKindsComeBackEqual() {
        final double[] numbers = IntStream.range(0, 10_000).asDoubleStream().toArray();
        assertArrayEquals(numbers, connection().put(numbers).get(LONG));
        assertEquals("grüße", connection().put("grüße").get(LONG));
        assertNull(connection().put(null).get(LONG));
        assertEquals(Long.MIN_VALUE, connection().put(Long.MIN_VALUE).get(LONG));
        final Point point = new Point(3, List.of("a", "b"), Map.of("s", new double[] {1, 2}));
        final Point mirrored =
                connection().task(ApiContract::mirror, point).submit().get(LONG);
        assertEquals(-3, mirrored.x());
        assertEquals(point.names(), mirrored.names());
        assertArrayEquals(new double[] {1, 2}, mirrored.series().get("s"));
    }

    @Test
    void whatATaskThrowsIsTheCauseAtGet() {
        final ObjectRef<Integer> ref =
                connection().task(ApiContract::fail, "by design").name("doomed").submit();
        final TaskException e = assertThrows(TaskException.class, () -> ref.get(LONG));
        assertTrue(e.getMessage().contains("doomed"), e.getMessage());
        assertTrue(e.getMessage().contains("ApiContract.fail"), e.getMessage());
        final IllegalStateException cause = assertInstanceOf(IllegalStateException.class, e.getCause());
        assertEquals("by design", cause.getMessage());
    }

    @Test
    void aFailedArgumentFailsTheTask() {
        final ObjectRef<Integer> bad =
                connection().task(ApiContract::fail, "first").submit();
        final ObjectRef<Integer> after =
                connection().task(ApiContract::add, bad, 1).submit();
        assertThrows(TaskException.class, () -> after.get(LONG));
    }

    @Test
    void aCapturingLambdaIsRefusedAtOnce() {
        final int captured = Integer.parseInt("7");
        final Fn1<Integer, Integer> function = x -> x + captured;
        assertThrows(
                IllegalArgumentException.class,
                () -> connection().task(function, 1).submit());
    }

    @Test
    void aTaskMayWaitForTasksOfItsOwn() {
        assertEquals(6, connection().task(ApiContract::nested, 6).submit().get(LONG));
    }

    @Test
    void aReferenceInsideAValueStaysOne() {
        final ObjectRef<String> inner = connection().put("inside");
        assertEquals(
                "inside",
                connection()
                        .task(ApiContract::resolveInside, new Held(inner))
                        .submit()
                        .get(LONG));
        final ObjectRef<Integer> pending =
                connection().task(ApiContract::hold, 200L).submit();
        final ObjectRef<String> text =
                connection().task((Integer n) -> "n" + n, pending).submit();
        assertEquals(
                "n1",
                connection()
                        .task(ApiContract::resolveInside, new Held(text))
                        .submit()
                        .get(LONG));
    }

    @Test
    void getGivesUpAtItsDeadlineAndTheTaskGoesOn() {
        final ObjectRef<Integer> slow =
                connection().task(ApiContract::hold, 700L).submit();
        assertThrows(GetTimeoutException.class, () -> slow.get(Duration.ofMillis(50)));
        assertEquals(1, slow.get(LONG));
    }

    @Test
    void waitReturnsReadyAndPendingInOrder() {
        final ObjectRef<Integer> slow =
                connection().task(ApiContract::hold, 4_000L).cpus(0).submit();
        final ObjectRef<Integer> fast =
                connection().task(ApiContract::add, 1, 1).cpus(0).submit();
        final WaitResult<Integer> result = connection().wait(List.of(slow, fast), 1, LONG);
        assertEquals(List.of(fast), result.ready());
        assertEquals(List.of(slow), result.pending());
        final WaitResult<Integer> none = connection().wait(List.of(), 1, LONG);
        assertTrue(none.ready().isEmpty() && none.pending().isEmpty());
        assertThrows(IllegalArgumentException.class, () -> connection().wait(List.of(fast), 2, LONG));
        assertEquals(1, slow.get(LONG));
    }

    @Test
    void anActorKeepsStateAndTheOrderOfCalls() {
        final ActorRef<Counter> counter = connection().actor(Counter::new, 10).create();
        ObjectRef<Integer> last = null;
        for (int i = 1; i <= 200; i++) {
            last = counter.call(Counter::add, i);
        }
        assertEquals(10 + 200 * 201 / 2, last.get(LONG));
        assertEquals(
                IntStream.rangeClosed(1, 200).boxed().toList(),
                counter.call(Counter::seen).get(LONG));
        counter.kill();
    }

    @Test
    void aLateArgumentDoesNotReorderCalls() {
        final ActorRef<Counter> counter = connection().actor(Counter::new, 0).create();
        final ObjectRef<Integer> late =
                connection().task(ApiContract::hold, 300L).submit();
        counter.call(Counter::add, late);
        counter.call(Counter::add, 5);
        assertEquals(List.of(1, 5), counter.call(Counter::seen).get(LONG));
        counter.kill();
    }

    @Test
    void aTaskCanCallAnActorThatItWasGiven() {
        final ActorRef<Counter> counter = connection().actor(Counter::new, 0).create();
        final ObjectRef<Integer> first =
                connection().task(ApiContract::callIt, counter, 4).submit();
        assertEquals(4, first.get(LONG));
        assertEquals(9, counter.call(Counter::add, 5).get(LONG));
        counter.kill();
    }

    @Test
    void anActorIsFoundByItsName() {
        final ActorRef<Counter> counter =
                connection().actor(Counter::new, 1).name("hits").create();
        assertEquals(2, counter.call(Counter::add, 1).get(LONG));
        final ActorRef<Counter> found =
                connection().getActor("hits", Counter.class).orElseThrow();
        assertEquals(counter, found);
        assertEquals(3, found.call(Counter::add, 1).get(LONG));
        assertFalse(connection().getActor("nobody", Counter.class).isPresent());

        final ActorRef<Counter> second =
                connection().actor(Counter::new, 1).name("hits").create();
        final ActorDiedException taken = assertThrows(
                ActorDiedException.class, () -> second.call(Counter::add, 1).get(LONG));
        assertTrue(taken.getMessage().contains("'hits'"), taken.getMessage());
        counter.kill();
    }

    @Test
    void callsOfAKilledActorFail() {
        final ActorRef<Counter> counter = connection().actor(Counter::new, 1).create();
        assertEquals(1, counter.call(Counter::add, 0).get(LONG));
        counter.kill();
        assertThrows(ActorDiedException.class, () -> {
            for (int i = 0; i < 1_000; i++) {
                counter.call(Counter::add, 0).get(LONG);
            }
        });
    }

    @Test
    void anActorWhoseConstructorThrowsSaysWhy() {
        final ActorRef<Counter> counter = connection().actor(Counter::new, -1).create();
        final ActorDiedException e = assertThrows(
                ActorDiedException.class, () -> counter.call(Counter::add, 1).get(LONG));
        assertTrue(e.getMessage().contains("start=-1") || e.getMessage().contains("not created"), e.getMessage());
    }

    @Test
    void anActorSurvivesWhatItsMethodThrows() {
        final ActorRef<Counter> counter = connection().actor(Counter::new, 1).create();
        final TaskException e = assertThrows(
                TaskException.class, () -> counter.call(Counter::boom).get(LONG));
        assertInstanceOf(ArithmeticException.class, e.getCause());
        assertEquals(2, counter.call(Counter::add, 1).get(LONG));
        counter.kill();
    }

    @Test
    void aViewIsRefusedAsAnArgument() {
        final ObjectRef<ObjectBuffer> ref = connection().store().put(new byte[10]);
        try (ObjectBuffer view = ref.get(LONG)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> connection().task(ApiContract::sumOfBytes, view).submit());
        }
    }

    @Test
    void theStoreForgetsWhatIsDeleted() {
        final ObjectRef<ObjectBuffer> ref = connection().store().put(new byte[] {1, 2, 3});
        assertTrue(connection().store().contains(ref.id()));
        connection().store().delete(ref.id());
        assertThrows(ThornbackException.class, () -> connection().store().get(ref.id(), Duration.ofMillis(200)));
        assertFalse(connection().store().contains(ref.id()));
    }

    @Test
    void manyTasksFromManyThreads() throws InterruptedException {
        final List<Thread> threads = new ArrayList<>();
        final List<Throwable> errors = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            final int base = t * 1_000;
            final Thread thread = new Thread(() -> {
                final List<ObjectRef<Integer>> refs = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    refs.add(connection().task(ApiContract::add, base, i).submit());
                }
                for (int i = 0; i < 500; i++) {
                    assertEquals(base + i, refs.get(i).get(LONG));
                }
            });
            thread.setUncaughtExceptionHandler((failed, e) -> {
                synchronized (errors) {
                    errors.add(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), errors);
    }
}
