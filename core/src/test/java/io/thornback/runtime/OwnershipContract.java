/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.Arg;
import io.thornback.ObjectRef;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.objectstore.ObjectInfo;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.StoreCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An object is there as long as somebody has a reference to it, wherever that is, and goes with the last one while the job goes on. */
abstract class OwnershipContract {
    static final Duration LONG = Duration.ofSeconds(15);
    private static final int LARGE = 20_000;

    abstract Thornback connection();

    record Held(ObjectRef<byte[]> ref) {}

    record Deep(List<Map<String, List<Held>>> levels) {}

    static class CarriesAReference extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final transient Object none = null;
        final Held held;

        CarriesAReference(final Held held) {
            super("look inside");
            this.held = held;
        }
    }

    static byte[] bytes(final int length, final int seed) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static byte[] make(final int length, final int seed) {
        return bytes(length, seed);
    }

    static byte[] makeSlowly(final int length, final int seed) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(300);
        return bytes(length, seed);
    }

    static byte[] read(final List<Held> held) {
        System.gc();
        return held.get(0).ref().get(LONG);
    }

    static Held putThere(final int length, final int seed) {
        return new Held(Thornback.current().put(bytes(length, seed)));
    }

    static List<Held> putMany(final int count) {
        final List<Held> held = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            held.add(putThere(10, i));
        }
        return held;
    }

    static Held submitThere(final int length, final int seed) {
        return new Held(Thornback.current()
                .task(OwnershipContract::makeSlowly, length, seed)
                .submit());
    }

    static Deep wrap(final Held held) {
        return new Deep(List.of(Map.of("a", List.of(held)), Map.of("b", List.of(held, held))));
    }

    static Held unwrap(final Deep deep) {
        System.gc();
        return deep.levels().get(1).get("b").get(1);
    }

    /** Hands it on without waiting; whoever is last gives it back, in as many values as there were tasks. */
    static ObjectRef<?> handOn(final int times, final Held held) {
        System.gc();
        return times == 0
                ? held.ref()
                : Thornback.current()
                        .task(OwnershipContract::handOn, times - 1, held)
                        .submit();
    }

    static int throwWith(final Held held) {
        throw new CarriesAReference(held);
    }

    static long collect(final int ignored) throws InterruptedException {
        System.gc();
        TimeUnit.MILLISECONDS.sleep(20);
        return ignored;
    }

    static final class Keeper {
        private final Map<Integer, Held> kept = new HashMap<>();

        int keep(final int key, final Held held) {
            kept.put(key, held);
            return kept.size();
        }

        int forget(final int key) {
            kept.remove(key);
            return kept.size();
        }

        int collect() {
            System.gc();
            return kept.size();
        }

        Held give(final int key) {
            return kept.get(key);
        }

        byte[] read(final int key) {
            return kept.get(key).ref().get(LONG);
        }

        boolean check() {
            kept.forEach((key, held) -> assertArrayEquals(
                    bytes(held.ref().get(LONG).length, key), held.ref().get(LONG), "object of " + key));
            return true;
        }

        long pid() {
            return ProcessHandle.current().pid();
        }
    }

    private final List<ActorRef<?>> actors = new ArrayList<>();

    /** An actor that ends with the test. */
    final ActorRef<Keeper> keeper() {
        return ending(connection().actor(Keeper::new).cpus(0).create());
    }

    final <A> ActorRef<A> ending(final ActorRef<A> actor) {
        actors.add(actor);
        return actor;
    }

    final StoreCounters counters() {
        return ((RuntimeThornback) connection()).runtime().objects().store().counters();
    }

    private List<ObjectInfo> all() {
        return ((RuntimeThornback) connection()).runtime().objects().store().list(ObjectStoreClient.EVERY_JOB, LONG);
    }

    /** Collects garbage everywhere until the store has no more than these. */
    final void awaitObjects(final long count) throws InterruptedException {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (counters().objects() != count) {
            assertTrue(
                    System.nanoTime() - deadline < 0,
                    () -> "objects=" + counters().objects() + " expected=" + count + " there are " + all());
            collectEverywhere();
        }
    }

    private void collectEverywhere() throws InterruptedException {
        System.gc();
        final List<ObjectRef<Long>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(connection().task(OwnershipContract::collect, i).submit());
        }
        connection().get(all, LONG);
        TimeUnit.MILLISECONDS.sleep(20);
    }

    @BeforeEach
    void nothingIsLeftOfOthers() throws InterruptedException {
        awaitObjects(0);
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        actors.forEach(ActorRef::kill);
        awaitObjects(0);
    }

    @Test
    void aReferenceInAListThatIsPassedToATask() {
        final Thornback tb = connection();
        for (final int length : new int[] {10, LARGE}) {
            final ObjectRef<byte[]> ref =
                    tb.task(OwnershipContract::make, length, 5).submit();
            assertArrayEquals(
                    bytes(length, 5),
                    tb.task(OwnershipContract::read, List.of(new Held(ref)))
                            .submit()
                            .get(LONG));
            assertArrayEquals(bytes(length, 5), ref.get(LONG), "it is still there for its owner");
        }
    }

    @Test
    void aReferenceThatItsOwnerForgetsWhileTheTaskThatReadsItWaits() throws InterruptedException {
        final ObjectRef<byte[]> read = readOfForgotten(10);
        final ObjectRef<byte[]> readLarge = readOfForgotten(LARGE);
        System.gc();
        assertArrayEquals(bytes(10, 6), read.get(LONG));
        assertArrayEquals(bytes(LARGE, 6), readLarge.get(LONG));
    }

    private ObjectRef<byte[]> readOfForgotten(final int length) {
        final Held held = new Held(
                connection().task(OwnershipContract::makeSlowly, length, 6).submit());
        return connection().task(OwnershipContract::read, List.of(held)).submit();
    }

    @Test
    void aReferenceInsideAResult() throws InterruptedException {
        final Thornback tb = connection();
        for (final int length : new int[] {10, LARGE}) {
            final ObjectRef<Held> put =
                    tb.task(OwnershipContract::putThere, length, 7).submit();
            final ObjectRef<Held> submitted =
                    tb.task(OwnershipContract::submitThere, length, 8).submit();
            tb.wait(List.of(put, submitted), 2, LONG);
            collectEverywhere();
            assertArrayEquals(bytes(length, 7), put.get(LONG).ref().get(LONG));
            collectEverywhere();
            assertArrayEquals(bytes(length, 8), submitted.get(LONG).ref().get(LONG));
            assertArrayEquals(bytes(length, 7), put.get(LONG).ref().get(LONG), "as often as one likes");
        }
    }

    @Test
    void aResultThatNobodyLooksIntoTakesAllAlong() throws InterruptedException {
        assertEquals(
                500,
                connection()
                        .task(
                                OwnershipContract::sizeOf,
                                connection()
                                        .task(OwnershipContract::putMany, 500)
                                        .submit())
                        .submit()
                        .get(LONG));
    }

    static int sizeOf(final List<Held> held) {
        assertArrayEquals(bytes(10, 499), held.get(499).ref().get(LONG));
        return held.size();
    }

    @Test
    void aReferenceThreeDeepAndOnThroughFiveTasks() throws InterruptedException {
        final Thornback tb = connection();
        final ObjectRef<Deep> deep = tb.task(
                        OwnershipContract::wrap,
                        tb.task(OwnershipContract::putThere, 10, 9).submit())
                .submit();
        tb.wait(List.of(deep), 1, LONG);
        collectEverywhere();
        final Held held = tb.task(OwnershipContract::unwrap, deep).submit().get(LONG);
        collectEverywhere();
        Object found = tb.task(OwnershipContract::handOn, 5, held).submit();
        int hops = 0;
        while (found instanceof ObjectRef<?> next) {
            collectEverywhere();
            found = next.get(LONG);
            hops++;
        }
        assertArrayEquals(bytes(10, 9), (byte[]) found);
        assertEquals(7, hops);
    }

    @Test
    void aReferenceInTheFieldOfAnActor() throws InterruptedException {
        final ActorRef<Keeper> keeper = keeper();
        for (final int length : new int[] {10, LARGE}) {
            giveAway(keeper, length);
            collectEverywhere();
            assertEquals(1, keeper.call(Keeper::collect).get(LONG));
            assertEquals(1, counters().objects(), "the actor holds it");
            assertArrayEquals(bytes(length, 11), keeper.call(Keeper::read, 11).get(LONG));
            assertArrayEquals(
                    bytes(length, 11),
                    keeper.call(Keeper::give, 11).get(LONG).ref().get(LONG));
            keeper.call(Keeper::forget, 11).get(LONG);
            keeper.call(Keeper::collect).get(LONG);
            awaitObjects(0);
        }
    }

    private void giveAway(final ActorRef<Keeper> keeper, final int length) {
        final ObjectRef<byte[]> ref =
                connection().task(OwnershipContract::make, length, 11).submit();
        assertEquals(1, keeper.call(Keeper::keep, 11, new Held(ref)).get(LONG));
    }

    @Test
    void aReferenceInsideAnException() throws InterruptedException {
        final Thornback tb = connection();
        final ObjectRef<Integer> failed = tb.task(OwnershipContract::throwWith, new Held(tb.put(bytes(10, 12))))
                .submit();
        final TaskException e = assertThrows(TaskException.class, () -> failed.get(LONG));
        collectEverywhere();
        assertArrayEquals(
                bytes(10, 12), ((CarriesAReference) e.getCause()).held.ref().get(LONG));
    }

    @Test
    void manyHoldersThatPassReferencesOnAtRandom() throws InterruptedException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final List<ActorRef<Keeper>> keepers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            keepers.add(keeper());
        }
        final List<Map<Integer, Integer>> expected = List.of(new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (int step = 0; step < 150; step++) {
            step(keepers, expected, step, random);
            if (step % 50 == 49) {
                for (final ActorRef<Keeper> keeper : keepers) {
                    assertTrue(keeper.call(Keeper::check).get(LONG), "seed=" + seed);
                }
            }
        }
        final long distinct = expected.stream()
                .flatMap(each -> each.keySet().stream())
                .distinct()
                .count();
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (counters().objects() != distinct) {
            assertTrue(
                    System.nanoTime() - deadline < 0,
                    "seed=" + seed + " objects=" + counters().objects() + " expected=" + distinct);
            for (final ActorRef<Keeper> keeper : keepers) {
                keeper.call(Keeper::collect).get(LONG);
            }
            collectEverywhere();
        }
        for (final ActorRef<Keeper> keeper : keepers) {
            assertTrue(keeper.call(Keeper::check).get(LONG), "seed=" + seed);
        }
    }

    private void step(
            final List<ActorRef<Keeper>> keepers,
            final List<Map<Integer, Integer>> expected,
            final int step,
            final Random random) {
        final int who = random.nextInt(keepers.size());
        final Map<Integer, Integer> own = expected.get(who);
        final List<Integer> keys = new ArrayList<>(own.keySet());
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                keepers.get(who).call(Keeper::keep, step, made(step, random.nextInt(3)));
                own.put(step, step);
            }
            case 2 -> {
                final int to = random.nextInt(keepers.size());
                if (!keys.isEmpty()) {
                    final int key = keys.get(random.nextInt(keys.size()));
                    keepers.get(to)
                            .call(Keeper::keep, Arg.of(key), keepers.get(who).call(Keeper::give, key));
                    expected.get(to).put(key, key);
                }
            }
            case 3 -> {
                if (!keys.isEmpty()) {
                    final int key = keys.get(random.nextInt(keys.size()));
                    keepers.get(who).call(Keeper::forget, key);
                    own.remove(key);
                }
            }
            default -> {
                keepers.get(who).call(Keeper::collect);
                System.gc();
            }
        }
    }

    private Held made(final int seed, final int how) {
        return switch (how) {
            case 0 -> new Held(connection().put(bytes(LARGE, seed)));
            case 1 ->
                new Held(connection().task(OwnershipContract::make, 100, seed).submit());
            default ->
                new Held(connection().task(OwnershipContract::make, LARGE, seed).submit());
        };
    }
}
