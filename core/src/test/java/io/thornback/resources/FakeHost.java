/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that looks like {@code /} of a host with 8 CPUs and 16 GiB. */
final class FakeHost {
    static final long GIB = 1L << 30;

    private final Path root;

    FakeHost(Path root) {
        this.root = root;
        file("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:         1000000 kB\n");
        file("sys/devices/system/cpu/online", "0-7\n");
        file("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-7\n");
    }

    FakeHost file(String path, String content) {
        final Path file = root.resolve(path);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    FakeHost version2(String group, String mountRoot) {
        file("proc/self/cgroup", "0::" + group + "\n");
        return file(
                "proc/self/mountinfo",
                "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n31 23 0:27 " + mountRoot
                        + " /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
    }

    FakeHost version1(String group, String mountRoot) {
        file(
                "proc/self/cgroup",
                "9:name=systemd:/\n4:memory:" + group + "\n3:cpuset:" + group + "\n2:cpu,cpuacct:" + group
                        + "\n0::/\n");
        return file(
                "proc/self/mountinfo",
                "33 31 0:30 " + mountRoot + " /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                        + "34 31 0:31 " + mountRoot + " /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
                        + "35 31 0:32 " + mountRoot + " /sys/fs/cgroup/memory rw master:3 - cgroup cgroup rw,memory\n"
                        + "36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    }

    HostResources detect() {
        return HostResources.detect(root, root.resolve("dev/shm/not/there/yet"));
    }
}
