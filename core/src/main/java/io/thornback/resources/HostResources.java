/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import oshi.util.FileUtil;
import oshi.util.ParseUtil;

/**
 * What this process may use of its host: the hardware, capped by affinity and control groups.
 *
 * <p>The hardware is read with OSHI's parsers of {@code /proc} and {@code /sys}, not through its {@code SystemInfo}:
 * that loads JNA and udev to answer the same question, 70 ms against 8 in a fresh JVM.
 *
 * @param cpus whole CPUs, at least 1; a fractional quota is rounded down, as a task that holds a CPU should get one
 * @param memoryBytes memory that this process and its children may use together
 * @param shmFreeBytes free space in the file system that holds shared memory
 * @param shmSizeBytes size of that file system
 */
public record HostResources(
        Sourced<Integer> cpus, Sourced<Long> memoryBytes, Sourced<Long> shmFreeBytes, long shmSizeBytes) {

    /**
     * Looks at this host. Reads about a dozen small files; blocks for milliseconds.
     *
     * @param shmDir the folder for shared memory; need not exist yet
     */
    public static HostResources detect(Path shmDir) {
        return detect(Path.of("/"), shmDir);
    }

    /** As {@link #detect(Path)}, with {@code proc} and {@code sys} looked up below another root. */
    static HostResources detect(Path root, Path shmDir) {
        try {
            final CgroupLimits limits = new CgroupLimits(CgroupHierarchy.read(root));
            final Path existing = nearestExisting(shmDir.toAbsolutePath());
            final FileStore store = Files.getFileStore(existing);
            return new HostResources(
                    cpus(root, limits),
                    memory(root, limits),
                    new Sourced<>(store.getUsableSpace(), "free space of " + store.type() + " at " + existing),
                    store.getTotalSpace());
        } catch (IOException e) {
            throw new HostDetectionException("cannot tell what this host has: " + e, e);
        }
    }

    private static Sourced<Integer> cpus(Path root, CgroupLimits limits) {
        Sourced<Integer> lowest = onlineCpus(root);
        // A cpuset narrows the affinity too: asked first, it is named as the source.
        final Optional<Sourced<Integer>> cpuset = limits.cpusetSize();
        if (cpuset.isPresent() && cpuset.get().value() < lowest.value()) {
            lowest = cpuset.get();
        }
        final List<Integer> affinity = cpuList(statusField(root, "Cpus_allowed_list"));
        if (!affinity.isEmpty() && affinity.size() < lowest.value()) {
            lowest = new Sourced<>(affinity.size(), "CPU affinity, " + root.resolve("proc/self/status"));
        }
        final Optional<Sourced<Double>> quota = limits.cpuQuota();
        if (quota.isPresent() && quota.get().value() < lowest.value()) {
            lowest = new Sourced<>(
                    Math.max(1, (int) Math.floor(quota.get().value())),
                    quota.get().source());
        }
        return lowest;
    }

    private static Sourced<Integer> onlineCpus(Path root) {
        final Path file = root.resolve("sys/devices/system/cpu/online");
        final List<Integer> online =
                Files.exists(file) ? cpuList(FileUtil.getStringFromFile(file.toString())) : List.of();
        return online.isEmpty()
                ? new Sourced<>(Runtime.getRuntime().availableProcessors(), "host (as the JVM counts)")
                : new Sourced<>(online.size(), "host");
    }

    private static Sourced<Long> memory(Path root, CgroupLimits limits) {
        final Path file = root.resolve("proc/meminfo");
        final Map<String, String> meminfo = FileUtil.getKeyValueMapFromFile(file.toString(), ":");
        final String total = meminfo.get("MemTotal");
        if (total == null) {
            throw new HostDetectionException("no MemTotal in " + file, null);
        }
        final long hostBytes = ParseUtil.parseDecimalMemorySizeToBinary(total);
        final Optional<Sourced<Long>> limit = limits.memoryBytes();
        return limit.isPresent() && limit.get().value() < hostBytes ? limit.get() : new Sourced<>(hostBytes, "host");
    }

    private static String statusField(Path root, String name) {
        final Path file = root.resolve("proc/self/status");
        if (!Files.exists(file)) {
            return "";
        }
        return FileUtil.getKeyValueMapFromFile(file.toString(), ":").getOrDefault(name, "");
    }

    /** The kernel's list format, {@code 0-3,8}. */
    static List<Integer> cpuList(String text) {
        return text.isBlank() ? List.of() : ParseUtil.parseHyphenatedIntList(text.strip());
    }

    private static Path nearestExisting(Path path) {
        Path existing = path;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }
}
