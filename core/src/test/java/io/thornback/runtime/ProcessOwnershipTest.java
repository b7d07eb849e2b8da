/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.Arg;
import io.thornback.ObjectLostException;
import io.thornback.ObjectRef;
import io.thornback.OwnerDiedException;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.ThornbackException.Code;
import io.thornback.WorkerDiedException;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ownership between processes, and what the death of one leaves. */
class ProcessOwnershipTest extends LineageContract {
    @RegisterExtension
    static final TestNode NODE = TestNode.ofProcesses();

    @Override
    Thornback connection() {
        return NODE.driver();
    }

    static void kill(final long pid) {
        ProcessControl.signal(ProcessIdentity.of(pid).orElseThrow(), Signals.KILL);
    }

    private static void give(final ActorRef<Keeper> keeper, final int key) {
        assertEquals(
                1,
                keeper.call(Keeper::keep, key, new Held(NODE.driver().put(bytes(100, key))))
                        .get(LONG));
    }

    @Test
    void aHolderThatIsKilledHoldsNothing() throws InterruptedException {
        final ActorRef<Keeper> keeper = keeper();
        give(keeper, 1);
        keeper.call(Keeper::collect).get(LONG);
        System.gc();
        assertEquals(1, counters().objects());
        kill(keeper.call(Keeper::pid).get(LONG));
        awaitObjects(0);
    }

    @Test
    void whatAKilledOwnerHadPutStaysForWhoHoldsIt() throws InterruptedException {
        final ActorRef<Maker> maker =
                ending(NODE.driver().actor(Maker::new).cpus(0).create());
        final ActorRef<Keeper> keeper = keeper();
        final ObjectRef<Integer> kept = keeper.call(Keeper::keep, Arg.of(3), maker.call(Maker::put, 3));
        assertEquals(1, kept.get(LONG));
        kill(maker.call(Maker::pid).get(LONG));
        System.gc();
        assertArrayEquals(bytes(100, 3), keeper.call(Keeper::read, 3).get(LONG));
    }

    @Test
    void whoeverWaitsForWhatADeadOwnerHadNotMadeIsTold() throws InterruptedException {
        final ActorRef<Maker> maker =
                ending(NODE.driver().actor(Maker::new).cpus(0).create());
        final ActorRef<Keeper> keeper = keeper();
        final Held held = maker.call(Maker::submit, 4).get(LONG);
        assertEquals(1, keeper.call(Keeper::keep, 4, held).get(LONG));
        final ObjectRef<byte[]> read = keeper.call(Keeper::read, 4);
        kill(maker.call(Maker::pid).get(LONG));
        final OwnerDiedException e =
                assertThrows(OwnerDiedException.class, () -> held.ref().get(LONG));
        assertEquals(Code.OWNER_DIED, e.code());
        final TaskException elsewhere = assertThrows(TaskException.class, () -> read.get(LONG));
        assertInstanceOf(OwnerDiedException.class, elsewhere.getCause());
    }

    @Test
    void whatADeadOwnerCannotMakeAgainIsLost() {
        final ActorRef<Maker> maker =
                ending(NODE.driver().actor(Maker::new).cpus(0).create());
        final Held held = maker.call(Maker::put, 5).get(LONG);
        kill(maker.call(Maker::pid).get(LONG));
        assertArrayEquals(bytes(100, 5), held.ref().get(LONG));
        NODE.driver().store().delete(held.ref().id());
        final ObjectLostException e =
                assertThrows(ObjectLostException.class, () -> held.ref().get(LONG));
        assertTrue(e.getMessage().contains("is gone"), e.getMessage());
    }

    @Test
    void aStoreThatIsKilledForgetsNoHold() throws InterruptedException {
        final ActorRef<Keeper> keeper = keeper();
        give(keeper, 6);
        final ObjectRef<Held> inside =
                NODE.driver().task(OwnershipContract::putThere, 100, 7).submit();
        assertEquals(1, NODE.driver().wait(List.of(inside), 1, LONG).ready().size());
        keeper.call(Keeper::collect).get(LONG);
        System.gc();
        final long restarts = counters().restarts();
        kill(NODE.node().file().roles().get("objectstore").pid());
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (counters().restarts() == restarts) {
            assertTrue(System.nanoTime() - deadline < 0, "the store was not started again");
            TimeUnit.MILLISECONDS.sleep(5);
        }
        System.gc();
        keeper.call(Keeper::collect).get(LONG);
        assertArrayEquals(bytes(100, 6), keeper.call(Keeper::read, 6).get(LONG));
        assertArrayEquals(bytes(100, 7), inside.get(LONG).ref().get(LONG));
        final long before = counters().objects();
        assertEquals(0, keeper.call(Keeper::forget, 6).get(LONG));
        awaitObjectsWithout(keeper, before - 1);
    }

    /** While the holder lives: one that dies before it has said to a new store what it holds leaves that there until the job ends. */
    private void awaitObjectsWithout(final ActorRef<Keeper> keeper, final long count) {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (counters().objects() > count) {
            assertTrue(
                    System.nanoTime() - deadline < 0,
                    () -> "objects=" + counters().objects() + " expected=" + count);
            keeper.call(Keeper::collect).get(LONG);
        }
    }

    /** Dies when what it has asked for has begun. */
    static int askAndDie(final String mark) throws InterruptedException {
        Thornback.current().task(CancelContract::sleep, mark).submit();
        CancelContract.await(mark, "-begun");
        Runtime.getRuntime().halt(9);
        return 0;
    }

    @Test
    void whatADeadTaskHadAskedForDoesNotGoOn() throws InterruptedException {
        final String mark = NODE.node().dir().resolve("orphan").toString();
        final ObjectRef<Integer> task = NODE.driver()
                .task(ProcessOwnershipTest::askAndDie, mark)
                .retries(0)
                .submit();
        assertThrows(WorkerDiedException.class, () -> task.get(LONG));
        CancelContract.await(mark, "-interrupted");
    }

    static byte[] takesLong(final int seed) throws InterruptedException {
        TimeUnit.SECONDS.sleep(5);
        return bytes(100, seed);
    }

    static final class Maker {
        Held submit(final int seed) {
            return new Held(Thornback.current()
                    .task(ProcessOwnershipTest::takesLong, seed)
                    .submit());
        }

        Held put(final int seed) {
            return putThere(100, seed);
        }

        long pid() {
            return ProcessHandle.current().pid();
        }
    }
}
