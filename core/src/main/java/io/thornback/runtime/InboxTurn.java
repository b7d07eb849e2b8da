/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Whose turn it is to read a process's inbox: the agent's own thread, or a thread that waits for something that will come in there. So what it waits for wakes it by itself, and not the agent that would then wake it: a call
 * and its answer wake two threads, not four.
 *
 * <p>One thread has the turn, with all that the one before did in it. While threads come to wait again and again the agent dozes beside the inbox: it looks after {@value #DOZE_NS} ns, then after twice that and so on, up to a limit, for what
 * comes while nobody waits, and leaves the turn free. Where several wait at a time, or one waits for long, the agent reads for all of them; so do virtual threads wait, for a wait at the inbox is in the kernel.
 *
 * <p>{@link #runAgent} is the agent's thread's, {@link #await} any other's.
 */
public final class InboxTurn {
    private static final int FREE = 0;
    private static final int AGENT = 1;
    private static final int WAITER = 2;
    private static final int CLOSED = 3;

    private static final long DOZE_NS = 100_000;
    /** After the last waiter has come the agent dozes for so long, before it sleeps at the inbox itself. */
    private static final long LINGER_NS = TimeUnit.MILLISECONDS.toNanos(10);
    /** A waiter to whose inbox nothing comes for so long leaves the turn to the agent. */
    private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(20);
    /** An interrupt does not end a wait in the kernel. */
    private static final long WAITER_PARK_NS = TimeUnit.MILLISECONDS.toNanos(5);
    /** How long a waiter gives the agent to leave the turn before it looks again. */
    private static final long HANDOVER_NS = 200_000;
    /** A duty cycle takes microseconds; one of a process that was stopped takes longer. */
    private static final long CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    /** The name of the group that all virtual threads are in, JEP 444. */
    private static final String VIRTUAL_THREADS = "VirtualThreads";

    /** Reads the inbox and waits at it. Under the turn. */
    interface Reader {
        /** One duty cycle; the work that was done. Throws nothing. */
        int cycle();

        /**
         * Waits at the inbox, as an idle strategy would.
         *
         * @param mostNs not longer
         */
        void idle(int work, long mostNs);

        /** Ends a wait at the inbox. Any thread. */
        void wake();
    }

    /** How a thread waits: where there is a turn to take, or is none. */
    @FunctionalInterface
    public interface Waits {
        /** As {@link InboxTurn#await}. */
        boolean await(Goal goal, long timeoutNs) throws InterruptedException;
    }

    /** What a thread waits for. Any thread may ask. */
    public interface Goal {
        /** Whether it is there. */
        boolean isReached();

        /** Waits for it elsewhere than at the inbox, so long at most; may return early. */
        void sleep(long ns) throws InterruptedException;

        /** From now on to be run when the goal is reached, as the thread waits at the inbox. */
        void addWaker(Runnable waker);

        /** No longer to be run. */
        void removeWaker(Runnable waker);
    }

    /** A goal that one thread waits for. */
    public abstract static class GoalOfOne implements Goal {
        private volatile Runnable waker;

        /** Ends the thread's wait at the inbox, if it waits there. */
        protected final void wakeAtInbox() {
            final Runnable known = waker;
            if (known != null) {
                known.run();
            }
        }

        @Override
        public final void addWaker(final Runnable newWaker) {
            waker = newWaker;
        }

        @Override
        public final void removeWaker(final Runnable oldWaker) {
            waker = null;
        }
    }

    private final Reader reader;
    private final BooleanSupplier closing;
    private final AtomicInteger holder = new AtomicInteger(FREE);
    /** Those that wait and do not read. */
    private final AtomicInteger sleepers = new AtomicInteger();

    private final Runnable waker = this::wakeFromElsewhere;
    /** Who has the turn. Not volatile: a thread only asks whether it is the thread itself. */
    private Thread holding;
    /** Somebody has come to wait since the agent last looked. */
    private volatile boolean visited;
    /** Who waits for the agent to leave the turn; null: nobody. */
    private volatile Thread successor;

    private volatile Thread agent;
    private volatile boolean agentBlocked;
    private volatile boolean agentDozes;
    private final long firstDozeNs;
    private final long longestDozeNs;
    /** The agent's. */
    private boolean lingers;

    private long lastVisitNs;

    /** @param longestDozeNs so late may come what nobody waits for, while others read now and then */
    InboxTurn(final Reader reader, final BooleanSupplier closing, final long longestDozeNs) {
        this(reader, closing, DOZE_NS, longestDozeNs);
    }

    InboxTurn(final Reader reader, final BooleanSupplier closing, final long firstDozeNs, final long longestDozeNs) {
        this.reader = reader;
        this.closing = closing;
        this.firstDozeNs = firstDozeNs;
        this.longestDozeNs = longestDozeNs;
    }

    /** Has the inbox looked at soon, whoever reads it. Any thread. */
    void wake() {
        reader.wake();
        if (agentDozes) {
            LockSupport.unpark(agent);
        }
    }

    // ---- the agent's thread

    /** Reads until it is closing. */
    void runAgent() {
        agent = Thread.currentThread();
        long dozeNs = firstDozeNs;
        while (!closing.getAsBoolean()) {
            if (take(AGENT)) {
                boolean dozes = false;
                try {
                    dozes = readForAll();
                } finally {
                    leave();
                }
                dozeNs = dozes ? doze(dozeNs) : firstDozeNs;
            } else if (isVisited()) {
                dozeNs = doze(dozeNs);
            } else {
                blockUntilFree();
            }
        }
    }

    /** Dozes so long; how long the next time. */
    private long doze(final long ns) {
        agentDozes = true;
        LockSupport.parkNanos(this, ns);
        agentDozes = false;
        return Math.min(2 * ns, longestDozeNs);
    }

    /** One duty cycle, and the wait behind it unless others are to have the turn; whether they are. */
    private boolean readForAll() {
        final int work = reader.cycle();
        if (successor != null || (work == 0 && isVisited() && sleepers.get() == 0)) {
            return true;
        }
        reader.idle(work, Long.MAX_VALUE);
        return successor != null;
    }

    private boolean isVisited() {
        if (visited) {
            visited = false;
            lingers = true;
            lastVisitNs = System.nanoTime();
        } else if (lingers) {
            lingers = System.nanoTime() - lastVisitNs < LINGER_NS;
        }
        return lingers;
    }

    private void blockUntilFree() {
        agentBlocked = true;
        try {
            while (holder.get() == WAITER && !closing.getAsBoolean()) {
                LockSupport.park(this);
            }
        } finally {
            agentBlocked = false;
        }
    }

    // ---- the turn

    private boolean take(final int as) {
        if (holder.compareAndSet(FREE, as)) {
            holding = Thread.currentThread();
            return true;
        }
        return false;
    }

    /** Whether the calling thread has it. */
    boolean isMine() {
        return holding == Thread.currentThread();
    }

    private void leave() {
        holding = null;
        holder.set(FREE);
        final Thread next = successor;
        if (next != null) {
            successor = null;
            LockSupport.unpark(next);
        }
    }

    /**
     * Ends it: once this has returned true nobody reads any more, but the thread that calls if it has the turn itself. To be called when it is closing. Idempotent.
     *
     * @return false if somebody did not leave the turn within {@value #CLOSE_TIMEOUT_NS} ns
     */
    boolean close() {
        if (isMine()) {
            return true;
        }
        final long beganNs = System.nanoTime();
        while (holder.get() != CLOSED && !holder.compareAndSet(FREE, CLOSED)) {
            if (System.nanoTime() - beganNs > CLOSE_TIMEOUT_NS) {
                return false;
            }
            reader.wake();
            LockSupport.parkNanos(this, DOZE_NS);
        }
        LockSupport.unpark(agent);
        return true;
    }

    // ---- threads that wait

    /**
     * Waits until the goal is reached or the time is over, and reads the inbox meanwhile if nobody else does.
     *
     * @return whether it is reached
     * @throws IllegalStateException on the thread that has the turn: what it waits for could not come
     */
    boolean await(final Goal goal, final long timeoutNs) throws InterruptedException {
        if (goal.isReached()) {
            return true;
        }
        if (isMine()) {
            throw new IllegalStateException("a handler of messages waits for a message");
        }
        final long beganNs = System.nanoTime();
        boolean reads = !Thread.currentThread().getThreadGroup().getName().equals(VIRTUAL_THREADS);
        if (reads) {
            visited = true;
        }
        while (!goal.isReached()) {
            final long leftNs = timeoutNs - (System.nanoTime() - beganNs);
            if (leftNs <= 0) {
                return goal.isReached();
            }
            if (closing.getAsBoolean()) {
                goal.sleep(leftNs);
            } else if (!reads || holder.get() == WAITER || sleepers.get() > 0) {
                sleep(goal, leftNs);
            } else if (take(WAITER)) {
                reads = read(goal, leftNs);
            } else {
                askForTheTurn(goal, leftNs);
            }
        }
        return true;
    }

    private void sleep(final Goal goal, final long leftNs) throws InterruptedException {
        sleepers.incrementAndGet();
        try {
            if (holder.get() == FREE) { // who leaves the turn after this sees the sleeper
                LockSupport.unpark(agent);
            }
            goal.sleep(leftNs);
        } finally {
            sleepers.decrementAndGet();
        }
    }

    private void askForTheTurn(final Goal goal, final long leftNs) throws InterruptedException {
        successor = Thread.currentThread();
        reader.wake();
        if (holder.get() == AGENT && !goal.isReached()) {
            LockSupport.parkNanos(this, Math.min(leftNs, HANDOVER_NS));
        }
        if (successor == Thread.currentThread()) {
            successor = null;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Reads until the goal is reached or the time is over; false if the agent had better go on. */
    private boolean read(final Goal goal, final long leftNs) throws InterruptedException {
        final long beganNs = System.nanoTime();
        goal.addWaker(waker);
        try {
            long lastWorkNs = beganNs;
            int work = 1;
            while (!goal.isReached() && !closing.getAsBoolean()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                final long nowNs = System.nanoTime();
                if (work > 0) {
                    lastWorkNs = nowNs;
                } else if (nowNs - lastWorkNs > PATIENCE_NS) {
                    return false;
                }
                final long stillNs = leftNs - (nowNs - beganNs);
                if (stillNs <= 0) {
                    return true;
                }
                reader.idle(work, Math.min(stillNs, WAITER_PARK_NS));
                work = reader.cycle();
            }
            return true;
        } finally {
            goal.removeWaker(waker);
            leave();
            if (agentBlocked || sleepers.get() > 0) {
                LockSupport.unpark(agent);
            }
        }
    }

    /** What was waited for did not come in the inbox. */
    private void wakeFromElsewhere() {
        if (!isMine()) {
            reader.wake();
        }
    }
}
