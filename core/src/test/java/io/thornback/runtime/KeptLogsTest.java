/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.RuntimeContext;
import io.thornback.config.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Logs of dead workers do not pile up while a node runs. */
class KeptLogsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int DEATHS = 4;

    @RegisterExtension
    static final TestNode NODE =
            TestNode.ofProcesses(Map.of(WorkerSettings.PRESTART, "1", WorkerSettings.KEEP_LOGS, "1"));

    static int dieFourTimes(final int x) {
        if (RuntimeContext.current().attempt() <= DEATHS) {
            Runtime.getRuntime().halt(7);
        }
        return x;
    }

    private static Set<String> workersWithLogs() throws IOException {
        try (Stream<Path> files = Files.list(NODE.node().file().session().logs())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("worker-"))
                    .map(name -> name.substring(0, name.indexOf('.')))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void theLogsOfAllDeadWorkersButTheLastAreDeleted() throws Exception {
        assertEquals(
                9,
                NODE.driver()
                        .task(KeptLogsTest::dieFourTimes, 9)
                        .retries(DEATHS)
                        .submit()
                        .get(LONG));
        final long deadlineNs = System.nanoTime() + LONG.toNanos();
        Set<String> with = workersWithLogs();
        while (with.size() > 1 + 2) { // one that is dead; two that live, as there are two CPUs
            assertTrue(System.nanoTime() - deadlineNs < 0, "after " + DEATHS + " deaths there are logs of " + with);
            TimeUnit.MILLISECONDS.sleep(50);
            with = workersWithLogs();
        }
    }
}
