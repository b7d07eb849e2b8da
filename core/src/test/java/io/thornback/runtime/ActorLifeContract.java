/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorDiedException;
import io.thornback.ActorRef;
import io.thornback.Arg;
import io.thornback.GetTimeoutException;
import io.thornback.ObjectRef;
import io.thornback.PendingCallsLimitException;
import io.thornback.Thornback;
import io.thornback.ThornbackException;
import io.thornback.ThornbackException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Restarts, retries of calls, names, and limits of actors, wherever the node's parts live. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class ActorLifeContract {
    static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    static Path files;

    abstract Thornback connection();

    static String file(final String name) {
        return files.resolve(name + "-" + System.nanoTime()).toString();
    }

    static List<String> lines(final String file) throws IOException {
        return Files.exists(Path.of(file)) ? Files.readAllLines(Path.of(file)) : List.of();
    }

    static void append(final String file, final String line) throws IOException {
        Files.writeString(Path.of(file), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    static void awaitLines(final String file, final int count) throws IOException, InterruptedException {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (lines(file).size() < count) {
            assertTrue(System.nanoTime() < deadline, "lines of " + file + ": " + lines(file));
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** Writes down what happens to it; its memory is lost with its process. */
    static final class Diary {
        private final String file;
        private int entries;

        Diary(final String file) throws IOException {
            this.file = file;
            append(file, "born");
        }

        static Diary with(final String file, final byte[] large, final String text) throws IOException {
            final Diary made = new Diary(file);
            append(file, large.length + " " + text);
            return made;
        }

        static Diary frail(final String file) throws IOException {
            if (!lines(file).isEmpty()) {
                append(file, "refused");
                throw new IllegalStateException("once is enough");
            }
            return new Diary(file);
        }

        int add(final String entry) throws IOException {
            append(file, entry);
            entries++;
            return entries;
        }

        int addSlowly(final String entry) throws IOException, InterruptedException {
            append(file, entry);
            TimeUnit.SECONDS.sleep(lines(file).size() < 5 ? 40 : 0);
            entries++;
            return entries;
        }

        int entries() {
            return entries;
        }
    }

    /** The new process may write down that it is there before its caller has heard that the old one is dead: a call that was sent to that one fails, and says so. */
    private static int entriesAfterRestart(final ActorRef<Diary> diary) {
        final long deadline = System.nanoTime() + LONG.toNanos();
        while (true) {
            try {
                return diary.call(Diary::entries).get(LONG);
            } catch (final ActorDiedException e) {
                if (!e.getMessage().contains("later calls go to the new process") || System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
        }
    }

    static int slowly(final long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
        return 1;
    }

    @Test
    void anActorIsCreatedAgainWhileItHasRestarts() throws Exception {
        final String file = file("again");
        final ActorRef<Diary> diary =
                connection().actor(Diary::new, file).maxRestarts(2).create();
        for (int life = 1; life <= 3; life++) {
            assertEquals(1, diary.call(Diary::add, "life " + life).get(LONG), "memory is lost, life " + life);
            assertEquals(2, diary.call(Diary::add, "more").get(LONG));
            diary.kill(false);
            if (life < 3) {
                awaitLines(file, 3 * life + 1); // born again
                assertEquals(0, entriesAfterRestart(diary));
            }
        }
        final ActorDiedException e = assertThrows(ActorDiedException.class, () -> {
            for (int i = 0; i < 10_000; i++) {
                diary.call(Diary::entries).get(LONG);
            }
        });
        assertTrue(e.getMessage().contains("maxRestarts=2"), e.getMessage());
        assertEquals(
                List.of("born", "life 1", "more", "born", "life 2", "more", "born", "life 3", "more"), lines(file));
    }

    @Test
    void itsArgumentsAreReadableWhenItIsCreatedAgain() throws Exception {
        final String file = file("arguments");
        final ActorRef<Diary> diary = large(file);
        assertEquals(0, diary.call(Diary::entries).get(LONG));
        System.gc(); // what only the first creation needed would go now
        TimeUnit.MILLISECONDS.sleep(100);
        diary.kill(false);
        awaitLines(file, 4);
        assertEquals(0, entriesAfterRestart(diary));
        assertEquals(List.of("born", "300000 text", "born", "300000 text"), lines(file));
        diary.kill();
    }

    /** One argument in the store as a value, one as a reference that nobody else keeps. */
    private ActorRef<Diary> large(final String file) {
        final ObjectRef<String> text = connection().put("text");
        return connection()
                .actor(Diary::with, Arg.of(file), Arg.of(new byte[300_000]), text)
                .maxRestarts(1)
                .create();
    }

    @Test
    void callsMadeMeanwhileWaitAndKeepTheirOrder() throws Exception {
        final String file = file("meanwhile");
        final ActorRef<Diary> diary =
                connection().actor(Diary::new, file).maxRestarts(1).create();
        killWhileACallWaits(diary, file);
        final List<ObjectRef<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(diary.call(Diary::add, "call " + i));
        }
        assertEquals(
                IntStream.rangeClosed(1, 100).boxed().toList(), connection().get(calls, LONG));
        final List<String> lines = lines(file);
        assertEquals(IntStream.range(0, 100).mapToObj(i -> "call " + i).toList(), lines.subList(3, lines.size()));
        diary.kill();
    }

    /** Kills the process of an actor that has made no entry, and returns when the news of it has come. */
    private static void killWhileACallWaits(final ActorRef<Diary> diary, final String file) throws Exception {
        diary.call(Diary::addSlowly, "slow");
        final ObjectRef<Integer> waiting = diary.call(Diary::entries);
        awaitLines(file, 2);
        diary.kill(false);
        final ActorDiedException e = assertThrows(ActorDiedException.class, () -> waiting.get(LONG));
        assertTrue(e.getMessage().contains("restart 1 of 1"), e.getMessage());
        assertTrue(e.getMessage().contains("maxTaskRetries"), e.getMessage());
    }

    @Test
    void aCallThatWasSentAndNotAnsweredFailsAndIsNotRunAgain() throws Exception {
        final String file = file("once");
        final ActorRef<Diary> diary =
                connection().actor(Diary::new, file).maxRestarts(1).create();
        final ObjectRef<Integer> answered = diary.call(Diary::add, "first");
        final ObjectRef<Integer> running = diary.call(Diary::addSlowly, "second");
        final ObjectRef<Integer> waiting = diary.call(Diary::add, "third");
        awaitLines(file, 3);
        diary.kill(false);
        assertThrows(ActorDiedException.class, () -> waiting.get(LONG));
        assertThrows(ThornbackException.class, () -> running.get(LONG));
        assertEquals(1, answered.get(LONG), "it was answered before");
        assertEquals(1, diary.call(Diary::add, "fourth").get(LONG));
        assertEquals(List.of("born", "first", "second", "born", "fourth"), lines(file));
        diary.kill();
    }

    @Test
    void withTaskRetriesCallsAreSentAgainInTheirOrder() throws Exception {
        final String file = file("retried");
        final ActorRef<Diary> diary = connection()
                .actor(Diary::new, file)
                .maxRestarts(-1)
                .maxTaskRetries(1)
                .create();
        assertEquals(1, diary.call(Diary::add, "first").get(LONG));
        final List<ObjectRef<Integer>> calls = new ArrayList<>();
        calls.add(diary.call(Diary::add, "second"));
        assertEquals(2, calls.get(0).get(LONG));
        final ObjectRef<Integer> running = diary.call(Diary::addSlowly, "slow");
        for (int i = 0; i < 20; i++) {
            calls.add(diary.call(Diary::add, "call " + i));
        }
        awaitLines(file, 4);
        diary.kill(false);
        for (int i = 1; i < calls.size(); i++) {
            assertTrue(calls.get(i).get(LONG) > 0);
        }
        final List<String> expected = new ArrayList<>(List.of("born", "first", "second", "slow", "born"));
        final List<String> lines = lines(file);
        if (diesWithItsCall() || lines.lastIndexOf("slow") > lines.indexOf("slow")) {
            assertEquals(1, running.get(LONG));
            expected.add("slow");
        }
        IntStream.range(0, 20).forEach(i -> expected.add("call " + i));
        assertEquals(expected, lines);
        diary.kill();
    }

    /** Whether a worker is killed with what it runs; one that is a thread can only be interrupted, and may answer with that before it is gone. */
    abstract boolean diesWithItsCall();

    @Test
    void killForGoodIsForGood() {
        final ActorRef<Diary> diary = connection()
                .actor(Diary::new, file("final"))
                .maxRestarts(-1)
                .maxTaskRetries(-1)
                .create();
        assertEquals(0, diary.call(Diary::entries).get(LONG));
        diary.kill();
        final ActorDiedException e = assertThrows(ActorDiedException.class, () -> {
            for (int i = 0; i < 10_000; i++) {
                diary.call(Diary::entries).get(LONG);
            }
        });
        assertTrue(e.getMessage().contains("killed by request"), e.getMessage());
    }

    @Test
    void anActorWhoseConstructorThrowsIsNotTriedAgain() throws Exception {
        final String file = file("frail");
        final ActorRef<Diary> diary =
                connection().actor(Diary::frail, file).maxRestarts(-1).create();
        assertEquals(0, diary.call(Diary::entries).get(LONG));
        diary.kill(false);
        awaitLines(file, 2);
        final ActorDiedException e = assertThrows(ActorDiedException.class, () -> {
            for (int i = 0; i < 10_000; i++) {
                diary.call(Diary::entries).get(LONG);
            }
        });
        assertTrue(e.getMessage().contains("constructor threw"), e.getMessage());
        assertEquals(List.of("born", "refused"), lines(file));
    }

    @Test
    void resourcesGoThroughARestart() throws Exception {
        final String file = file("resources");
        final ActorRef<Diary> diary =
                connection().actor(Diary::new, file).cpus(1).maxRestarts(3).create();
        for (int i = 1; i <= 3; i++) {
            assertEquals(0, diary.call(Diary::entries).get(LONG));
            diary.kill(false);
            awaitLines(file, i + 1);
            assertEquals(0, entriesAfterRestart(diary));
        }
        // Were one CPU lost at each restart, the node of two would have none left for this; were one won, the next
        // could not fail.
        final ObjectRef<Integer> task =
                connection().task(ActorLifeContract::slowly, 1L).submit();
        assertEquals(1, task.get(LONG));
        final ObjectRef<Integer> both =
                connection().task(ActorLifeContract::slowly, 1L).cpus(2).submit();
        assertThrows(GetTimeoutException.class, () -> both.get(Duration.ofMillis(300)));
        diary.kill();
        assertEquals(1, both.get(LONG));
    }

    @Test
    void moreCallsThanMayBePendingAreRefusedAtOnce() throws Exception {
        final String file = file("pending");
        final ActorRef<Diary> diary =
                connection().actor(Diary::new, file).maxPendingCalls(3).create();
        final ObjectRef<Integer> first = diary.call(Diary::addSlowly, "slow");
        final ObjectRef<Integer> second = diary.call(Diary::add, "2");
        final ObjectRef<Integer> third = diary.call(Diary::add, "3");
        final PendingCallsLimitException e =
                assertThrows(PendingCallsLimitException.class, () -> diary.call(Diary::add, "4"));
        assertEquals(Code.PENDING_CALLS_LIMIT, e.code());
        assertTrue(e.getMessage().contains("limit=3"), e.getMessage());
        awaitLines(file, 2);
        assertTrue(first.cancel());
        assertEquals(1, second.get(LONG));
        assertEquals(2, third.get(LONG));
        assertEquals(3, diary.call(Diary::add, "5").get(LONG), "answered calls count no more");
        assertEquals(List.of("born", "slow", "2", "3", "5"), lines(file));
        diary.kill();
    }

    @Test
    void anActorThatIsKilledBeforeItIsMadeGivesItsNameBack() {
        final ActorRef<Diary> huge = connection()
                .actor(Diary::new, file("huge"))
                .name("huge")
                .cpus(1_000)
                .create();
        final ObjectRef<Integer> call = huge.call(Diary::entries);
        assertThrows(GetTimeoutException.class, () -> call.get(Duration.ofMillis(300)), "it waits for a larger node");
        assertTrue(connection().getActor("huge", Diary.class).isPresent());
        huge.kill();
        assertThrows(ActorDiedException.class, () -> call.get(LONG));
        assertFalse(connection().getActor("huge", Diary.class).isPresent());
    }

    @Test
    void namesCountInTheirNamespace() {
        final ActorRef<Diary> here =
                connection().actor(Diary::new, file("here")).name("same").create();
        final ActorRef<Diary> there = connection()
                .actor(Diary::new, file("there"))
                .name("same")
                .namespace("elsewhere")
                .create();
        assertEquals(0, here.call(Diary::entries).get(LONG));
        assertEquals(0, there.call(Diary::entries).get(LONG));
        assertEquals(here, connection().getActor("same", Diary.class).orElseThrow());
        assertEquals(
                there, connection().getActor("same", "elsewhere", Diary.class).orElseThrow());
        assertFalse(connection().getActor("same", "nowhere", Diary.class).isPresent());
        final ActorRef<Diary> second = connection()
                .actor(Diary::new, file("second"))
                .name("same")
                .namespace("elsewhere")
                .create();
        final ActorDiedException e = assertThrows(
                ActorDiedException.class, () -> second.call(Diary::entries).get(LONG));
        assertTrue(e.getMessage().contains("'same' lives already in namespace 'elsewhere'"), e.getMessage());
        there.kill();
        here.kill();
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> connection().actor(Diary::new, "x").maxRestarts(-2).create());
        assertThrows(
                IllegalArgumentException.class,
                () -> connection().actor(Diary::new, "x").namespace("").create());
        assertThrows(
                IllegalArgumentException.class,
                () -> connection().actor(Diary::new, "x").name("n".repeat(300)));
    }
}
