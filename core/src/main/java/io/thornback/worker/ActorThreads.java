/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.Thornback;
import io.thornback.ids.TaskId;
import io.thornback.runtime.ActorExit;
import io.thornback.runtime.ActorOptions;
import io.thornback.runtime.Connector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The threads of an actor whose calls may run at the same time: a pool for the actor, and one for each of its concurrency groups. In each, calls begin in the order in
 * which they came; a thread is started when a call finds none that waits and the pool has fewer than it may.
 *
 * <p>One lock guards all pools: it is held for moments, and never while user code runs. So a cancelled call is found in a queue or on a thread, and an interrupt hits no other call.
 */
final class ActorThreads {
    private static final long NEVER = Long.MAX_VALUE;

    /** Runs a call on the calling thread. */
    interface Runs {
        /** @param afterUserCode from then on the call cannot be interrupted. */
        void run(RunOrder order, Runnable afterUserCode);
    }

    private final String name;
    private final Thornback api;
    private final ClassLoader loader;
    private final Runs runs;
    private final Runnable onLeft;
    private final Consumer<Throwable> onBroken;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Pool> pools = new HashMap<>();
    private long lastSequence;
    /** Calls that came after this one do not begin: the actor leaves when those before it have ended. */
    private long exitSequence = NEVER;

    private int running;
    private boolean closed;

    /**
     * @param name of the threads.
     * @param options how many.
     * @param api what user code sees as the current connection.
     * @param loader the job's classes.
     * @param runs calls.
     * @param onLeft told once, by one of the threads, when the actor has left by itself.
     * @param onBroken told what kept a call from being answered, on the call's thread.
     */
    ActorThreads(
            final String name,
            final ActorOptions options,
            final Thornback api,
            final ClassLoader loader,
            final Runs runs,
            final Runnable onLeft,
            final Consumer<Throwable> onBroken) {
        this.name = name;
        this.api = api;
        this.loader = loader;
        this.runs = runs;
        this.onLeft = onLeft;
        this.onBroken = onBroken;
        pools.put("", new Pool("", options.maxConcurrency()));
        options.groups().forEach((group, threads) -> pools.put(group, new Pool(group, threads)));
    }

    private record Waiting(RunOrder order, long sequence) {}

    private final class Pool {
        private final String group;
        private final int most;
        private final Condition added = lock.newCondition();
        private final ArrayDeque<Waiting> calls = new ArrayDeque<>();
        private final List<CallThread> threads = new ArrayList<>();
        private int idle;

        Pool(final String group, final int most) {
            this.group = group;
            this.most = most;
        }
    }

    /** Never waits. A call of a group that there is not goes to the actor's own pool, where it fails. */
    void submit(final RunOrder order) {
        lock.lock();
        try {
            if (closed) {
                return; // who made the call hears of the actor's end
            }
            final Pool pool = pools.getOrDefault(order.group(), pools.get(""));
            lastSequence++;
            pool.calls.addLast(new Waiting(order, lastSequence));
            if (pool.idle >= pool.calls.size()) {
                pool.added.signal();
            } else if (pool.threads.size() < pool.most) {
                final CallThread thread = new CallThread(pool);
                pool.threads.add(thread);
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Calls that it was given, and whether one of them has not ended. */
    CallCount count() {
        lock.lock();
        try {
            return new CallCount(
                    lastSequence, running > 0 || pools.values().stream().anyMatch(pool -> !pool.calls.isEmpty()));
        } finally {
            lock.unlock();
        }
    }

    /** A call that waits is dropped, one that runs is interrupted. */
    void cancel(final TaskId task) {
        lock.lock();
        try {
            for (final Pool pool : pools.values()) {
                pool.calls.removeIf(waiting -> waiting.order().task().equals(task));
                for (final CallThread thread : pool.threads) {
                    if (thread.interruptible != null
                            && thread.interruptible.task().equals(task)) {
                        thread.interrupt();
                    }
                }
            }
            if (isOver()) {
                wakeAll(); // what the actor still had to do before it leaves has just been dropped
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * No call begins any more. Those that run are waited for up to the deadline; then they are interrupted, and waited for once more, all together so long.
     *
     * @return whether none runs any more.
     */
    boolean stop(final long deadlineNs, final long interruptTimeoutMs) throws InterruptedException {
        final List<CallThread> all = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            for (final Pool pool : pools.values()) {
                pool.calls.clear();
                all.addAll(pool.threads);
            }
            wakeAll();
        } finally {
            lock.unlock();
        }
        join(all, deadlineNs);
        all.forEach(Thread::interrupt);
        join(all, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(interruptTimeoutMs));
        return all.stream().noneMatch(Thread::isAlive);
    }

    private static void join(final List<CallThread> threads, final long deadlineNs) throws InterruptedException {
        for (final CallThread thread : threads) {
            final long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
            if (leftMs > 0) {
                thread.join(leftMs);
            }
        }
    }

    private void wakeAll() {
        pools.values().forEach(pool -> pool.added.signalAll());
    }

    /** Runs calls of one pool. Its fields are guarded by the lock. */
    private final class CallThread extends Thread {
        private final Pool pool;
        private RunOrder interruptible;
        private long sequence;
        /** Whether this is the one that tells that the actor has left; its own. */
        private boolean leaves;

        CallThread(final Pool pool) {
            super(name + "-calls-" + (pool.group.isEmpty() ? "" : pool.group + "-") + (pool.threads.size() + 1));
            this.pool = pool;
            setDaemon(true);
            setContextClassLoader(loader);
        }

        @Override
        public void run() {
            Connector.bindToThread(api);
            ActorExit.bindToThread(this::exit);
            try {
                for (RunOrder order = next(); order != null; order = next()) {
                    runs.run(order, this::afterUserCode);
                    ended();
                }
                if (leaves) {
                    onLeft.run();
                }
            } catch (final Throwable e) { // what user code throws is its result; this is not of user code
                onBroken.accept(e);
            }
        }

        /** Null if no call begins any more. */
        private RunOrder next() {
            lock.lock();
            try {
                while (!closed) {
                    if (isOver()) {
                        closed = true;
                        leaves = true;
                        wakeAll();
                        return null;
                    }
                    final Waiting first = pool.calls.peekFirst();
                    if (first != null && first.sequence() < exitSequence) {
                        pool.calls.pollFirst();
                        interruptible = first.order();
                        sequence = first.sequence();
                        running++;
                        return first.order();
                    }
                    pool.idle++;
                    pool.added.awaitUninterruptibly();
                    pool.idle--;
                }
                return null;
            } finally {
                lock.unlock();
            }
        }

        private void afterUserCode() {
            lock.lock();
            try {
                interruptible = null;
                Thread.interrupted();
            } finally {
                lock.unlock();
            }
        }

        private void ended() {
            lock.lock();
            try {
                running--;
            } finally {
                lock.unlock();
            }
        }

        private void exit() {
            lock.lock();
            try {
                exitSequence = Math.min(exitSequence, sequence);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether the actor leaves and has done all that came before that. Under the lock. */
    private boolean isOver() {
        if (exitSequence == NEVER || running > 0) {
            return false;
        }
        for (final Pool pool : pools.values()) {
            final Waiting first = pool.calls.peekFirst();
            if (first != null && first.sequence() < exitSequence) {
                return false;
            }
        }
        return true;
    }
}
