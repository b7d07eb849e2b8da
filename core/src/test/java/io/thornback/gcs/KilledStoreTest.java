/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.gcs.ClusterStore.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that commits as fast as it can, killed at any moment: what it said was durable is there, and nothing is half there. {@code -Dkills=} for more, {@code -Dseed=} for other moments. */
class KilledStoreTest {
    private static final int KILLS = Integer.getInteger("kills", 15);
    private static final long SEED = Long.getLong("seed", 20261126L);

    @TempDir
    private Path folder;

    private Path file;

    @Test
    void whatWasDurableIsThereAndNoCommitIsThereInPart() throws Exception {
        file = folder.resolve("tables.mv");
        final Random random = new Random(SEED);
        int n = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            final int told = run(n + 1, 50 + random.nextInt(250));
            n = check(told, kill);
        }
        assertTrue(n > KILLS * 10, "hardly anything was written: " + n);
    }

    /** Lets a process write until so many milliseconds after its first commit; the last that it told of. */
    private int run(int first, long afterMs) throws Exception {
        final Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoreWriterMain.class.getName(),
                        file.toString(),
                        Integer.toString(first)))
                .redirectError(folder.resolve("writer.err").toFile())
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int last = Integer.parseInt(String.valueOf(lines.readLine()));
            final Thread killer = new Thread(() -> killAfter(process, afterMs), "killer");
            killer.start();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = Integer.parseInt(line);
            }
            killer.join();
            assertEquals(128 + 9, process.waitFor(), () -> "it ended by itself: " + error());
            return last;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void killAfter(Process process, long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.toHandle().destroyForcibly(); // the process would close the pipe too
    }

    private String error() {
        try {
            return Files.readString(folder.resolve("writer.err"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Opens what is left; the number of the commit that it shows. */
    private int check(int told, int kill) {
        try (MvClusterStore store = MvClusterStore.open(file, StoreWriterMain.CLUSTER)) {
            final int n = number(store.rows(Table.FACTS).get("n"));
            final String where = "kill " + kill + ", told " + told + ", found " + n;
            // The last line may have been on its way when the process died; a commit may have been durable and not told
            // of.
            assertTrue(n == told || n == told + 1, where);
            assertEquals(n % 2 == 0 ? 1 : 0, store.rows(Table.FENCED).size(), where);
            for (int back = 0; back < StoreWriterMain.ROWS / 8 && n - back > 0; back++) {
                for (int change = 0; change < 8; change++) {
                    final String key = "row" + ((n - back) * 8 + change) % StoreWriterMain.ROWS;
                    assertEquals(n - back, number(store.rows(Table.JOBS).get(key)), where + ", " + key);
                }
            }
            return n;
        }
    }

    private static int number(byte[] row) {
        return ByteBuffer.wrap(row).getInt();
    }
}
