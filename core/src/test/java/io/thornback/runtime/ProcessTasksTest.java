/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ObjectRef;
import io.thornback.RuntimeContext;
import io.thornback.TaskException;
import io.thornback.Thornback;
import io.thornback.WorkerDiedException;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is promised of tasks, and what only processes can show, on a node of real processes. */
class ProcessTasksTest extends RetryContract {
    private static NodeUnderTest node;
    private static Thornback driver;

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

    @Override
    Thornback connection() {
        return driver;
    }

    static void killSelf() {
        ProcessControl.signal(ProcessIdentity.current(), Signals.KILL);
    }

    static List<Integer> dieTheFirstTime(final String marker) throws IOException {
        if (Files.notExists(Path.of(marker))) {
            Files.createFile(Path.of(marker));
            killSelf();
        }
        return List.of(7, 8, 9);
    }

    static List<Integer> alwaysDie(final int count) {
        killSelf();
        return List.of(count);
    }

    @Test
    void severalReturnsSurviveTheDeathOfTheWorker() {
        final String marker = node.dir().resolve("first-time").toString();
        final List<ObjectRef<Integer>> refs = driver.task(ProcessTasksTest::dieTheFirstTime, marker)
                .returns(3)
                .submitAll();
        assertEquals(List.of(7, 8, 9), driver.get(refs, LONG));
    }

    /** Dies, throws, and then is done. */
    static int troubled(final String marker) throws IOException {
        final int attempt = RuntimeContext.current().attempt();
        if (attempt == 1) {
            killSelf();
        } else if (attempt == 2) {
            throw new IOException("second");
        }
        return attempt;
    }

    @Test
    void deathsAndExceptionsCountTogether() {
        assertEquals(
                3,
                driver.task(ProcessTasksTest::troubled, "")
                        .retryOn(IOException.class)
                        .retries(2)
                        .submit()
                        .get(LONG));
        final ObjectRef<Integer> tooOften = driver.task(ProcessTasksTest::troubled, "")
                .retryOn(IOException.class)
                .retries(1)
                .submit();
        final TaskException e = assertThrows(TaskException.class, () -> tooOften.get(LONG));
        assertTrue(e.getMessage().contains("(attempt 2)"), e.getMessage());
    }

    @Test
    void severalReturnsFailTogetherWhenNoRetryIsLeft() {
        final List<ObjectRef<Integer>> refs = driver.task(ProcessTasksTest::alwaysDie, 1)
                .retries(0)
                .returns(3)
                .submitAll();
        for (final ObjectRef<Integer> ref : refs) {
            assertThrows(WorkerDiedException.class, () -> ref.get(LONG));
        }
    }
}
