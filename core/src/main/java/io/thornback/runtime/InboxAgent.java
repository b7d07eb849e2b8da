/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.ProcessWatcher;
import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.ipc.LaneHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader of a process's inbox (driver, worker, raylet): one thread, or in its place one that waits for what comes in there ({@link #await}). It hands messages to the handlers in turn, sends what could not be
 * sent at once, runs what other threads hand it, and the duties that come with every cycle. It never waits for anything but its inbox.
 */
public final class InboxAgent implements LaneHandler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InboxAgent.class);
    private static final int TASK_CHUNK = 64;
    private static final long JOIN_TIMEOUT_MS = 1_000;

    private final Inbox inbox;
    private final Links links;
    private final ProcessWatcher watcher;
    private final List<MessageHandler> handlers = new CopyOnWriteArrayList<>();
    private final List<IntSupplier> duties = new CopyOnWriteArrayList<>();
    private final MpscUnboundedArrayQueue<Runnable> tasks = new MpscUnboundedArrayQueue<>(TASK_CHUNK);
    private final ArrayDeque<Runnable> whenDrained = new ArrayDeque<>();
    private final Message message = new Message();
    private final Idle idle;
    private final InboxTurn turn;
    private final Thread thread;
    private boolean watchful;
    /** The thread that reads, since its duty cycle began. */
    private boolean wasInterrupted;

    private volatile boolean closing;

    /**
     * Creates the inbox and starts the thread; what nobody waits for is seen within {@link Limits#DOZE}.
     *
     * @param shmDir the session's shared memory.
     * @param name of the inbox and the thread.
     */
    public InboxAgent(final Path shmDir, final String name) {
        this(shmDir, name, Limits.DOZE);
    }

    /**
     * Creates the inbox and starts the thread.
     *
     * @param shmDir the session's shared memory.
     * @param name of the inbox and the thread.
     * @param longestDoze so late what nobody waits for may be seen while other threads read the inbox now and then.
     */
    public InboxAgent(final Path shmDir, final String name, final Duration longestDoze) {
        inbox = Inbox.create(shmDir, name, InboxOptions.DEFAULT);
        links = new Links(shmDir, name, this::wake);
        watcher = new ProcessWatcher(name + "-watcher");
        idle = new Idle();
        turn = new InboxTurn(new Reading(), () -> closing, longestDoze.toNanos());
        thread = new Thread(turn::runAgent, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits until the goal is reached or the time is over, reading the inbox meanwhile if nobody else does. Not from within a handler.
     *
     * @return whether it is reached
     */
    public boolean await(final InboxTurn.Goal goal, final long timeoutNs) throws InterruptedException {
        return turn.await(goal, timeoutNs);
    }

    private void wake() {
        turn.wake();
    }

    /** Whether the calling thread reads the inbox: what it waits for could not come. */
    boolean isReading() {
        return turn.isMine();
    }

    /** Lanes of this process to others. */
    public Links links() {
        return links;
    }

    /** Name of the inbox. */
    public String name() {
        return inbox.name();
    }

    /** Adds a handler; those added first are asked first. */
    public void addHandler(final MessageHandler handler) {
        handlers.add(handler);
    }

    /** Adds something that is done in every duty cycle, at least once a second; gives the work that it did. */
    public void addDuty(final IntSupplier duty) {
        duties.add(duty);
    }

    /** Whether something may fall due in milliseconds, so that the duties are done at least every 5 ms rather than every second. For duties. */
    public void watchful(final boolean now) {
        watchful = now;
    }

    /** Runs something where messages are handled, soon. */
    public void execute(final Runnable task) {
        tasks.add(task);
        wake();
    }

    /** Runs something where messages are handled when all that is in the inbox now has been handled. */
    public void executeWhenDrained(final Runnable task) {
        execute(() -> whenDrained.add(task));
    }

    /** The process has ended: its lanes are read to their ends and closed. Any thread. */
    public void producerDied(final ProcessIdentity process) {
        inbox.producerDied(process);
    }

    /** Runs something where messages are handled when this process has ended and all that it had sent has been handled. */
    public void onDeath(final ProcessIdentity process, final Runnable task) {
        watcher.watch(process, dead -> {
            inbox.producerDied(dead);
            executeWhenDrained(task);
        });
    }

    /** What the turn at the inbox is for. */
    private final class Reading implements InboxTurn.Reader {
        @Override
        public int cycle() {
            try {
                return InboxAgent.this.cycle();
            } catch (final RuntimeException | Error e) { // the next message may be better
                LOG.error("{}: agent failed on a message", inbox.name(), e);
                return 1;
            } finally {
                links.ring();
                if (wasInterrupted) {
                    wasInterrupted = false;
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void idle(final int work, final long mostNs) {
            idle.idle(work, mostNs);
        }

        @Override
        public void wake() {
            inbox.wake();
        }
    }

    private int cycle() {
        int work = inbox.poll(this, Limits.POLL_LIMIT);
        work += links.flush();
        final boolean drained = work == 0;
        for (final IntSupplier duty : duties) {
            work += duty.getAsInt();
        }
        if (drained) {
            for (Runnable task = whenDrained.poll(); task != null; task = whenDrained.poll()) {
                task.run();
                work++;
            }
        }
        // After those: what they add to whenDrained waits for another look at the inbox.
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            work++;
        }
        return whenDrained.isEmpty() ? work : work + 1;
    }

    @Override
    public void onMessage(
            final InboundLane from,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        wasInterrupted |= Thread.interrupted(); // means what the thread waits for, and no handler
        message.wrap(from, templateId, buffer, offset, length);
        for (final MessageHandler handler : handlers) {
            if (handler.onMessage(message)) {
                return;
            }
        }
        LOG.warn("message {} of {} is for nobody here", templateId, from.producerName());
    }

    @Override
    public void onUnreadable(
            final InboundLane from,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        message.wrap(from, templateId, buffer, offset, length);
        for (final MessageHandler handler : handlers) {
            handler.onUnreadable(message);
        }
    }

    @Override
    public void onLaneClosed(final InboundLane lane, final boolean producerDied) {
        for (final MessageHandler handler : handlers) {
            handler.onLaneClosed(lane, producerDied);
        }
    }

    /** Stops the thread, closes lanes and inbox. Idempotent. */
    @Override
    public void close() {
        closing = true;
        if (!turn.close()) {
            LOG.error("{}: the inbox is still being read; its files stay until the process ends", inbox.name());
            return;
        }
        join();
        watcher.close();
        links.close();
        inbox.close();
    }

    private void join() {
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(JOIN_TIMEOUT_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sleeps on the inbox; only a moment while some lane has no room. */
    private final class Idle {
        private final IdleStrategy onInbox = inbox.idleStrategy(Limits.MAX_PARK.toNanos());
        private final IdleStrategy onInboxBriefly = inbox.idleStrategy(Limits.WATCHFUL_PARK.toNanos());

        void idle(final int workCount, final long mostNs) {
            if (workCount > 0) {
                onInbox.reset();
                onInboxBriefly.reset();
            } else if (links.hasBacklog()) {
                LockSupport.parkNanos(100_000);
            } else if (whenDrained.isEmpty() && tasks.isEmpty()) {
                idle(mostNs);
            }
        }

        private void idle(final long mostNs) {
            if (mostNs < Limits.WATCHFUL_PARK.toNanos()) {
                inbox.park(mostNs);
            } else {
                (watchful || mostNs < Limits.MAX_PARK.toNanos() ? onInboxBriefly : onInbox).idle();
            }
        }
    }
}
