/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.SpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that does for the store's agent what may block. The agent submits tasks and gets them back, in order, when they are done; between the two they
 * belong to the thread. It begins with the first task, and sleeps without a time-out when there is none.
 */
final class IoThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IoThread.class);
    private static final int CHUNK = 64;
    private static final long CLOSE_MS = 30_000;
    private static final long JOIN_MS = 100;

    /** One thing to do. */
    abstract static class Task {
        /** What {@link #run} threw, or null. */
        Throwable failure;

        /** On the thread. */
        abstract void run() throws Exception;

        /** On the agent's thread, afterwards; {@link #failure} is set if it failed. */
        abstract void done();
    }

    private final SpscUnboundedArrayQueue<Task> submitted = new SpscUnboundedArrayQueue<>(CHUNK);
    private final SpscUnboundedArrayQueue<Task> finished = new SpscUnboundedArrayQueue<>(CHUNK);
    private final String name;
    private final Runnable wakeAgent;
    private Thread thread;
    private int open;
    private volatile boolean closing;

    /**
     * Does not start yet.
     *
     * @param wakeAgent has the agent call {@link #poll}; any thread may run it
     */
    IoThread(final String name, final Runnable wakeAgent) {
        this.name = name;
        this.wakeAgent = wakeAgent;
    }

    /** The agent. */
    void submit(final Task task) {
        open++;
        submitted.offer(task);
        if (thread == null) {
            thread = new Thread(this::loop, name);
            thread.setDaemon(true);
            thread.start();
        } else {
            // Always: whether it sleeps could only be known behind a full fence, which costs as much.
            LockSupport.unpark(thread);
        }
    }

    /** Tasks submitted and not yet done. The agent. */
    int open() {
        return open;
    }

    /** Completes what is finished; returns how many. The agent. */
    int poll() {
        int count = 0;
        for (Task task = finished.poll(); task != null; task = finished.poll()) {
            open--;
            count++;
            task.done();
        }
        return count;
    }

    /** Ends the thread after the task it is at; what is behind that is dropped. Waits for it, because it may be touching mapped memory. */
    @Override
    public void close() {
        closing = true;
        if (thread == null) {
            return;
        }
        LockSupport.unpark(thread);
        boolean interrupted = false;
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MS);
        while (thread.isAlive() && deadlineNs - System.nanoTime() > 0) {
            try {
                thread.join(JOIN_MS);
            } catch (final InterruptedException e) {
                interrupted = true; // who is in a hurry must wait all the same
            }
        }
        if (thread.isAlive()) {
            LOG.error("{} does not end within {} ms: its disk does not answer", name, CLOSE_MS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** After {@link #close}: whether it has ended, and touches nothing any more. */
    boolean isOver() {
        return thread == null || !thread.isAlive();
    }

    private void loop() {
        while (!closing) {
            final Task task = submitted.poll();
            if (task != null) {
                run(task);
                finished.offer(task);
                wakeAgent.run();
                continue;
            }
            LockSupport.park(this);
        }
    }

    private void run(final Task task) {
        try {
            task.run();
        } catch (final Exception | Error e) { // whatever it is, the agent must hear of it
            task.failure = e;
        }
    }
}
