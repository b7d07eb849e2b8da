/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads how much memory is in use, again and again and cheaply: of the host, and of every control group of either version that limits this process. What the kernel can drop at once is not in use: available memory of the host,
 * inactive file pages of a group. What lies in shared memory is.
 *
 * <p>Sources: {@code proc(5)} for {@code meminfo}, the kernel's cgroup-v2 and cgroup-v1/memory documents for the rest. One thread.
 */
public final class MemoryReader {
    private static final long KIB = 1024;

    private final Path root;
    private final List<Group> groups = new ArrayList<>();

    private record Group(Path limit, Path usage, Path stat, String inactive) {}

    /** Looks at this host. */
    public static MemoryReader ofHost() {
        return new MemoryReader(Path.of("/"));
    }

    /** As {@link #ofHost}, with {@code proc} and {@code sys} below another root. */
    MemoryReader(final Path root) {
        this.root = root;
        final CgroupHierarchy hierarchy;
        try {
            hierarchy = CgroupHierarchy.read(root);
        } catch (final IOException e) {
            throw new HostDetectionException("cannot read which control groups this process is in: " + e, e);
        }
        for (final Path directory : hierarchy.version2()) {
            groups.add(new Group(
                    directory.resolve("memory.max"),
                    directory.resolve("memory.current"),
                    directory.resolve("memory.stat"),
                    "inactive_file "));
        }
        for (final Path directory : hierarchy.version1("memory")) {
            groups.add(new Group(
                    directory.resolve("memory.limit_in_bytes"),
                    directory.resolve("memory.usage_in_bytes"),
                    directory.resolve("memory.stat"),
                    "total_inactive_file "));
        }
    }

    /** The usage of what is nearest to its limit. */
    public MemoryUsage read() {
        MemoryUsage tightest = host();
        for (final Group group : groups) {
            final Optional<MemoryUsage> usage = usageOf(group);
            if (usage.isPresent() && usage.get().share() > tightest.share()) {
                tightest = usage.get();
            }
        }
        return tightest;
    }

    private MemoryUsage host() {
        final Path file = root.resolve("proc/meminfo");
        final String text = text(file);
        final long total = field(text, "MemTotal:");
        final long available = field(text, "MemAvailable:");
        if (total <= 0 || available < 0) {
            return new MemoryUsage(0, ResourceAmount.MAX_WHOLE, "unknown: " + file + " cannot be read");
        }
        return new MemoryUsage((total - available) * KIB, total * KIB, "host");
    }

    private static Optional<MemoryUsage> usageOf(final Group group) {
        final long limit = number(text(group.limit()));
        final long used = number(text(group.usage()));
        if (limit <= 0 || limit > ResourceAmount.MAX_WHOLE || used < 0) {
            return Optional.empty();
        }
        final long inactive = Math.max(0, field(text(group.stat()), group.inactive()));
        return Optional.of(new MemoryUsage(Math.max(0, used - inactive), limit, "cgroup " + group.limit()));
    }

    /** Memory of its own that the process has, in bytes; 0 if it is gone. */
    public long privateBytes(final long pid) {
        return Math.max(0, field(text(root.resolve("proc/" + pid + "/status")), "RssAnon:")) * KIB;
    }

    /** The number after this name at the start of a line; -1 if there is none. */
    private static long field(final String text, final String name) {
        final int at = text.startsWith(name) ? 0 : text.indexOf("\n" + name) + 1;
        if (at == 0 && !text.startsWith(name)) {
            return -1;
        }
        int from = at + name.length();
        while (from < text.length() && (text.charAt(from) == ' ' || text.charAt(from) == '\t')) {
            from++;
        }
        int to = from;
        while (to < text.length() && Character.isDigit(text.charAt(to))) {
            to++;
        }
        return number(text.substring(from, to));
    }

    private static long number(final String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (final NumberFormatException e) {
            return -1; // "max", or no such file
        }
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (final IOException e) {
            return "";
        }
    }
}
