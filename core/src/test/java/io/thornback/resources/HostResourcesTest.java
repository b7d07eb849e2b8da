/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import static io.thornback.resources.FakeHost.GIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostResourcesTest {
    @TempDir
    Path root;

    private FakeHost host;

    @BeforeEach
    void eightCpusAnd16GiB() {
        host = new FakeHost(root);
    }

    private void assertCpus(int cpus, String source) {
        assertEquals(new Sourced<>(cpus, source), host.detect().cpus());
    }

    private void assertMemory(long bytes, String source) {
        assertEquals(new Sourced<>(bytes, source), host.detect().memoryBytes());
    }

    private String cgroup(String file) {
        return "cgroup " + root.resolve("sys/fs/cgroup").resolve(file);
    }

    @Test
    void takesTheHardwareWhereThereAreNoControlGroups() {
        assertCpus(8, "host");
        assertMemory(16 * GIB, "host");
    }

    @Test
    void seesThisHostAsTheJvmDoes() {
        final HostResources here = HostResources.detect(Path.of("/dev/shm"));
        assertEquals(Runtime.getRuntime().availableProcessors(), here.cpus().value());
        assertTrue(here.memoryBytes().value() > 64L << 20, here::toString);
        assertTrue(here.shmFreeBytes().value() <= here.shmSizeBytes(), here::toString);
    }

    @Test
    void readsVersion2LimitsOfItsOwnGroup() {
        host.version2("/system.slice/thornback.service", "/")
                .file("sys/fs/cgroup/system.slice/thornback.service/memory.max", "4294967296\n")
                .file("sys/fs/cgroup/system.slice/thornback.service/cpu.max", "350000 100000\n");
        assertCpus(3, cgroup("system.slice/thornback.service/cpu.max"));
        assertMemory(4 * GIB, cgroup("system.slice/thornback.service/memory.max"));
    }

    @Test
    void aTighterLimitOfAnAncestorBinds() {
        host.version2("/a/b/c", "/")
                .file("sys/fs/cgroup/a/b/c/memory.max", "8589934592\n")
                .file("sys/fs/cgroup/a/b/memory.max", "max\n")
                .file("sys/fs/cgroup/a/memory.max", "2147483648\n")
                .file("sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n")
                .file("sys/fs/cgroup/a/cpu.max", "200000 100000\n");
        assertMemory(2 * GIB, cgroup("a/memory.max"));
        assertCpus(2, cgroup("a/cpu.max"));
    }

    @Test
    void version2WithoutLimitsIsTheHost() {
        host.version2("/a", "/")
                .file("sys/fs/cgroup/a/memory.max", "max\n")
                .file("sys/fs/cgroup/a/memory.high", "max\n")
                .file("sys/fs/cgroup/a/cpu.max", "max 100000\n")
                .file("sys/fs/cgroup/a/cpuset.cpus.effective", "0-7\n");
        assertMemory(16 * GIB, "host");
        assertCpus(8, "host");
    }

    @Test
    void theThrottlingLimitCountsAsALimit() {
        host.version2("/a", "/")
                .file("sys/fs/cgroup/a/memory.max", "4294967296\n")
                .file("sys/fs/cgroup/a/memory.high", "3221225472\n");
        assertMemory(3 * GIB, cgroup("a/memory.high"));
    }

    @Test
    void inAContainerTheMountPointIsTheOwnGroup() {
        host.version2("/docker/abc", "/docker/abc").file("sys/fs/cgroup/memory.max", "1073741824\n");
        assertMemory(GIB, cgroup("memory.max"));
        host.version2("/../other", "/").file("sys/fs/cgroup/memory.max", "1073741824\n");
        assertMemory(GIB, cgroup("memory.max"));
        host.version2("/elsewhere", "/docker/abc").file("sys/fs/cgroup/elsewhere/memory.max", "5\n");
        assertMemory(GIB, cgroup("memory.max"));
    }

    @Test
    void readsVersion1LimitsAlsoOfAncestors() {
        host.version1("/docker/abc", "/")
                .file("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n")
                .file("sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "6442450944\n")
                .file("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "-1\n")
                .file("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n")
                .file("sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us", "50000\n")
                .file("sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_period_us", "100000\n");
        assertMemory(6 * GIB, cgroup("memory/docker/memory.limit_in_bytes"));
        assertCpus(1, cgroup("cpu,cpuacct/docker/cpu.cfs_quota_us"));
    }

    @Test
    void version1WithoutLimitsIsTheHost() {
        host.version1("/", "/")
                .file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
                .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
                .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
                .file("sys/fs/cgroup/cpuset/cpuset.cpus", "0-7\n");
        assertMemory(16 * GIB, "host");
        assertCpus(8, "host");
    }

    @Test
    void aCpusetIsNamedBeforeTheAffinityThatFollowsFromIt() {
        host.version1("/docker/abc", "/docker/abc")
                .file("sys/fs/cgroup/cpuset/cpuset.effective_cpus", "1,4-5\n")
                .file("proc/self/status", "Cpus_allowed_list:\t1,4-5\n");
        assertCpus(3, cgroup("cpuset/cpuset.effective_cpus"));
    }

    @Test
    void anAffinityWithoutCpusetBinds() {
        host.file("proc/self/status", "Cpus_allowed_list:\t2-3\n");
        assertCpus(2, "CPU affinity, " + root.resolve("proc/self/status"));
    }

    @Test
    void ignoresALimitThatIsNoNumber() {
        host.version2("/a", "/")
                .file("sys/fs/cgroup/a/memory.max", "lots\n")
                .file("sys/fs/cgroup/a/cpu.max", "100000\n")
                .file("proc/self/mountinfo", "short line\n31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        assertMemory(16 * GIB, "host");
        assertCpus(8, "host");
    }

    @Test
    void understandsMountPointsWithSpaces() {
        host.version2("/a", "/")
                .file("proc/self/mountinfo", "31 23 0:27 / /sys/c\\040group rw - cgroup2 cgroup2 rw\n")
                .file("sys/c group/a/memory.max", "1073741824\n");
        assertMemory(GIB, "cgroup " + root.resolve("sys/c group/a/memory.max"));
    }

    @Test
    void saysSoWhereProcIsMissing() {
        host.file("proc/meminfo", "");
        assertThrows(HostDetectionException.class, host::detect);
    }
}
