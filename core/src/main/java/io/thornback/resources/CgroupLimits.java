/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tightest limits that control groups of either version put on this process; both are asked, because hosts exist
 * that mount some controllers as version 1 beside an empty version 2 tree.
 *
 * <p>"No limit" is {@code max} in version 2, {@code -1} for a quota of version 1, and a number of about 2^63 for a
 * memory limit of version 1, which the caller's minimum with the host's memory disposes of.
 */
final class CgroupLimits {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupLimits.class);

    /** Larger memory limits are the kernel's way to say none (PAGE_COUNTER_MAX in bytes, less rounding). */
    private static final long NO_LIMIT_BYTES = ResourceAmount.MAX_WHOLE;

    private final CgroupHierarchy hierarchy;

    CgroupLimits(CgroupHierarchy hierarchy) {
        this.hierarchy = hierarchy;
    }

    /** The lowest memory limit in bytes, or empty. {@code memory.high} counts: above it the kernel throttles. */
    Optional<Sourced<Long>> memoryBytes() {
        Sourced<Long> lowest = null;
        for (Path directory : hierarchy.version2()) {
            lowest = lower(lowest, memoryIn(directory.resolve("memory.max")));
            lowest = lower(lowest, memoryIn(directory.resolve("memory.high")));
        }
        for (Path directory : hierarchy.version1("memory")) {
            lowest = lower(lowest, memoryIn(directory.resolve("memory.limit_in_bytes")));
        }
        return Optional.ofNullable(lowest);
    }

    /** The lowest CPU quota, as CPUs with fractions, or empty. */
    Optional<Sourced<Double>> cpuQuota() {
        Sourced<Double> lowest = null;
        for (Path directory : hierarchy.version2()) {
            final Path file = directory.resolve("cpu.max");
            final String[] fields = text(file).split("\\s+", 2);
            if (fields.length == 2) {
                lowest = lower(lowest, quota(file, fields[0], fields[1]));
            }
        }
        for (Path directory : hierarchy.version1("cpu")) {
            final Path file = directory.resolve("cpu.cfs_quota_us");
            lowest = lower(lowest, quota(file, text(file), text(directory.resolve("cpu.cfs_period_us"))));
        }
        return Optional.ofNullable(lowest);
    }

    /** How many CPUs the innermost cpuset that names any allows, or empty; sets only narrow on the way down. */
    Optional<Sourced<Integer>> cpusetSize() {
        for (Path directory : hierarchy.version2()) {
            final Sourced<Integer> size = cpusIn(directory.resolve("cpuset.cpus.effective"));
            if (size != null) {
                return Optional.of(size);
            }
        }
        for (Path directory : hierarchy.version1("cpuset")) {
            Sourced<Integer> size = cpusIn(directory.resolve("cpuset.effective_cpus"));
            size = size == null ? cpusIn(directory.resolve("cpuset.cpus")) : size;
            if (size != null) {
                return Optional.of(size);
            }
        }
        return Optional.empty();
    }

    private static Sourced<Integer> cpusIn(Path file) {
        final String text = text(file);
        final List<Integer> cpus = HostResources.cpuList(text);
        return cpus.isEmpty() ? null : new Sourced<>(cpus.size(), source(file));
    }

    private static Sourced<Long> memoryIn(Path file) {
        final Long bytes = number(file, text(file));
        return bytes == null || bytes < 0 || bytes > NO_LIMIT_BYTES ? null : new Sourced<>(bytes, source(file));
    }

    private static Sourced<Double> quota(Path file, String quotaText, String periodText) {
        final Long quotaUs = number(file, quotaText);
        final Long periodUs = number(file, periodText);
        if (quotaUs == null || periodUs == null || quotaUs <= 0 || periodUs <= 0) {
            return null;
        }
        return new Sourced<>((double) quotaUs / periodUs, source(file));
    }

    private static <T extends Comparable<T>> Sourced<T> lower(Sourced<T> a, Sourced<T> b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return b.value().compareTo(a.value()) < 0 ? b : a;
    }

    private static Long number(Path file, String text) {
        if (text.isEmpty() || text.equals("max")) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            LOG.warn("ignoring {}: not a number: '{}'", file, text);
            return null;
        }
    }

    /** The file's content without surrounding space; empty if there is no such file (the root group has no limits). */
    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            LOG.warn("cannot read {}: {}", file, e.toString());
            return "";
        }
    }

    private static String source(Path file) {
        return "cgroup " + file;
    }
}
