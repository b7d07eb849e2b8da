/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.ObjectLostException;
import io.thornback.ObjectRef;
import io.thornback.ObjectRefStream;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.ThornbackException.Code;
import io.thornback.Yield;
import io.thornback.objectstore.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is lost is made again by running its task again, where that can be; else it is said to be lost. */
abstract class LineageContract extends OwnershipContract {
    private static final int LENGTH = 50_000;

    static byte[] flip(final byte[] bytes) {
        final byte[] flipped = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            flipped[i] = bytes[bytes.length - 1 - i];
        }
        return flipped;
    }

    static List<byte[]> two(final int length, final int seed) {
        return List.of(bytes(length, seed), bytes(length, seed + 1));
    }

    static byte[] concat(final byte[] first, final List<Held> second) {
        final byte[] end = second.get(0).ref().get(LONG);
        final byte[] both = new byte[first.length + end.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(end, 0, both, first.length, end.length);
        return both;
    }

    static final class Giver {
        byte[] give(final int seed) {
            return bytes(LENGTH, seed);
        }
    }

    final long reruns() {
        return ((RuntimeThornback) connection()).runtime().reruns();
    }

    private void lose(final ObjectRef<?>... refs) {
        for (final ObjectRef<?> ref : refs) {
            assertTrue(connection().store().contains(ref.id()), "a delete that comes before the seal waits for it");
            connection().store().delete(ref.id());
        }
    }

    private ObjectRef<byte[]> made(final int seed) {
        return ready(connection().task(OwnershipContract::make, LENGTH, seed).submit());
    }

    /** Its task has ended, and the store has read that it is sealed: until then the number of objects may be right for a moment with others than are meant. */
    private ObjectRef<byte[]> ready(final ObjectRef<byte[]> ref) {
        assertEquals(1, connection().wait(List.of(ref), 1, LONG).ready().size());
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (!connection().store().contains(ref.id())) {
            assertTrue(System.nanoTime() - deadline < 0, () -> ref.id() + " was never sealed");
            Thread.onSpinWait();
        }
        return ref;
    }

    @Test
    void aChainOfThreeIsMadeAgainFromItsBegin() {
        final long before = reruns();
        final Thornback tb = connection();
        final ObjectRef<byte[]> first = made(21);
        final ObjectRef<byte[]> second =
                ready(tb.task(LineageContract::flip, first).submit());
        final ObjectRef<byte[]> third =
                ready(tb.task(LineageContract::flip, second).submit());
        lose(first, second, third);
        assertArrayEquals(bytes(LENGTH, 21), third.get(LONG));
        assertEquals(3, reruns() - before);
        assertArrayEquals(flip(bytes(LENGTH, 21)), second.get(LONG));
        assertArrayEquals(bytes(LENGTH, 21), first.get(LONG));
        assertEquals(3, reruns() - before, "all are there again");
    }

    @Test
    void inputsThatNobodyRefersToAnyMoreAreMadeAgainToo() throws InterruptedException {
        final long before = reruns();
        final ObjectRef<byte[]> third = chainOf(22);
        awaitObjects(1);
        lose(third);
        assertArrayEquals(bytes(LENGTH, 22), third.get(LONG));
        assertEquals(3, reruns() - before);
        awaitObjects(1);
    }

    private ObjectRef<byte[]> chainOf(final int seed) {
        final ObjectRef<byte[]> second =
                connection().task(LineageContract::flip, made(seed)).submit();
        return ready(connection().task(LineageContract::flip, second).submit());
    }

    @Test
    void referencesInsideArgumentsAreMadeAgainWhenTheyAreRead() throws InterruptedException {
        final long before = reruns();
        final ObjectRef<byte[]> both = concatOf(23);
        awaitObjects(1);
        lose(both);
        final byte[] expected = new byte[2 * LENGTH];
        System.arraycopy(bytes(LENGTH, 23), 0, expected, 0, LENGTH);
        System.arraycopy(bytes(LENGTH, 24), 0, expected, LENGTH, LENGTH);
        assertArrayEquals(expected, both.get(LONG));
        assertEquals(3, reruns() - before);
    }

    private ObjectRef<byte[]> concatOf(final int seed) {
        return ready(connection()
                .task(LineageContract::concat, made(seed), io.thornback.Arg.of(List.of(new Held(made(seed + 1)))))
                .submit());
    }

    @Test
    void largeArgumentsAreKeptForIt() throws InterruptedException {
        final byte[] argument = bytes(LENGTH, 25);
        final ObjectRef<byte[]> flipped =
                ready(connection().task(LineageContract::flip, argument).submit());
        lose(flipped);
        assertArrayEquals(flip(argument), flipped.get(LONG));
        assertTrue(counters().objects() >= 2, "the argument");
    }

    @Test
    void whoBorrowsAsksTheOwner() {
        final long before = reruns();
        final ActorRef<Keeper> keeper = keeper();
        final ObjectRef<byte[]> made = made(26);
        assertEquals(1, keeper.call(Keeper::keep, 26, new Held(made)).get(LONG));
        lose(made);
        assertArrayEquals(bytes(LENGTH, 26), keeper.call(Keeper::read, 26).get(LONG));
        assertEquals(1, reruns() - before);
        assertArrayEquals(bytes(LENGTH, 26), made.get(LONG));
        assertEquals(1, reruns() - before);
    }

    @Test
    void anArgumentThatIsLostIsMadeAgainForTheTaskThatNeedsIt() {
        final long before = reruns();
        final ObjectRef<byte[]> made = made(27);
        lose(made);
        assertArrayEquals(
                flip(bytes(LENGTH, 27)),
                connection().task(LineageContract::flip, made).submit().get(LONG));
        assertEquals(1, reruns() - before);
    }

    @Test
    void manyWhoAskCauseOneRun() throws Exception {
        final long before = reruns();
        final ObjectRef<byte[]> made = made(28);
        lose(made);
        final ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            final List<Callable<byte[]>> gets = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                gets.add(() -> made.get(LONG));
            }
            for (final Future<byte[]> each : threads.invokeAll(gets, LONG.toSeconds(), TimeUnit.SECONDS)) {
                assertArrayEquals(bytes(LENGTH, 28), each.get());
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1, reruns() - before);
    }

    @Test
    void oneOfSeveralResults() {
        final List<ObjectRef<byte[]>> both =
                connection().task(LineageContract::two, LENGTH, 30).returns(2).submitAll();
        both.forEach(this::ready);
        lose(both.get(1));
        assertArrayEquals(bytes(LENGTH, 31), both.get(1).get(LONG));
        assertArrayEquals(bytes(LENGTH, 30), both.get(0).get(LONG));
    }

    @Test
    void aTaskIsRunAgainAsOftenAsItMayBeRetried() {
        final ObjectRef<byte[]> once = ready(connection()
                .task(OwnershipContract::make, LENGTH, 32)
                .retries(1)
                .submit());
        lose(once);
        assertArrayEquals(bytes(LENGTH, 32), once.get(LONG));
        lose(once);
        final ObjectLostException e = assertThrows(ObjectLostException.class, () -> once.get(LONG));
        assertEquals(Code.OBJECT_LOST, e.code());
        assertTrue(e.getMessage().contains("used up its retries=1"), e.getMessage());
        final ObjectRef<byte[]> never = ready(connection()
                .task(OwnershipContract::make, LENGTH, 33)
                .retries(0)
                .submit());
        lose(never);
        assertThrows(ObjectLostException.class, () -> never.get(LONG));
    }

    @Test
    void whatWasPutOrGivenByAnActorIsLostForGood() {
        final Thornback tb = connection();
        final ObjectRef<byte[]> put = tb.put(bytes(LENGTH, 34));
        final ActorRef<Giver> giver = ending(tb.actor(Giver::new).cpus(0).create());
        final ObjectRef<byte[]> given = ready(giver.call(Giver::give, 35));
        final ActorRef<Keeper> keeper = keeper();
        assertEquals(1, keeper.call(Keeper::keep, 34, new Held(put)).get(LONG));
        lose(put, given);
        final ObjectLostException e = assertThrows(ObjectLostException.class, () -> put.get(LONG));
        assertTrue(e.getMessage().contains("was put"), e.getMessage());
        final ObjectLostException f = assertThrows(ObjectLostException.class, () -> given.get(LONG));
        assertTrue(f.getMessage().contains("call it again"), f.getMessage());
        final TaskException elsewhere = assertThrows(
                TaskException.class, () -> keeper.call(Keeper::read, 34).get(LONG));
        assertInstanceOf(ObjectLostException.class, elsewhere.getCause());
        final ObjectId id = put.id();
        assertTrue(elsewhere.getMessage().contains(id.toString()), elsewhere.getMessage());
    }

    /** Fails when its items have been taken, the first time; then gives the same ones. */
    static void itemsTwice(final String mark, final Yield<byte[]> out) throws IOException, InterruptedException {
        for (int i = 0; i < 4; i++) {
            out.emit(bytes(LENGTH, i));
        }
        if (Files.exists(Path.of(mark))) {
            return;
        }
        while (!Files.exists(Path.of(mark))) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        throw new IllegalStateException("once");
    }

    @Test
    void whatAStreamGivesAgainThoughItWasTakenAndLetGoIsNotKept(@TempDir final Path dir) throws Exception {
        final String mark = dir.resolve("taken").toString();
        try (ObjectRefStream<byte[]> stream =
                connection().generate(LineageContract::itemsTwice, mark).retries(1).retryOnException().stream()) {
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(bytes(LENGTH, i), stream.next().get(LONG));
            }
            awaitObjects(0);
            Files.createFile(Path.of(mark));
            assertEquals(4L, stream.completion().get(LONG));
            assertFalse(stream.hasNext());
        } // what is left in the store is seen after the test
    }
}
