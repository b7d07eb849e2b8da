/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.observe.ObserveException;
import io.thornback.observe.TaskEvent;
import io.thornback.observe.TaskLog;
import io.thornback.observe.TaskState;
import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows from outside which calls the actor runs that this worker is: they do not pass the raylet. The file is made with the first call, so a worker that is no actor has none; where it
 * cannot be made, the calls are not shown. Any thread.
 */
final class CallRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(CallRecorder.class);
    /** Calls that are kept; 256 bytes each. */
    private static final int MAX_CALLS = 4_096;

    private static final int CALL = 2;

    private final Path shmDir;
    private final int worker;
    private final long pid = ProcessIdentity.current().pid();
    private volatile TaskLog log;
    private volatile boolean closed;

    CallRecorder(final Path shmDir, final int worker) {
        this.shmDir = shmDir;
        this.worker = worker;
    }

    /** Calls will come: what makes the first one wait is done now. */
    void prepare() {
        open();
    }

    /** A call begins; gives what {@link #ended} wants. */
    long began(final RunOrder order, final long startedNs) {
        final TaskLog open = open();
        return open == null
                ? TaskLog.NOWHERE
                : open.append(new TaskEvent()
                        .of(order.task(), order.origin().parent(), CALL, order.name())
                        .state(TaskState.RUNNING)
                        .worker(worker, pid, order.attempt())
                        .times(order.origin().submittedNs(), order.origin().readNs())
                        .ran(startedNs, 0, 0));
    }

    /** A call has ended. */
    void ended(final long position, final boolean ok, final RunTimes times) {
        final TaskLog open = log;
        if (open != null && !closed) {
            open.ended(
                    position,
                    ok ? TaskState.FINISHED : TaskState.FAILED,
                    times.startedNs(),
                    times.endedNs(),
                    times.storedNs());
        }
    }

    private TaskLog open() {
        final TaskLog known = log;
        return closed ? null : known != null ? known : make();
    }

    private synchronized TaskLog make() {
        if (log == null && !closed) {
            try {
                log = TaskLog.ofWorker(shmDir, worker, MAX_CALLS);
            } catch (final PosixException | ObserveException e) {
                closed = true;
                LOG.warn("calls of this actor are not shown: {}", e.getMessage());
            }
        }
        return log;
    }

    /**
     * No more calls are shown.
     *
     * @param isIdle no call runs, so none can still write: the memory may go. Else it stays until the process ends.
     */
    synchronized void close(final boolean isIdle) {
        closed = true;
        if (isIdle && log != null) {
            log.close();
        }
    }
}
