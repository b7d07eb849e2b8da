/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Signals to processes and groups, and what a process decides about its own end. Any thread.
 */
public final class ProcessControl {

    /** Environment variable in which a {@link Spawner} tells its children its pid. */
    public static final String PARENT_PID_VARIABLE = "THORNBACK_PARENT_PID";

    /** Exit code of a process that found its parent dead. */
    public static final int PARENT_DIED_EXIT_CODE = 71;

    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_GET_CHILD_SUBREAPER = 37;
    private static final long PRCTL = Libc.symbol("prctl");
    private static final long GETPPID = Libc.symbol("getppid");
    private static final long EXIT = Libc.symbol("_exit");

    private ProcessControl() {}

    /**
     * Ends this process now ({@code _exit(2)}): no shutdown hook runs, and nothing of the JVM's own, as when it is killed. What {@link Runtime#halt} adds to that is a wait, 300 ms in all, for threads that are in native code, and one that
     * reads a pipe is there for as long as its other end lives ({@code VM_Exit::wait_for_threads_in_native_to_block} of HotSpot).
     *
     * @param exitCode 0 to 255
     * @return nothing; declared so that a caller can say {@code throw}
     */
    public static IllegalStateException exitNow(final int exitCode) {
        Libc.call(EXIT, exitCode);
        return new IllegalStateException("_exit has returned");
    }

    /**
     * As {@link #dieWithParent(long)} with the pid that the {@link Spawner} left in the environment.
     *
     * @throws IllegalStateException if the process was not started by a {@link Spawner}
     */
    public static void dieWithParent() {
        final String parent = System.getenv(PARENT_PID_VARIABLE);
        if (parent == null || !parent.matches("\\d{1,18}")) {
            throw new IllegalStateException(
                    PARENT_PID_VARIABLE + "=" + parent + ": not started by a Spawner; name the parent, or do without");
        }
        dieWithParent(Long.parseLong(parent));
    }

    /**
     * From now on the kernel kills this process (SIGKILL) when the thread that spawned it ends ({@code prctl(2)},
     * PR_SET_PDEATHSIG). If the parent is gone already the process halts here with {@link #PARENT_DIED_EXIT_CODE}: the
     * parent may have died before the kernel was asked.
     *
     * <p>The kernel keeps this setting per thread and forgets it with the thread. Hence a daemon thread of its own, which
     * does nothing else for the rest of the process's life. An {@code execve} of a set-user-id program would clear it too.
     *
     * @param parentPid who is expected to be the parent
     */
    public static void dieWithParent(final long parentPid) {
        onParentDeath(Signals.KILL);
        // After the request: a parent that dies from here on is the kernel's business.
        if (parentPid() != parentPid) {
            throw exitNow(PARENT_DIED_EXIT_CODE);
        }
    }

    /**
     * From now on the kernel lets this process go on (SIGCONT), should it be stopped, when the thread that spawned it ends: for a process that has something to
     * do then, and learns of that death otherwise, by the end of a pipe.
     */
    public static void goOnWhenParentDies() {
        onParentDeath(Signals.CONT);
    }

    private static void onParentDeath(final int signal) {
        final CountDownLatch asked = new CountDownLatch(1);
        final PosixException[] failure = new PosixException[1];
        final Thread thread = new Thread(
                null,
                () -> {
                    if (Libc.intResult(Libc.call(PRCTL, PR_SET_PDEATHSIG, signal, 0, 0, 0)) != 0) {
                        failure[0] = new PosixException(Libc.errno(), "prctl", "PR_SET_PDEATHSIG", null);
                    }
                    asked.countDown();
                    while (failure[0] == null) {
                        LockSupport.park();
                    }
                },
                "parent-death",
                128 << 10);
        thread.setDaemon(true);
        thread.start();
        awaitUninterruptibly(asked);
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    /** The process that this one is a child of now: 1, or a subreaper, once the real parent has died. */
    public static long parentPid() {
        return Libc.intResult(Libc.call(GETPPID));
    }

    /**
     * Orphans among this process's descendants become its children, not those of pid 1 ({@code prctl(2)},
     * PR_SET_CHILD_SUBREAPER); their zombies then must be reaped: {@link Spawner#reapAdopted}.
     */
    public static void becomeSubreaper() {
        if (Libc.intResult(Libc.call(PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)) != 0) {
            throw new PosixException(Libc.errno(), "prctl", "PR_SET_CHILD_SUBREAPER", null);
        }
    }

    /** Whether this process is one that {@link #becomeSubreaper} has made such. */
    public static boolean isSubreaper() {
        final long result = Libc.allocate(Integer.BYTES);
        try {
            if (Libc.intResult(Libc.call(PRCTL, PR_GET_CHILD_SUBREAPER, result, 0, 0, 0)) != 0) {
                throw new PosixException(Libc.errno(), "prctl", "PR_GET_CHILD_SUBREAPER", null);
            }
            return Libc.memory().getInt(result) != 0;
        } finally {
            Libc.free(result);
        }
    }

    /**
     * Sends a signal to this very process, never to a later one with its pid ({@code pidfd_send_signal(2)}).
     *
     * @param signal of {@link Signals}; 0 only checks
     * @return false if there is no such process any more (a zombie counts as there)
     * @throws PosixException e.g. EPERM for another user's process
     */
    public static boolean signal(final ProcessIdentity identity, final int signal) {
        final int fd = Pidfd.open(identity);
        if (fd == Pidfd.GONE) {
            return false;
        }
        try {
            return Pidfd.send(fd, signal);
        } finally {
            Libc.close(fd);
        }
    }

    /**
     * Sends a signal to every process of a group ({@code kill(2)}). The number of a group is not given away while the
     * group has a member or its leader has not been reaped; past that it may be somebody else's, so signal first and
     * reap then ({@link ChildProcess#signalGroup} sees to that).
     *
     * @param pgid 2 or more: 0, 1 and -1 would mean ourselves, init, or everybody
     * @return false if the group has no member any more
     */
    public static boolean signalGroup(final long pgid, final int signal) {
        if (pgid < 2) {
            throw new IllegalArgumentException("pgid=" + pgid + ", must be 2 or more");
        }
        return JnrPosix.kill(-pgid, signal);
    }

    /**
     * The living processes of a session, whatever their group, by a walk over {@code /proc} (about 7 µs a process).
     * What was forked during the walk may be missing: kill and look again until it is empty.
     */
    public static List<ProcessIdentity> sessionMembers(final long sid) {
        final List<ProcessIdentity> members = new ArrayList<>();
        for (final ProcessStat stat : allProcesses()) {
            if (stat.session() == sid && !stat.isDead()) {
                members.add(stat.identity());
            }
        }
        return members;
    }

    static List<ProcessStat> allProcesses() {
        final List<ProcessStat> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (final Path entry : entries) {
                ProcessStat.read(Long.parseLong(entry.getFileName().toString())).ifPresent(all::add);
            }
        } catch (final IOException e) {
            throw new IllegalStateException("cannot list /proc", e);
        }
        return all;
    }

    private static void awaitUninterruptibly(final CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
