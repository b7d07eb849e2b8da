/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the files of this user's nodes are unless something else was said. */
public final class UserPaths {

    private UserPaths() {}

    /** The numeric id of the user that runs this process. */
    public static int userId() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /proc/self: is /proc mounted?", e);
        }
    }

    /** {@code thornback-<uid>} in the JVM's temporary folder. */
    public static Path defaultDir() {
        return Path.of(System.getProperty("java.io.tmpdir"), "thornback-" + userId());
    }

    /** {@code /dev/shm/thornback-<uid>}. */
    public static Path defaultShmDir() {
        return Path.of("/dev/shm", "thornback-" + userId());
    }

    /** The host's name as the kernel knows it, without asking a name server. */
    static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /proc/sys/kernel/hostname: is /proc mounted?", e);
        }
    }
}
