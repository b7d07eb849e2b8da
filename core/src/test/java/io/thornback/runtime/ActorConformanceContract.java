/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.Fn1;
import io.thornback.Fn2;
import io.thornback.ObjectRef;
import io.thornback.TaskException;
import io.thornback.Thornback;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a program that was written for Ray's Java API relies on where it uses actors. */
abstract class ActorConformanceContract extends ActorThreadsContract {
    record Held(ObjectRef<String> ref) {}

    record Team(ActorRef<Worker> first, List<ActorRef<Worker>> others) {}

    static final class Unwritable extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Thread thread;

        Unwritable(final String message) {
            super(message);
            thread = Thread.currentThread();
        }

        Thread thread() {
            return thread;
        }
    }

    static final class Worker {
        private int value;

        int add(final int amount) {
            value += amount;
            return value;
        }

        String resolve(final Held held) {
            return "got " + held.ref().get(LONG);
        }

        int sumOf(final Team team) {
            int sum = team.first().call(Worker::add, 0).get(LONG);
            for (final ActorRef<Worker> other : team.others()) {
                sum += other.call(Worker::add, 0).get(LONG);
            }
            return sum;
        }

        int fail(final String message) {
            throw new Unwritable(message);
        }
    }

    static int addByName(final String name, final int amount) {
        return Thornback.current()
                .getActor(name, Worker.class)
                .orElseThrow()
                .call(Worker::add, amount)
                .get(LONG);
    }

    static Worker inherit(final int value) {
        final Worker worker = new Worker();
        worker.value = value;
        return worker;
    }

    @Test
    void aCapturingLambdaIsRefusedAtOnceInCallsAndConstructors() {
        final ActorRef<Worker> worker = connection().actor(Worker::new).create();
        final int captured = Integer.parseInt("7");
        final Fn1<Worker, Integer> method = w -> w.add(captured);
        final IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> worker.call(method));
        assertTrue(e.getMessage().contains("pass it as an argument"), e.getMessage());
        final Fn1<Integer, Worker> maker = value -> inherit(value + captured);
        assertThrows(
                IllegalArgumentException.class,
                () -> connection().actor(maker, 1).create());
        final Fn2<Worker, Integer, Integer> plain = (w, amount) -> w.add(amount) * 10;
        assertEquals(20, worker.call(plain, 2).get(LONG), "one that captures nothing is a method as any other");
        worker.kill();
    }

    @Test
    void aReferenceIsResolvedAtTheTopAndStaysOneInside() {
        final ActorRef<Worker> worker = connection()
                .actor(ActorConformanceContract::inherit, connection().put(5))
                .create();
        assertEquals(8, worker.call(Worker::add, connection().put(3)).get(LONG));
        assertEquals(
                "got inside",
                worker.call(Worker::resolve, new Held(connection().put("inside")))
                        .get(LONG));
        worker.kill();
    }

    @Test
    void actorsTravelInsideValues() {
        final List<ActorRef<Worker>> workers = List.of(
                connection().actor(ActorConformanceContract::inherit, 1).create(),
                connection().actor(ActorConformanceContract::inherit, 10).create());
        final ActorRef<Worker> asker = connection().actor(Worker::new).create();
        assertEquals(
                12,
                asker.call(Worker::sumOf, new Team(workers.get(0), List.of(workers.get(0), workers.get(1))))
                        .get(LONG));
        workers.forEach(ActorRef::kill);
        asker.kill();
    }

    @Test
    void anErrorThatCannotBeWrittenArrivesAsTextAndTheActorLives() {
        final ActorRef<Worker> worker = connection().actor(Worker::new).create();
        final ObjectRef<Integer> failed = worker.call(Worker::fail, "cannot travel");
        final TaskException e = assertThrows(TaskException.class, () -> failed.get(LONG));
        assertTrue(e.getMessage().contains("cannot travel"), e.getMessage());
        assertTrue(e.getMessage().contains("Worker.fail"), e.getMessage());
        assertInstanceOf(Throwable.class, e.getCause());
        assertEquals(1, worker.call(Worker::add, 1).get(LONG));
        worker.kill();
    }

    @Test
    void getOverAListThrowsTheFirstErrorInTheOrderOfTheList() {
        final ActorRef<Worker> worker = connection().actor(Worker::new).create();
        final List<ObjectRef<Integer>> calls = List.of(
                worker.call(Worker::add, 1), worker.call(Worker::fail, "first"), worker.call(Worker::fail, "second"));
        assertThrows(TaskException.class, () -> calls.get(2).get(LONG));
        final TaskException e =
                assertThrows(TaskException.class, () -> connection().get(calls, LONG));
        assertTrue(e.getMessage().contains("first"), e.getMessage());
        assertThrows(NullPointerException.class, () -> connection().wait(Arrays.asList(calls.get(0), null), 1, LONG));
        worker.kill();
    }

    @Test
    void tasksOfTheJobFindItsActorsByName() {
        final ActorRef<Worker> worker =
                connection().actor(Worker::new).name("known-to-tasks").create();
        assertEquals(
                4,
                connection()
                        .task(ActorConformanceContract::addByName, "known-to-tasks", 4)
                        .submit()
                        .get(LONG));
        assertEquals(5, worker.call(Worker::add, 1).get(LONG));
        worker.kill();
    }
}
