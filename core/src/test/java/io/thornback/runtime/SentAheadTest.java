/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers are sent short tasks before they have ended the one that they run. Nothing may be worse for it: no wait, no deadlock, no task run twice that must not be. */
class SentAheadTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int MANY = 500;

    private static NodeUnderTest node;
    private static Thornback driver;

    @TempDir
    static Path files;

    @BeforeAll
    static void start() {
        node = NodeUnderTest.start();
        driver = node.connect();
    }

    @AfterAll
    static void stop() {
        driver.close();
        node.close();
    }

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
        return driver.task(SentAheadTest::sleep, number, 0).submit();
    }

    /** The raylet sends ahead only what it has seen to be short. */
    @BeforeEach
    void tasksAreKnownToBeShort() {
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < 4 * MANY; i++) {
            refs.add(shortTask(i));
        }
        assertEquals(4 * MANY, driver.get(refs, LONG).size());
    }

    private static String file(final String name) {
        return files.resolve(name).toString();
    }

    @Test
    void aLongTaskKeepsNothingWaitingBehindIt() {
        final ObjectRef<Integer> slow =
                driver.task(SentAheadTest::sleep, -1, 5_000).submit();
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            refs.add(shortTask(i));
        }
        driver.get(refs, LONG);
        assertFalse(slow.isReady(), "the short ones waited for the long one");
        assertEquals(-1, slow.get(LONG));
    }

    @Test
    void aTaskThatNeedsWhatOneBehindItDoesGetsIt() {
        final ObjectRef<Integer> waits =
                driver.task(SentAheadTest::awaitFile, 1, file("needed")).submit();
        driver.task(SentAheadTest::create, 2, file("needed")).submit();
        assertEquals(1, waits.get(LONG));
    }

    @Test
    void tasksThatWaitForTasksOfTheirOwnAllEnd() {
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < MANY / 5; i++) {
            refs.add(driver.task(SentAheadTest::child, i).submit());
            refs.add(shortTask(i));
        }
        final List<Integer> values = driver.get(refs, LONG);
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
                            ? driver.task(SentAheadTest::dieOnce, i, file("died-" + i))
                                    .retries(1)
                                    .submit()
                            : driver.task(SentAheadTest::sleep, i, 0).retries(1).submit());
        }
        final List<Integer> values = driver.get(refs, LONG);
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
                            ? driver.task(SentAheadTest::dieOnce, i, file)
                                    .retries(0)
                                    .submit()
                            : driver.task(SentAheadTest::create, i, file)
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
    void whatIsCancelledWhileItWaitsAtAWorkerNeverRuns() {
        final ObjectRef<Integer> first =
                driver.task(SentAheadTest::sleep, -1, 3).submit();
        final List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            refs.add(shortTask(i));
        }
        for (int i = MANY - 1; i >= 0; i -= 2) {
            if (refs.get(i).cancel()) {
                final ObjectRef<Integer> cancelled = refs.get(i);
                assertThrows(TaskCancelledException.class, () -> cancelled.get(LONG));
            }
        }
        for (int i = 0; i < MANY; i += 2) {
            assertEquals(i, refs.get(i).get(LONG));
        }
        assertEquals(-1, first.get(LONG));
        assertEquals(1, shortTask(1).get(LONG));
    }
}
