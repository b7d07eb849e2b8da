/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.config.ClusterSettings;
import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.GcsSettings;
import io.thornback.config.NodeConfig;
import io.thornback.config.Setting;
import io.thornback.config.SpillSettings;
import io.thornback.config.StoreSettings;
import io.thornback.doctor.Finding.Result;
import io.thornback.node.Leftovers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

    private final GoodHost host = new GoodHost();
    private Configuration configuration = new ConfigurationSources()
            .code(NodeConfig.DIR, "/var/lib/thornback")
            .code(NodeConfig.SHM_DIR, "/dev/shm/thornback")
            .resolve();

    private void set(Setting<?> setting, String text) {
        configuration = configuration.with(Map.of(setting, text));
    }

    private Finding find(String check) {
        return Doctor.examine(configuration, host).stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    private void assertFound(Result result, String check, String found, String remedy) {
        Finding finding = find(check);
        assertEquals(result, finding.result(), finding.toString());
        assertTrue(finding.found().contains(found), finding.toString());
        assertTrue(finding.remedy().contains(remedy), finding.toString());
        assertEquals(result == Result.OK, finding.remedy().isEmpty(), "a remedy for what is not well: " + finding);
    }

    @Test
    void aGoodHostHasNothingToPutRight() {
        List<Finding> findings = Doctor.examine(configuration, host);
        assertEquals(
                List.of(),
                findings.stream()
                        .filter(finding -> finding.result() != Result.OK)
                        .toList());
        assertEquals(
                findings.size(),
                findings.stream().map(Finding::check).distinct().count());
    }

    @Test
    void aContainersSharedMemoryOf64MibIsTooSmallToBeOfUse() {
        host.shm = new Host.Space("tmpfs", 64L << 20, 64L << 20, true);
        assertFound(Result.WARN, "shared memory", "64 MiB free of 64 MiB (tmpfs at /dev/shm", "--shm-size");
        set(StoreSettings.MEMORY, "1g");
        assertFound(Result.FAIL, "memory", "--store-memory=1 GiB", "ask for less, or mount it larger");
        host.shm = new Host.Space("tmpfs", 8L << 20, 64L << 20, true);
        set(StoreSettings.MEMORY, "auto");
        assertFound(Result.FAIL, "memory", "no room for an object store", "--store-memory");
    }

    @Test
    void sharedMemoryOnADiskOrThatIsNotOursIsSaid() {
        host.shm = new Host.Space("ext4", 8 * GoodHost.GIB, 8 * GoodHost.GIB, true);
        assertFound(Result.WARN, "shared memory", "no memory but a disk", "--shm-dir");
        host.shm = new Host.Space("tmpfs", 8 * GoodHost.GIB, 8 * GoodHost.GIB, false);
        assertFound(Result.FAIL, "shared memory", "may not write", "--shm-dir");
    }

    @Test
    void aFullDiskFails() {
        host.disk = new Host.Space("ext4", 0, 100 * GoodHost.GIB, true);
        assertFound(Result.FAIL, "disk of sessions and logs", "0 B free of 100 GiB (ext4 at /var/lib", "make room");
        host.disk = new Host.Space("ext4", 500L << 20, 100 * GoodHost.GIB, true);
        set(SpillSettings.DIRECTORIES, "/mnt/spill");
        assertFound(Result.WARN, "disk of spilled objects", "500 MiB free", "make room");
        host.disk = new Host.Space("ext4", 50 * GoodHost.GIB, 100 * GoodHost.GIB, false);
        assertFound(Result.FAIL, "disk of sessions and logs", "may not write", "another folder");
    }

    @Test
    void aPortInUseIsNamedWithWhoHasIt() {
        host.listener = "pid 4711 (nginx)";
        assertFound(Result.OK, "port", "any that is free", "");
        set(GcsSettings.PORT, "6379");
        assertFound(Result.FAIL, "port", "127.0.0.1:6379 is in use by pid 4711 (nginx)", "--port");
        set(ClusterSettings.ADDRESS, "head.example:6379");
        assertFound(Result.OK, "port", "none of its own", "");
    }

    @Test
    void addressesThatOthersDoNotReachAreSaid() {
        set(GcsSettings.HOST, "10.0.0.99");
        assertFound(Result.FAIL, "address", "gcs.host=10.0.0.99 is no address of this host", "--gcs-host");
        set(GcsSettings.HOST, "0.0.0.0");
        assertFound(Result.WARN, "address", "gcs.host=0.0.0.0", "--node-host");
        set(ClusterSettings.HOST, "10.0.0.7");
        assertFound(Result.OK, "address", "10.0.0.7", "");
    }

    @Test
    void limitsOfAUserAreHeldAgainstWhatANodeNeeds() {
        host.texts.put("/proc/self/limits", "Max processes  500  500  processes\nMax open files  512  4096  files\n");
        assertFound(Result.WARN, "open files", "4096 per process", "LimitNOFILE");
        assertFound(Result.WARN, "processes", "500 threads of a user, needed 320 for 8 JVMs", "TasksMax");
        host.texts.put("/proc/self/limits", "Max processes  100  100  processes\nMax open files  64  64  files\n");
        assertFound(Result.FAIL, "open files", "64 per process", "LimitNOFILE");
        assertFound(Result.FAIL, "processes", "100 threads", "TasksMax");
        host.texts.put("/proc/self/limits", "Max processes  unlimited  unlimited  processes\n");
        host.texts.remove("/proc/sys/kernel/threads-max");
        assertFound(Result.OK, "processes", "unlimited", "");
    }

    @Test
    void theKernelIsLookedAt() {
        host.texts.put("/proc/sys/kernel/osrelease", "4.18.0-477.el8.x86_64\n");
        host.texts.put("/proc/sys/vm/overcommit_memory", "2\n");
        host.clockErrorUs = OptionalLong.empty();
        assertFound(Result.FAIL, "kernel", "4.18.0", "newer");
        assertFound(Result.WARN, "overcommit", "=2", "sysctl");
        assertFound(Result.WARN, "clock", "nothing keeps it right", "chrony");
        host.texts.put("/proc/sys/kernel/osrelease", "5.4.0\n");
        assertFound(Result.OK, "kernel", "5.4.0", "");
    }

    @Test
    void hugePagesAreThereIfTheyWereAskedFor() {
        assertFound(Result.OK, "huge pages", "not asked for", "");
        set(StoreSettings.MEMORY, "512m");
        set(StoreSettings.HUGE_PAGES, "explicit");
        assertFound(Result.FAIL, "huge pages", "20 MiB free, needed 512 MiB", "vm.nr_hugepages=256");
        set(StoreSettings.HUGE_PAGES, "transparent");
        assertFound(Result.OK, "huge pages", "[advise]", "");
        host.texts.put("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "always advise [never]\n");
        assertFound(Result.WARN, "huge pages", "[never]", "shmem_enabled");
    }

    @Test
    void secretsThatOthersMayReadFail() {
        assertFound(Result.OK, "secrets", "none yet", "");
        host.modes.put("/var/lib/thornback/cluster/secret", "rw-------");
        assertFound(Result.OK, "secrets", "only their user", "");
        host.modes.put("/var/lib/thornback/latest/token", "rw-r-----");
        assertFound(Result.FAIL, "secrets", "/var/lib/thornback/latest/token (rw-r-----)", "chmod go-rwx");
    }

    @Test
    void leftoversAndFlagsAreNamed() {
        host.left.add(new Leftovers(Path.of("/dev/shm/thornback/session-1"), 2));
        assertFound(
                Result.WARN, "leftovers", "/dev/shm/thornback/session-1, and 2 processes", "next 'thornback start'");
        host.flags = List.of("--add-opens=a/b=ALL-UNNAMED");
        assertFound(Result.FAIL, "java flags", "--add-opens=a/b=ALL-UNNAMED", "thornback run");
    }

    @Test
    void thisHostCanBeExamined(@TempDir Path folder) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            configuration = new ConfigurationSources()
                    .code(NodeConfig.DIR, folder.resolve("dir").toString())
                    .code(GcsSettings.PORT, Integer.toString(socket.getLocalPort()))
                    .resolve();
            List<Finding> findings = Doctor.examine(configuration, new ThisHost());
            Finding port = findings.stream()
                    .filter(finding -> finding.check().equals("port"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(Result.FAIL, port.result());
            String self = "in use by pid " + ProcessHandle.current().pid() + " (";
            assertTrue(port.found().contains(self), port.toString());
            for (String well : List.of("java", "java flags", "kernel")) {
                assertTrue(
                        findings.stream()
                                .anyMatch(finding -> finding.check().equals(well) && finding.result() == Result.OK),
                        findings.toString());
            }
        }
    }

    @Test
    void aNumberOfTheKernelIsReadWhole() {
        String most = new ThisHost()
                .text(Path.of("/proc/sys/kernel/threads-max"))
                .orElseThrow()
                .strip();
        assertTrue(Long.parseLong(most) > 1_000, most);
    }
}
