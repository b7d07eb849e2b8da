/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryReaderTest {
    private static final long MIB = 1L << 20;

    @TempDir
    private Path root;

    private FakeHost host() {
        return new FakeHost(root)
                .file("proc/meminfo", "MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:   12582912 kB\n");
    }

    @Test
    void ofAHostWhatIsNotAvailableIsInUse() {
        host();
        final MemoryUsage usage = new MemoryReader(root).read();
        assertEquals(new MemoryUsage(4096 * MIB, 16384 * MIB, "host"), usage);
        assertEquals(0.25, usage.share());
    }

    @Test
    void theGroupOfVersion2ThatIsNearestToItsLimitCountsWithoutItsInactiveFilePages() {
        host().version2("/a/b", "/")
                .file("sys/fs/cgroup/a/memory.max", "max\n")
                .file("sys/fs/cgroup/a/memory.current", "1\n")
                .file("sys/fs/cgroup/a/b/memory.max", Long.toString(1000 * MIB))
                .file("sys/fs/cgroup/a/b/memory.current", Long.toString(900 * MIB))
                .file("sys/fs/cgroup/a/b/memory.stat", "anon 5\ninactive_file " + 300 * MIB + "\nactive_file 7\n");
        final MemoryUsage usage = new MemoryReader(root).read();
        assertEquals(600 * MIB, usage.usedBytes());
        assertEquals(1000 * MIB, usage.limitBytes());
        assertTrue(usage.source().endsWith("a/b/memory.max"), usage.source());
    }

    @Test
    void version1IsReadToo() {
        host().version1("/job", "/")
                .file("sys/fs/cgroup/memory/job/memory.limit_in_bytes", Long.toString(500 * MIB))
                .file("sys/fs/cgroup/memory/job/memory.usage_in_bytes", Long.toString(450 * MIB))
                .file("sys/fs/cgroup/memory/job/memory.stat", "inactive_file 1\ntotal_inactive_file " + 50 * MIB + "\n")
                .file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712")
                .file("sys/fs/cgroup/memory/memory.usage_in_bytes", "5");
        assertEquals(0.8, new MemoryReader(root).read().share());
    }

    @Test
    void whatCannotBeReadIsNeverShort() {
        assertTrue(new MemoryReader(root).read().share() < 0.01);
    }

    @Test
    void readsThisHostAndThisProcess() {
        final MemoryReader reader = MemoryReader.ofHost();
        final MemoryUsage usage = reader.read();
        assertTrue(usage.usedBytes() > 0 && usage.usedBytes() <= usage.limitBytes(), usage.toString());
        assertTrue(reader.privateBytes(ProcessHandle.current().pid()) > MIB);
        assertEquals(0, reader.privateBytes(Integer.MAX_VALUE));
    }
}
