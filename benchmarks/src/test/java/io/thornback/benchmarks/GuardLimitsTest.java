/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.thornback.benchmarks.GuardLimits.Measured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Benchmark;

class GuardLimitsTest {
    private static final GuardLimits LIMIT = new GuardLimits("get", "hit", 3, true);
    private static final Measured REFERENCE = new Measured(10, 0);

    @Test
    void acceptsUpToTwiceTheRecordedRatio() {
        assertNull(LIMIT.complaint(new Measured(30, 0.01), REFERENCE));
        assertNull(LIMIT.complaint(new Measured(60, 0), REFERENCE));
    }

    @Test
    void rejectsWhatIsSlower() {
        assertNotNull(LIMIT.complaint(new Measured(61, 0), REFERENCE));
        assertNotNull(LIMIT.complaint(new Measured(30, 0), new Measured(4, 0)));
        assertNotNull(LIMIT.complaint(new Measured(Double.NaN, 0), REFERENCE));
    }

    @Test
    void rejectsAllocationOnlyWhereNoneIsPromised() {
        assertNotNull(LIMIT.complaint(new Measured(30, 16), REFERENCE));
        assertNotNull(LIMIT.complaint(new Measured(30, Double.NaN), REFERENCE));
        assertNull(new GuardLimits("put", "hit", 3, false).complaint(new Measured(30, 16), REFERENCE));
    }

    @Test
    void rejectsAFileThatSaysSomethingElse(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("limits");
        Files.writeString(file, "get = hit 3 0B\nput = copy 4\n");
        assertEquals(List.of(LIMIT, new GuardLimits("put", "copy", 4, false)), GuardLimits.read(file));
        for (String line : List.of("get = hit", "get = hit 3 1B", "get = hit 3 0B more")) {
            Files.writeString(file, line);
            assertThrows(IOException.class, () -> GuardLimits.read(file));
        }
    }

    @Test
    void theFileOfThisRepositoryNamesMethodsThatThereAre() throws IOException {
        List<String> methods = Arrays.stream(GuardBenchmark.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(method -> method.getName())
                .toList();
        for (GuardLimits limit : GuardLimits.read(Path.of("guard.properties"))) {
            assertEquals(
                    List.of(),
                    List.of(limit.operation(), limit.reference()).stream()
                            .filter(name -> !methods.contains(name))
                            .toList());
        }
    }
}
