/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ObjectRef;
import io.thornback.TaskCancelledException;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.WorkerDiedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Workers are sent short tasks before they have ended the one that they run. Nothing may be worse for it: no wait, no deadlock, no task run twice that must not be. */
class SentAheadTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int MANY = 500;

    @RegisterExtension
    static final TestNode NODE = TestNode.ofProcesses();

    @TempDir
    static Path files;

    static int sleep(final int number, final int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
        return number;
    }

    static int create(final int number, final String file) throws IOException {
        Files.createFile(Path.of(file));
        return number;
    }

    static int awaitFile(final int number, final String file) throws InterruptedException {
        while (!Files.exists(Path.of(file))) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return number;
    }

    /** Says in a file that it runs, and waits for another. */
    static int beginAndAwaitFile(final String begun, final String file) throws IOException, InterruptedException {
        Files.createFile(Path.of(begun));
        return awaitFile(-1, file);
    }

    static int child(final int number) {
        return Thornback.current()
                .task(SentAheadTest::sleep, number, 0)
                .submit()
                .get(LONG);
    }

    /** Dies in every process but the second that runs it. */
    static int dieOnce(final int number, final String file) throws IOException {
        if (Files.exists(Path.of(file))) {
            return number;
        }
        Files.createFile(Path.of(file));
        Runtime.getRuntime().halt(7);
        return -1;
    }

    private static ObjectRef<Integer> shortTask(final int number) {
        return NODE.driver().task(SentAheadTest::sleep, number, 0).submit();
    }

    /** The raylet sends ahead only what it has seen to be short. */
    @BeforeEach
    void tasksAreKnownToBeShort() {
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < 4 * MANY; i++) {
            refs.add(shortTask(i));
        }
        assertEquals(4 * MANY, NODE.driver().get(refs, LONG).size());
    }

    private static String file(final String name) {
        return files.resolve(name).toString();
    }

    @Test
    void aLongTaskKeepsNothingWaitingBehindIt() throws IOException {
        final ObjectRef<Integer> slow =
                NODE.driver().task(SentAheadTest::awaitFile, -1, file("end")).submit();
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            refs.add(shortTask(i));
        }
        NODE.driver().get(refs, LONG);
        assertFalse(slow.isReady());
        Files.createFile(Path.of(file("end")));
        assertEquals(-1, slow.get(LONG));
    }

    @Test
    void aTaskThatNeedsWhatOneBehindItDoesGetsIt() {
        final ObjectRef<Integer> waits =
                NODE.driver().task(SentAheadTest::awaitFile, 1, file("needed")).submit();
        NODE.driver().task(SentAheadTest::create, 2, file("needed")).submit();
        assertEquals(1, waits.get(LONG));
    }

    @Test
    void tasksThatWaitForTasksOfTheirOwnAllEnd() {
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < MANY / 5; i++) {
            refs.add(NODE.driver().task(SentAheadTest::child, i).submit());
            refs.add(shortTask(i));
        }
        final List<Integer> values = NODE.driver().get(refs, LONG);
        for (int i = 0; i < values.size(); i++) {
            assertEquals(i / 2, values.get(i));
        }
    }

    @Test
    void whatADeadWorkerHadNotBegunRunsElsewhereAndUsesUpNoRetry() {
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            refs.add(
                    i % 100 == 0
                            ? NODE.driver()
                                    .task(SentAheadTest::dieOnce, i, file("died-" + i))
                                    .retries(1)
                                    .submit()
                            : NODE.driver()
                                    .task(SentAheadTest::sleep, i, 0)
                                    .retries(1)
                                    .submit());
        }
        final List<Integer> values = NODE.driver().get(refs, LONG);
        for (int i = 0; i < MANY; i++) {
            assertEquals(i, values.get(i));
        }
    }

    @Test
    void whatMayNotRunAgainRunsAtMostOnce() {
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            final String file = file("once-" + i);
            refs.add(
                    i % 100 == 50
                            ? NODE.driver()
                                    .task(SentAheadTest::dieOnce, i, file)
                                    .retries(0)
                                    .submit()
                            : NODE.driver()
                                    .task(SentAheadTest::create, i, file)
                                    .retries(0)
                                    .submit());
        }
        for (int i = 0; i < MANY; i++) {
            final ObjectRef<Integer> ref = refs.get(i);
            if (i % 100 == 50) {
                assertThrows(WorkerDiedException.class, () -> ref.get(LONG));
            } else {
                try {
                    assertEquals(i, ref.get(LONG));
                } catch (final TaskException e) {
                    throw new AssertionError("ran twice: " + i, e);
                }
            }
        }
    }

    @Test
    void whatIsCancelledWhileItWaitsHasNoResultAndTheRestHave() throws IOException, InterruptedException {
        final List<ObjectRef<Integer>> first = new ArrayList<>();
        for (int i = 0; i < 2; i++) { // on each CPU; the others wait behind them, at the workers and here
            first.add(NODE.driver()
                    .task(SentAheadTest::beginAndAwaitFile, file("begun-" + i), file("begin"))
                    .submit());
            awaitFile(i, file("begun-" + i)); // the second may have been sent behind the first, and come back
        }
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            refs.add(shortTask(i));
        }
        try {
            for (int i = MANY - 1; i >= 0; i -= 2) {
                final ObjectRef<Integer> cancelled = refs.get(i);
                assertTrue(cancelled.cancel(), "none of them can have run");
                assertThrows(TaskCancelledException.class, () -> cancelled.get(LONG));
            }
        } finally {
            Files.createFile(Path.of(file("begin")));
        }
        for (int i = 0; i < MANY; i += 2) {
            assertEquals(i, refs.get(i).get(LONG));
        }
        assertEquals(List.of(-1, -1), NODE.driver().get(first, LONG));
        assertEquals(1, shortTask(1).get(LONG));
    }
}
