/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A process that a {@link Spawner} started, from its start until its status has been taken. Until then the kernel keeps
 * its pid (as a zombie's, if it has ended), so signals from here cannot reach anybody else.
 *
 * <p>Order at the end: {@link ProcessWatcher} (or {@link #awaitExit}) says that it has ended, {@link #signalGroup} ends
 * what it left running, {@link #reap} takes the status. Any thread may call.
 */
public final class ChildProcess implements AutoCloseable {

    private final Spawner spawner;
    private final ProcessIdentity identity;
    private final String name;
    private final PipeOutput control;
    private final PipeInput status;
    private ExitStatus exitStatus;

    ChildProcess(
            final Spawner spawner,
            final ProcessIdentity identity,
            final String name,
            final PipeOutput control,
            final PipeInput status) {
        this.spawner = spawner;
        this.identity = identity;
        this.name = name;
        this.control = control;
        this.status = status;
    }

    /** Who it is. Its pid is also the number of its session and of its first process group. */
    public ProcessIdentity identity() {
        return identity;
    }

    /**
     * The child's stdin. The child reads its end when this is closed or this process is dead, whatever killed it.
     * Unbuffered; writing throws an IOException when the child has ended or closed its stdin.
     */
    public OutputStream control() {
        return control;
    }

    /**
     * What the child writes to its descriptor 3. Ends when the child (and whoever inherited that descriptor from it) has
     * closed it. Stays readable after {@link #reap}; {@link #close} gives it back.
     *
     * @throws IllegalStateException if the request did not want one
     */
    public InputStream status() {
        if (status == null) {
            throw new IllegalStateException(name + " was spawned without a status pipe");
        }
        return status;
    }

    /**
     * Takes the status, if the child has ended, and with it the zombie. Does not wait. The control pipe is closed then.
     * Later calls give the same answer.
     *
     * @throws PosixException ECHILD if somebody else waited for it
     */
    public synchronized Optional<ExitStatus> tryReap() {
        if (exitStatus == null) {
            final OptionalInt waitStatus = JnrPosix.waitpid(identity.pid());
            if (waitStatus.isEmpty()) {
                return Optional.empty();
            }
            exitStatus = ExitStatus.ofWaitStatus(waitStatus.getAsInt());
            spawner.reaped(identity);
            control.close();
        }
        return Optional.of(exitStatus);
    }

    /**
     * As {@link #tryReap}, for a child that is known to have ended.
     *
     * @throws IllegalStateException if it is still running
     */
    public ExitStatus reap() {
        return tryReap()
                .orElseThrow(() -> new IllegalStateException(name + " (pid " + identity.pid()
                        + ") is still running: reap it when its ProcessWatcher says that it has ended"));
    }

    /** Blocks until the child has ended or the time is over; whether it has ended. Does not take its status. */
    public boolean awaitExit(final Duration timeout) {
        final int pidfd = pidfdOrGone();
        if (pidfd == Pidfd.GONE) {
            return true;
        }
        try {
            return Pidfd.awaitExit(pidfd, timeout.toNanos());
        } finally {
            Libc.close(pidfd);
        }
    }

    /** Sends a signal of {@link Signals}; false if the child has been reaped. */
    public synchronized boolean signal(final int signal) {
        return exitStatus == null && JnrPosix.kill(identity.pid(), signal);
    }

    /**
     * Sends a signal to the group that the child leads: itself and those of its descendants that made no group of their
     * own. Works on what it left behind when it has ended, but not once it is reaped (false): the number may be another
     * group's then.
     */
    public synchronized boolean signalGroup(final int signal) {
        return exitStatus == null && ProcessControl.signalGroup(identity.pid(), signal);
    }

    /** Closes both pipes; the child is neither signalled nor reaped. */
    @Override
    public void close() {
        control.close();
        if (status != null) {
            status.close();
        }
    }

    @Override
    public String toString() {
        return name + '[' + identity.pid() + ']';
    }

    private synchronized int pidfdOrGone() {
        return exitStatus == null ? Pidfd.open(identity) : Pidfd.GONE;
    }
}
