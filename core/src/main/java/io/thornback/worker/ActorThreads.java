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
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of an actor whose calls may run at the same time: a pool for the actor, and one for each of its concurrency groups. In each, calls begin in the order in
 * which they came; a thread is started when a call finds none that waits and the pool has fewer than it may.
 *
 * <p>One lock guards all pools: it is held for moments, and never while user code runs. So a cancelled call is found in a queue or on a thread, and an interrupt hits no other call.
 */
final class ActorThreads {
    private static final Logger LOG = LoggerFactory.getLogger(ActorThreads.class);
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
     * @param onLeft told once, by the last thread, when the actor has left by itself.
     */
    ActorThreads(
            final String name,
            final ActorOptions options,
            final Thornback api,
            final ClassLoader loader,
            final Runs runs,
            final Runnable onLeft) {
        this.name = name;
        this.api = api;
        this.loader = loader;
        this.runs = runs;
        this.onLeft = onLeft;
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
        } finally {
            lock.unlock();
        }
    }

    /** No call begins any more; those that run are interrupted, and waited for, all together so long. */
    void stop(final long timeoutMs) throws InterruptedException {
        final List<CallThread> all = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            for (final Pool pool : pools.values()) {
                pool.calls.clear();
                pool.added.signalAll();
                all.addAll(pool.threads);
            }
        } finally {
            lock.unlock();
        }
        all.forEach(Thread::interrupt);
        final long deadline = System.nanoTime() + timeoutMs * 1_000_000;
        for (final CallThread thread : all) {
            thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        }
    }

    /** Runs calls of one pool. Its fields are guarded by the lock. */
    private final class CallThread extends Thread {
        private final Pool pool;
        private RunOrder interruptible;
        private long sequence;

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
            for (RunOrder order = next(); order != null; order = next()) {
                try {
                    runs.run(order, this::afterUserCode);
                } catch (final RuntimeException e) {
                    LOG.error("{} {} has no answer", order.task(), order.name(), e);
                } finally {
                    ended();
                }
            }
        }

        private RunOrder next() {
            lock.lock();
            try {
                while (!closed) {
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
                if (exitSequence == NEVER || closed || running > 0 || isAnyBefore(exitSequence)) {
                    return;
                }
                closed = true;
                pools.values().forEach(p -> p.added.signalAll());
            } finally {
                lock.unlock();
            }
            onLeft.run();
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

    private boolean isAnyBefore(final long sequence) {
        for (final Pool pool : pools.values()) {
            final Waiting first = pool.calls.peekFirst();
            if (first != null && first.sequence() < sequence) {
                return true;
            }
        }
        return false;
    }
}
