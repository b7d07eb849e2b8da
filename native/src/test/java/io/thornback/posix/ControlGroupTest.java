/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ControlGroupTest {

    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(5);

    private static Optional<Path> below(String line, String group) {
        return ControlGroup.below(line.split(" ", -1), Path.of(group));
    }

    @Test
    void aGroupIsWhereTheMountShowsIt() {
        String whole = "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw";
        assertEquals(Optional.of(Path.of("/sys/fs/cgroup")), below(whole, "/"));
        assertEquals(Optional.of(Path.of("/sys/fs/cgroup/system.slice/x")), below(whole, "/system.slice/x"));
        String part = "35 24 0:30 /pods/7 /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw";
        assertEquals(Optional.of(Path.of("/sys/fs/cgroup/x")), below(part, "/pods/7/x"));
        assertEquals(Optional.empty(), below(part, "/pods/8/x"), "not in what is mounted");
        assertEquals(
                Optional.empty(),
                below("34 24 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", "/"),
                "version 1");
        assertEquals(Optional.empty(), below("36 24 0:31 / /tmp rw shared:1 - tmpfs cgroup2 rw", "/"));
    }

    private static ControlGroup create() {
        try {
            return ControlGroup.create(
                    "thornback-test-" + ProcessIdentity.current().pid());
        } catch (IOException e) {
            return abort("no control groups for us here: " + e);
        }
    }

    private static void eventually(String what, java.util.function.BooleanSupplier condition) {
        long beganNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - beganNs < LIMIT_NS, what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void whatAMemberStartsEndsWithTheGroupWhateverItDoes() throws IOException, InterruptedException {
        ControlGroup group = create();
        Process shell =
                new ProcessBuilder("sh", "-c", "read go; env -i setsid sleep 600 >/dev/null 2>&1 & echo $!").start();
        try {
            ControlGroup child = group.child("one");
            child.add(shell.pid());
            shell.outputWriter().write("go\n");
            shell.outputWriter().flush();
            ProcessIdentity daemon = ProcessIdentity.of(
                            Long.parseLong(shell.inputReader().readLine()))
                    .orElseThrow();
            assertTrue(shell.waitFor(5, TimeUnit.SECONDS));
            assertTrue(daemon.isAlive());
            assertFalse(group.remove(), "it has a member");
            group.kill();
            eventually("it lives", () -> !daemon.isAlive());
            eventually("not removed", group::remove);
            assertFalse(Files.exists(group.folder()));
            group.kill(); // of what is gone: nothing
            assertTrue(group.remove());
        } finally {
            shell.destroyForcibly();
            group.kill();
            eventually("not removed", group::remove);
        }
    }
}
