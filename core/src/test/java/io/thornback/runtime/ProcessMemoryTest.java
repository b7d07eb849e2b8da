/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ObjectRef;
import io.thornback.TaskOutOfMemoryException;
import io.thornback.ThornbackException.Code;
import io.thornback.config.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node whose workers may have 230 MB together: the JVMs of three fit, and one whose task takes 200 does not, even when those that idle have gone. */
class ProcessMemoryTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @RegisterExtension
    static final TestNode NODE = TestNode.ofProcesses(Map.of(WorkerSettings.MEMORY_LIMIT, "230m"));

    /** Takes memory and keeps it; the first time if there is a mark, else each time. */
    static int hog(final String mark) throws InterruptedException, IOException {
        if (!mark.isEmpty() && Files.exists(Path.of(mark))) {
            return 7;
        }
        if (!mark.isEmpty()) {
            Files.createFile(Path.of(mark));
        }
        final List<byte[]> kept = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            final byte[] bytes = new byte[1 << 20];
            java.util.Arrays.fill(bytes, (byte) 1);
            kept.add(bytes);
        }
        for (int i = 0; i < 300; i++) {
            Thread.sleep(100);
        }
        throw new CancellationException("kept " + kept.size() + " MB and nobody minded");
    }

    static int modest(final int a) throws InterruptedException {
        Thread.sleep(3_000);
        return a;
    }

    @Test
    void theNewestTaskIsRunAgainWhenMemoryIsShortAndTheOthersDoNotNotice() {
        final ObjectRef<Integer> modest =
                NODE.driver().task(ProcessMemoryTest::modest, 5).retries(0).submit();
        final ObjectRef<Integer> hog = NODE.driver()
                .task(ProcessMemoryTest::hog, NODE.node().dir().resolve("hog").toString())
                .memory(400L << 20)
                .retries(2)
                .submit();
        assertEquals(7, hog.get(LONG));
        assertEquals(5, modest.get(LONG));
    }

    @Test
    void aTaskThatAlwaysTakesTooMuchFailsAndSaysWhy() {
        final ObjectRef<Integer> hog = NODE.driver()
                .task(ProcessMemoryTest::hog, "")
                .memory(400L << 20)
                .retries(0)
                .submit();
        final TaskOutOfMemoryException e = assertThrows(TaskOutOfMemoryException.class, () -> hog.get(LONG));
        assertEquals(Code.OUT_OF_MEMORY, e.code());
        assertTrue(e.getMessage().contains("limit=230m (worker.memory-limit)"), e.getMessage());
        assertTrue(e.getMessage().contains("fewer at a time"), e.getMessage());
    }
}
