/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts processes, all from one thread that lives as long as the spawner: the kernel's parent-death signal fires when the
 * <em>thread</em> that spawned ends ({@link ProcessControl#dieWithParent()}), so closing the spawner kills the children that asked for that.
 *
 * <p>A child gets: a session and process group of its own; no blocked and no ignored signals; its request's environment
 * and {@link ProcessControl#PARENT_PID_VARIABLE}; as stdin the reading end of a pipe that we hold ({@link ChildProcess#control});
 * stdout and stderr on its log file; as descriptor 3 the writing end of its status pipe, if wanted; and nothing else.
 *
 * <p>Any thread may call. {@link #spawn} blocks until the child is past its exec, 0.3 ms as a rule, and does not copy this
 * process's memory ({@code CLONE_VFORK}).
 */
public final class Spawner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Spawner.class);

    /** After this long without work a spawner that has children loads what reaping them will need. */
    private static final long IDLE_BEFORE_LOADING_MS = 2000;

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int STATUS_DESCRIPTOR = 3;

    /** Ours move above this, so that no action in the child overwrites the source of a later one. */
    private static final int LOWEST_DESCRIPTOR = 10;

    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int OWNER_ONLY = 0600;
    private static final long PIPE2 = Libc.symbol("pipe2");
    private static final long KILL = Libc.symbol("kill");
    private static final long WAITPID = Libc.symbol("waitpid");
    private static final long WAITID = Libc.symbol("waitid");
    private static final int P_ALL = 0;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int SIGINFO_BYTES = 128;
    /** Where siginfo_t has the signal's number: 0 if there was nobody. */
    private static final int SIGINFO_SIGNAL = 0;

    private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private final Set<Long> unreaped = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private boolean closed;

    public Spawner() {
        Signals.keepStatusOfChildren();
        thread = new Thread(this::run, "spawner");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * @return the running child; the caller watches and reaps it
     * @throws PosixException        naming what failed and why: no such executable (ENOENT), not executable (EACCES), not a program
     *     (ENOEXEC), log file not writable, out of descriptors (EMFILE), of processes (EAGAIN)
     * @throws IllegalStateException after close
     */
    public ChildProcess spawn(final SpawnRequest request) {
        return call(() -> spawnHere(request));
    }

    /**
     * Reaps the zombies of adopted processes: orphans that came to us because of {@link ProcessControl#becomeSubreaper}.
     * They are known by their session, which is not ours (children of the JDK's Process are in ours, and left alone), and by
     * not being children of this spawner. A walk over {@code /proc}: call it when a child has ended, and every minute or so.
     *
     * @return how many
     */
    public int reapAdopted() {
        return call(() -> {
            int reaped = 0;
            for (final ProcessStat stat : adopted()) {
                if (stat.isDead()) {
                    reaped += JnrPosix.waitpid(stat.pid()).isPresent() ? 1 : 0;
                }
            }
            return reaped;
        });
    }

    /** Whether this process has a child, its own or adopted, whose zombie nobody has taken yet; one system call, {@code waitid(2)}, which takes none. */
    public static boolean hasDeadChild() {
        final long info = Libc.allocate(SIGINFO_BYTES);
        try {
            Libc.memory().putInt(info + SIGINFO_SIGNAL, 0);
            final long result = Libc.call(WAITID, P_ALL, 0, info, WNOHANG | WEXITED | WNOWAIT, 0);
            return Libc.intResult(result) == 0 && Libc.memory().getInt(info + SIGINFO_SIGNAL) != 0;
        } finally {
            Libc.free(info);
        }
    }

    /**
     * Kills (SIGKILL) the adopted processes that live: orphans, known as for {@link #reapAdopted}. What they have started becomes ours when they have ended, so call it again until
     * there are none.
     *
     * @return how many
     */
    public int killAdopted() {
        return call(() -> {
            int killed = 0;
            for (final ProcessStat stat : adopted()) {
                if (!stat.isDead()) {
                    killed += ProcessControl.signal(stat.identity(), Signals.KILL) ? 1 : 0;
                }
            }
            return killed;
        });
    }

    /**
     * Ends the adopted processes, and what becomes ours by that, and takes their zombies.
     *
     * @return whether there are none any more; false when the time was over first
     */
    public boolean endAdopted(final Duration limit) {
        final long beganNs = System.nanoTime();
        while (killAdopted() + reapAdopted() > 0) {
            if (System.nanoTime() - beganNs > limit.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return true;
    }

    private List<ProcessStat> adopted() {
        // Before the look: one that its holder reaps meanwhile is seen as ours and dead, and must not be waited for.
        final Set<Long> own = Set.copyOf(unreaped);
        final ProcessStat self = ProcessStat.self();
        return ProcessControl.allProcesses().stream()
                .filter(stat ->
                        stat.parentPid() == self.pid() && stat.session() != self.session() && !own.contains(stat.pid()))
                .toList();
    }

    /**
     * Ends the spawning thread, and by that every child that asked to die with its parent. The others go on; each can
     * still be signalled and reaped. The second call does nothing.
     */
    @Override
    public void close() {
        synchronized (work) {
            if (closed) {
                return;
            }
            closed = true;
            work.add(() -> {});
        }
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void reaped(final ProcessIdentity identity) {
        unreaped.remove(identity.pid());
    }

    private <T> T call(final Callable<T> callable) {
        final FutureTask<T> task = new FutureTask<>(callable);
        synchronized (work) {
            if (closed) {
                throw new IllegalStateException("the spawner is closed");
            }
            work.add(task);
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (final InterruptedException e) {
                    interrupted = true; // a child may exist already: its handle must not get lost
                } catch (final ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException cause) {
                        cause.addSuppressed(new IllegalStateException("asked for by " + Thread.currentThread()));
                        throw cause;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        boolean loaded = false;
        while (true) {
            try {
                final boolean mayIdle = loaded || unreaped.isEmpty();
                final Runnable next = mayIdle ? work.take() : work.poll(IDLE_BEFORE_LOADING_MS, TimeUnit.MILLISECONDS);
                if (next == null) {
                    loaded = true;
                    loadJnrPosix();
                } else {
                    next.run();
                }
                synchronized (work) {
                    if (closed && work.isEmpty()) {
                        return;
                    }
                }
            } catch (final InterruptedException e) {
                LOG.warn("the spawner's thread was interrupted; it goes on, because its end would kill its children");
            }
        }
    }

    /** Must not end the thread: that would kill the children. What fails here fails again, for the caller of reap. */
    private static void loadJnrPosix() {
        try {
            JnrPosix.load();
        } catch (final RuntimeException | LinkageError e) {
            LOG.error("cannot load JNR-POSIX; children can be started, but neither signalled nor reaped", e);
        }
    }

    private ChildProcess spawnHere(final SpawnRequest request) {
        final String name = request.executable().getFileName().toString();
        final List<Integer> inChild = new ArrayList<>();
        PipeOutput control = null;
        PipeInput status = null;
        boolean spawned = false;
        try (PosixSpawn spawn = new PosixSpawn(request.executable())) {
            final int[] controlPipe = pipe();
            inChild.add(controlPipe[0]);
            control = new PipeOutput(controlPipe[1], name);
            final int log = openLog(request.logFile());
            inChild.add(log);
            spawn.duplicate(controlPipe[0], 0).duplicate(log, 1).duplicate(log, 2);
            if (request.wantsStatusPipe()) {
                final int[] statusPipe = pipe();
                inChild.add(statusPipe[1]);
                status = new PipeInput(statusPipe[0], name);
                spawn.duplicate(statusPipe[1], STATUS_DESCRIPTOR);
            }
            if (request.workingDirectory() != null) {
                spawn.workingDirectory(request.workingDirectory());
            }
            spawn.closeFrom(request.wantsStatusPipe() ? STATUS_DESCRIPTOR + 1 : STATUS_DESCRIPTOR);
            final long pid = spawn.spawn(request.arguments(), environment(request));
            final ChildProcess child = new ChildProcess(this, identify(pid, name), name, control, status);
            unreaped.add(pid);
            spawned = true;
            return child;
        } finally {
            inChild.forEach(Libc::close);
            if (!spawned) {
                closeAll(control, status);
            }
        }
    }

    /** A child that cannot be identified (no descriptor left to look at it) is not left running without a handle. */
    private static ProcessIdentity identify(final long pid, final String name) {
        try {
            return ProcessIdentity.of(pid)
                    .orElseThrow(() -> new PosixException(Errno.ESRCH, "spawn", name, "somebody else waited for it"));
        } catch (final PosixException e) {
            Libc.call(KILL, pid, Signals.KILL);
            Libc.call(WAITPID, pid, 0, 0);
            throw e;
        }
    }

    private static void closeAll(final PipeOutput control, final PipeInput status) {
        if (control != null) {
            control.close();
        }
        if (status != null) {
            status.close();
        }
    }

    private static List<String> environment(final SpawnRequest request) {
        final List<String> environment = new ArrayList<>();
        request.environment().forEach((name, value) -> {
            if (!name.equals(ProcessControl.PARENT_PID_VARIABLE)) {
                environment.add(name + '=' + value);
            }
        });
        environment.add(ProcessControl.PARENT_PID_VARIABLE
                + '='
                + ProcessIdentity.current().pid());
        return environment;
    }

    private static int openLog(final Path logFile) {
        final int fd = Libc.open(logFile.toString(), Libc.O_WRONLY | Libc.O_APPEND | Libc.O_CREAT, OWNER_ONLY);
        if (fd < 0) {
            throw new PosixException(-fd, "open (log file)", logFile.toString(), null);
        }
        return moveUp(fd);
    }

    /** Reading end, writing end; both close-on-exec. */
    private static int[] pipe() {
        final long fds = Libc.allocate(Long.BYTES);
        try {
            if (Libc.intResult(Libc.call(PIPE2, fds, Libc.O_CLOEXEC)) != 0) {
                throw new PosixException(Libc.errno(), "pipe2", null, null);
            }
            final int writingEnd = Libc.memory().getInt(fds + 4);
            final int readingEnd = moveUp(Libc.memory().getInt(fds));
            return new int[] {readingEnd, moveUp(writingEnd)};
        } finally {
            Libc.free(fds);
        }
    }

    private static int moveUp(final int fd) {
        if (fd >= LOWEST_DESCRIPTOR) {
            return fd;
        }
        final int moved = Libc.fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_DESCRIPTOR);
        final int errno = Libc.errno();
        Libc.close(fd);
        if (moved < 0) {
            throw new PosixException(errno, "fcntl F_DUPFD_CLOEXEC", null, null);
        }
        return moved;
    }
}
