/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import io.thornback.posix.PosixException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Java, the kernel, and what it allows a user. */
final class SystemChecks {
    private static final int OLDEST_MAJOR = 5;
    private static final int OLDEST_MINOR = 4;
    private static final long LEAST_DESCRIPTORS = 1024;
    private static final long GOOD_DESCRIPTORS = 8192;
    /** A role or worker has 25 to 40. */
    private static final long THREADS_PER_PROCESS = 40;

    private static final long LARGE_CLOCK_ERROR_US = 1_000_000;
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

    private final Host host;

    SystemChecks(Host host) {
        this.host = host;
    }

    Finding java() {
        return Finding.ok("java", host.java());
    }

    Finding flags() {
        List<String> missing = host.missingFlags();
        return missing.isEmpty()
                ? Finding.ok("java flags", "packages are open as needed")
                : Finding.fail(
                        "java flags",
                        "missing " + String.join(" ", missing),
                        "start programs with 'thornback run', or with java @<home>/conf/thornback.args");
    }

    Finding kernel() {
        String release = line("/proc/sys/kernel/osrelease");
        Matcher parts = RELEASE.matcher(release);
        if (!parts.matches()) {
            return Finding.fail("kernel", "cannot be told from '" + release + "'", "mount /proc");
        }
        int major = Integer.parseInt(parts.group(1));
        int minor = Integer.parseInt(parts.group(2));
        return major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR)
                ? Finding.ok("kernel", release)
                : Finding.fail("kernel", release + ", oldest that will do is 5.4", "use a newer kernel");
    }

    Finding overcommit() {
        String mode = line("/proc/sys/vm/overcommit_memory");
        return mode.equals("2")
                ? Finding.warn(
                        "overcommit",
                        "vm.overcommit_memory=2: what is reserved counts as used, and JVMs reserve much",
                        "sysctl vm.overcommit_memory=0, or raise vm.overcommit_ratio")
                : Finding.ok("overcommit", mode.isEmpty() ? "cannot be known" : "vm.overcommit_memory=" + mode);
    }

    Finding clock() {
        try {
            OptionalLong errorUs = host.clockErrorUs();
            if (errorUs.isPresent() && errorUs.getAsLong() < LARGE_CLOCK_ERROR_US) {
                return Finding.ok("clock", "kept right to " + errorUs.getAsLong() / 1000 + " ms");
            }
            return Finding.warn(
                    "clock",
                    errorUs.isPresent()
                            ? "may be wrong by " + errorUs.getAsLong() / 1000 + " ms"
                            : "nothing keeps it right: certificates of other hosts may seem too new or too old",
                    "run chrony or systemd-timesyncd (on the host, if this is a container)");
        } catch (PosixException e) {
            return Finding.ok("clock", "whether it is kept right cannot be known here: " + e.getMessage());
        }
    }

    /** The JVM raises its soft limit to the hard one, and children inherit that. */
    Finding fileDescriptors() {
        long limit = hardLimit("Max open files");
        String found = text(limit) + " per process (hard limit)";
        if (limit >= GOOD_DESCRIPTORS) {
            return Finding.ok("open files", found);
        }
        String remedy = "LimitNOFILE=65536 of the unit, ulimit -Hn 65536, or /etc/security/limits.conf";
        return limit < LEAST_DESCRIPTORS
                ? Finding.fail("open files", found + ", needed " + LEAST_DESCRIPTORS, remedy)
                : Finding.warn("open files", found + ", better " + GOOD_DESCRIPTORS, remedy);
    }

    /** @param jvms that a node has to begin with */
    Finding processes(int jvms) {
        long limit = Math.min(hardLimit("Max processes"), number("/proc/sys/kernel/threads-max"));
        long needed = jvms * THREADS_PER_PROCESS;
        String found = text(limit) + " threads of a user, needed " + needed + " for " + jvms + " JVMs";
        String remedy = "LimitNPROC or TasksMax of the unit, ulimit -u, or --cpus and --workers with less";
        if (limit < needed) {
            return Finding.fail("processes", found, remedy);
        }
        return limit < 2 * needed ? Finding.warn("processes", found, remedy) : Finding.ok("processes", found);
    }

    private long hardLimit(String name) {
        for (String line :
                host.text(Path.of("/proc/self/limits")).orElse("").lines().toList()) {
            if (line.startsWith(name + " ")) {
                String[] words = line.substring(name.length()).strip().split("\\s+", -1);
                return words[1].equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(words[1]);
            }
        }
        return Long.MAX_VALUE;
    }

    private static String text(long limit) {
        return limit == Long.MAX_VALUE ? "unlimited" : Long.toString(limit);
    }

    private long number(String file) {
        String text = line(file);
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }

    private String line(String file) {
        return host.text(Path.of(file)).orElse("").strip();
    }
}
