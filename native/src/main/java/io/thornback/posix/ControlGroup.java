/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A control group of the kernel's ({@code cgroups(7)}, version 2) as a set of processes that cannot leave it: whatever a member starts is a member, with whatever session, parent and environment.
 * No controllers are used. The kernel keeps it: it is there, and means the same to everybody, as long as its folder is. Any thread.
 *
 * @param folder in the control groups' file system
 */
public record ControlGroup(Path folder) {

    private static final String MEMBERS = "cgroup.procs";
    private static final String KILL = "cgroup.kill";
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * Makes a group below the one of this process.
     *
     * @param name of its folder, which must not be there
     * @throws IOException that says what is missing: no version 2 here (a kernel before 5.14, a host that has only version 1), or it is not ours to change (another user's, or mounted read-only)
     */
    public static ControlGroup create(final String name) throws IOException {
        return create(own().resolve(name));
    }

    private static ControlGroup create(final Path folder) throws IOException {
        Files.createDirectory(folder);
        if (!Files.isWritable(folder.resolve(KILL))) {
            Files.delete(folder);
            throw new IOException("no " + KILL + " in " + folder + ": that takes Linux 5.14");
        }
        return new ControlGroup(folder);
    }

    /** Makes a group below this one, of a name that is not there yet. */
    public ControlGroup child(final String name) throws IOException {
        return create(folder.resolve(name));
    }

    /** Moves a process into it; what that has started before stays where it is. */
    public void add(final long pid) throws IOException {
        Files.writeString(folder.resolve(MEMBERS), Long.toString(pid));
    }

    /** Kills all members (SIGKILL), those of the groups below too, and none escapes by starting another. They end soon after; nothing happens if the group is gone. */
    public void kill() throws IOException {
        final Path file = folder.resolve(KILL);
        if (Files.exists(file)) {
            Files.writeString(file, "1");
        }
    }

    /**
     * Kills all members and removes it with the groups below, as soon as they have ended.
     *
     * @return whether it is gone; false if they take longer than that
     */
    public boolean end(final Duration limit) throws IOException {
        kill();
        final long beganNs = System.nanoTime();
        while (!remove()) {
            if (System.nanoTime() - beganNs > limit.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return true;
    }

    /**
     * Removes it and the groups below; those that have members that live are left.
     *
     * @return whether it is gone
     */
    public boolean remove() {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (final Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    new ControlGroup(entry).remove();
                }
            }
            Files.delete(folder);
            return true;
        } catch (final IOException e) {
            return !Files.exists(folder);
        }
    }

    /** Folder of this process's own group. */
    private static Path own() throws IOException {
        final String path = Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> line.substring("0::".length()))
                .findFirst()
                .orElseThrow(() -> new IOException("this process is in no control group of version 2"));
        for (final String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            final Optional<Path> folder = below(line.split(" ", -1), Path.of(path));
            if (folder.isPresent() && Files.isRegularFile(folder.get().resolve(MEMBERS))) {
                return folder.get();
            }
        }
        throw new NotDirectoryException("no file system of control groups of version 2 shows " + path);
    }

    /**
     * Where a mount shows a group.
     *
     * @param fields of a line of {@code proc_pid_mountinfo(5)}: the fourth is the root of the mount, the fifth where it is, and after a dash comes the type
     */
    static Optional<Path> below(final String[] fields, final Path group) {
        for (int i = 6; i < fields.length - 1; i++) {
            if (fields[i].equals("-") && fields[i + 1].equals("cgroup2")) {
                final Path root = Path.of(fields[3]);
                return group.startsWith(root)
                        ? Optional.of(Path.of(fields[4])
                                .resolve(root.relativize(group).toString()))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }
}
