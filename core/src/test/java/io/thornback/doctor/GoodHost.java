/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import io.thornback.config.NodeConfig;
import io.thornback.node.Leftovers;
import io.thornback.node.NodeFile;
import io.thornback.resources.HostResources;
import io.thornback.resources.Sourced;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A host on which all is well, until a test makes something worse. */
class GoodHost implements Host {
    static final long GIB = 1L << 30;

    final Map<String, String> texts = new HashMap<>(Map.of(
            "/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n",
            "/proc/sys/vm/overcommit_memory", "0\n",
            "/proc/sys/kernel/threads-max", "255000\n",
            "/proc/self/cgroup", "0::/system.slice/thornback.service\n",
            "/proc/meminfo", "HugePages_Free:       10\nHugepagesize:       2048 kB\n",
            "/sys/kernel/mm/transparent_hugepage/shmem_enabled", "always within_size [advise] never deny force\n",
            "/proc/self/limits", """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             127000               127000               processes
            Max open files            1024                 524288               files
            """));
    final Map<String, String> modes = new HashMap<>();
    final Set<String> addresses = new HashSet<>(Set.of("127.0.0.1", "0.0.0.0", "10.0.0.7"));
    final List<Leftovers> left = new ArrayList<>();
    List<String> flags = List.of();
    OptionalLong clockErrorUs = OptionalLong.of(2_500);
    Space disk = new Space("ext4", 50 * GIB, 100 * GIB, true);
    Space shm = new Space("tmpfs", 8 * GIB, 8 * GIB, true);
    String listener;

    @Override
    public Optional<String> text(Path file) {
        return Optional.ofNullable(texts.get(file.toString()));
    }

    @Override
    public Space space(Path folder) {
        return folder.startsWith("/dev/shm") ? shm : disk;
    }

    @Override
    public Optional<String> permissions(Path file) {
        return Optional.ofNullable(modes.get(file.toString()));
    }

    @Override
    public boolean isWritable(Path folder) {
        return true;
    }

    @Override
    public HostResources resources(Path shmDir) {
        return new HostResources(
                new Sourced<>(4, "host"),
                new Sourced<>(16 * GIB, "host"),
                new Sourced<>(shm.freeBytes(), "free space of tmpfs at /dev/shm"),
                shm.sizeBytes());
    }

    @Override
    public Optional<String> listener(String address, int port) {
        return Optional.ofNullable(listener);
    }

    @Override
    public boolean isOwnAddress(String address) {
        return addresses.contains(address);
    }

    @Override
    public OptionalLong clockErrorUs() {
        return clockErrorUs;
    }

    @Override
    public Optional<NodeFile> running(Path dir) {
        return Optional.empty();
    }

    @Override
    public List<Leftovers> leftovers(NodeConfig config) {
        return left;
    }

    @Override
    public String java() {
        return "17.0.9 in /usr/lib/jvm/java-17";
    }

    @Override
    public List<String> missingFlags() {
        return flags;
    }
}
