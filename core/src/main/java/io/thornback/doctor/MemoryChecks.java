/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import static io.thornback.config.MemoryAmount.describe;

import io.thornback.config.Configuration;
import io.thornback.config.StoreSettings;
import io.thornback.resources.HostResources;
import io.thornback.resources.MemoryPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory, shared memory, huge pages, and the control groups that limit them. */
final class MemoryChecks {
    private static final String SHM = "shared memory";
    private static final String HUGE = "huge pages";
    private static final int SMALL_PERCENT = 20;

    private final Configuration configuration;
    private final Host host;
    private final HostResources resources;

    MemoryChecks(Configuration configuration, Host host, HostResources resources) {
        this.configuration = configuration;
        this.host = host;
        this.resources = resources;
    }

    Finding plan(MemoryPlan plan, boolean runs) {
        return Finding.ok(
                "memory",
                describe(plan.totalBytes().value()) + " (" + plan.totalBytes().source() + "), object store "
                        + describe(plan.arenaBytes().value()) + ", workers " + describe(plan.workersBytes()) + " on "
                        + plan.cpus().value() + " CPUs"
                        + (runs ? ", as the node runs" : ""));
    }

    /** A store that nobody asked to be small, and that is far below its share of the memory, has too small a file system. */
    Finding sharedMemory(MemoryPlan plan, boolean runs) {
        Path dir = configuration.node().shmDir();
        Host.Space space;
        try {
            space = host.space(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String found = describe(resources.shmFreeBytes().value()) + " free of " + describe(resources.shmSizeBytes())
                + " (" + space.type() + " at " + dir + ")";
        if (!space.isWritable()) {
            return Finding.fail(SHM, found + ", which this user may not write to", "choose another with --shm-dir");
        }
        if (!space.type().equals("tmpfs") && !space.type().equals("hugetlbfs")) {
            return Finding.warn(
                    SHM, found + ": no memory but a disk", "mount a tmpfs there, or choose another with --shm-dir");
        }
        long arena = plan.arenaBytes().value();
        boolean isSmall = arena < plan.totalBytes().value() / 100 * SMALL_PERCENT
                && configuration.origin(StoreSettings.MEMORY).equals("default");
        return isSmall && !runs
                ? Finding.warn(
                        SHM,
                        found + ": the object store gets " + describe(arena) + " only",
                        "mount -o remount,size=50% /dev/shm; in a container --shm-size, in Kubernetes an emptyDir with medium Memory")
                : Finding.ok(SHM, found);
    }

    Finding hugePages(MemoryPlan plan) {
        String mode = configuration.store().hugePages();
        if (mode.equals("transparent")) {
            String enabled = host.text(Path.of("/sys/kernel/mm/transparent_hugepage/shmem_enabled"))
                    .orElse("")
                    .strip();
            return enabled.contains("[never]") || enabled.contains("[deny]") || enabled.isEmpty()
                    ? Finding.warn(
                            HUGE,
                            "transparent, but the kernel gives none: " + enabled,
                            "echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled")
                    : Finding.ok(HUGE, "transparent: " + enabled);
        }
        if (!mode.equals("explicit")) {
            return Finding.ok(HUGE, "not asked for (store.huge-pages=" + mode + ")");
        }
        String meminfo = host.text(Path.of("/proc/meminfo")).orElse("");
        long pageBytes = field(meminfo, "Hugepagesize") << 10;
        long freeBytes = field(meminfo, "HugePages_Free") * pageBytes;
        long arena = plan.arenaBytes().value();
        String found = "explicit: " + describe(freeBytes) + " free, needed " + describe(arena);
        return freeBytes < arena && pageBytes > 0
                ? Finding.fail(HUGE, found, "sysctl vm.nr_hugepages=" + (arena + pageBytes - 1) / pageBytes)
                : Finding.ok(HUGE, found);
    }

    private static long field(String meminfo, String name) {
        Matcher line = Pattern.compile("(?m)^" + name + ":\\s+(\\d{1,15})").matcher(meminfo);
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }

    Finding cgroup() {
        String groups = host.text(Path.of("/proc/self/cgroup")).orElse("");
        String limits = "CPUs " + resources.cpus() + ", memory "
                + describe(resources.memoryBytes().value()) + " ("
                + resources.memoryBytes().source() + ")";
        Matcher unified = Pattern.compile("(?m)^0::(/.*)$").matcher(groups);
        boolean hasOthers =
                Pattern.compile("(?m)^[1-9]\\d*:[^:]+:").matcher(groups).find();
        if (!unified.find() || hasOthers) {
            return Finding.ok("cgroup", (groups.isBlank() ? "none; " : "version 1; ") + limits);
        }
        Path folder = Path.of("/sys/fs/cgroup" + unified.group(1));
        return Finding.ok(
                "cgroup",
                "version 2, " + (host.isWritable(folder) ? "groups may be made in " : "no groups may be made in ")
                        + folder + "; " + limits);
    }
}
