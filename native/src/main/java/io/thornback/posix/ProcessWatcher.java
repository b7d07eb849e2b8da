/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when processes end, children or not: one thread blocked in {@code epoll_wait(2)} on a pidfd each. Costs nothing
 * while nothing happens; the call comes 0.1 ms after the death. A child is a zombie then: reap it.
 *
 * <p>Any thread may call, callbacks included. Callbacks run on the watcher's thread one after the other, each once: hand
 * over to an agent, do not block. What a callback throws is logged. Needs a descriptor per watched process.
 */
public final class ProcessWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessWatcher.class);

    private static final int EPOLLIN = 1;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int MAX_EVENTS = 16;
    private static final int BELL = 0;
    private static final Architecture ARCHITECTURE = Architecture.CURRENT;

    private static final long EPOLL_CREATE = Libc.symbol("epoll_create1");
    private static final long EPOLL_CTL = Libc.symbol("epoll_ctl");
    private static final long EPOLL_WAIT = Libc.symbol("epoll_wait");

    /** Whoever removes an entry owns it: the thread to call it, or unwatch to forget it. Keys are epoll's user data. */
    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<Long> deadOnArrival = new ConcurrentLinkedQueue<>();
    private final AtomicLong nextKey = new AtomicLong(BELL + 1);
    private final int epoll;
    private final EventFd bell = new EventFd();
    private final Thread thread;
    private volatile boolean closed;

    private record Watch(ProcessIdentity identity, int pidfd, Consumer<ProcessIdentity> onExit) {
        void release() {
            if (pidfd != Pidfd.GONE) {
                Libc.close(pidfd); // which also takes it out of the epoll set
            }
        }
    }

    /**
     * @param threadName name of the (daemon) thread that it starts
     * @throws PosixException if descriptors have run out
     */
    public ProcessWatcher(final String threadName) {
        epoll = Libc.intResult(Libc.call(EPOLL_CREATE, Libc.O_CLOEXEC));
        if (epoll < 0) {
            throw new PosixException(Libc.errno(), "epoll_create1", null, null);
        }
        add(bell.fd(), BELL);
        thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Calls {@code onExit} once, when this process has ended; soon, if it has ended already or its pid is another's now. Several
     * watches on one process are independent.
     *
     * @throws PosixException if the kernel is older than 5.4, a filter forbids it, or descriptors have run out
     */
    public void watch(final ProcessIdentity identity, final Consumer<ProcessIdentity> onExit) {
        final int pidfd = Pidfd.open(identity);
        final Watch watch = new Watch(identity, pidfd, onExit);
        final long key = nextKey.getAndIncrement();
        synchronized (this) { // against close
            if (closed) {
                watch.release();
                throw new IllegalStateException("the watcher is closed");
            }
            watches.put(key, watch);
            if (pidfd == Pidfd.GONE) {
                deadOnArrival.add(key);
                bell.ring();
                return;
            }
            try {
                add(pidfd, key);
            } catch (final PosixException e) {
                forget(key);
                throw e;
            }
        }
    }

    /** Forgets all watches on this process. A callback that has begun goes on; none begins after this returns. */
    public void unwatch(final ProcessIdentity identity) {
        watches.forEach((key, watch) -> {
            if (watch.identity().equals(identity)) {
                forget(key);
            }
        });
    }

    /** Ends the thread and forgets all watches; callbacks that are due may be lost. The second call does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            bell.ring();
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

    private void run() {
        final long events = Libc.allocate((long) MAX_EVENTS * ARCHITECTURE.epollEventLength);
        try {
            final List<Long> ready = new ArrayList<>(MAX_EVENTS);
            while (!closed) {
                await(events, ready);
                Long dead;
                while ((dead = deadOnArrival.poll()) != null) {
                    ready.add(dead);
                }
                ready.forEach(this::fire);
                ready.clear();
            }
        } finally {
            synchronized (this) {
                closed = true;
                watches.keySet().forEach(this::forget);
                bell.close();
                Libc.close(epoll);
            }
            Libc.free(events);
        }
    }

    private void await(final long events, final List<Long> ready) {
        final int count = Libc.intResult(Libc.call(EPOLL_WAIT, epoll, events, MAX_EVENTS, -1));
        if (count < 0 && Libc.errno() != Errno.EINTR) {
            throw new PosixException(Libc.errno(), "epoll_wait", thread.getName(), null);
        }
        for (int i = 0; i < count; i++) {
            final long event = events + (long) i * ARCHITECTURE.epollEventLength;
            final long key = Libc.memory().getLong(event + ARCHITECTURE.epollDataOffset);
            if (key == BELL) {
                bell.clear();
            } else {
                ready.add(key);
            }
        }
    }

    private void fire(final Long key) {
        final Watch watch = watches.remove(key);
        if (watch == null) {
            return; // unwatched meanwhile
        }
        watch.release();
        try {
            watch.onExit().accept(watch.identity());
        } catch (final RuntimeException | Error e) {
            LOG.error("callback for the end of process {} failed", watch.identity(), e);
        }
    }

    private void forget(final Long key) {
        final Watch watch = watches.remove(key);
        if (watch != null) {
            watch.release();
        }
    }

    private void add(final int fd, final long key) {
        final long event = Libc.allocate(ARCHITECTURE.epollEventLength);
        try {
            Libc.memory().putInt(event, EPOLLIN);
            Libc.memory().putLong(event + ARCHITECTURE.epollDataOffset, key);
            if (Libc.intResult(Libc.call(EPOLL_CTL, epoll, EPOLL_CTL_ADD, fd, event)) != 0) {
                throw new PosixException(Libc.errno(), "epoll_ctl", null, null);
            }
        } finally {
            Libc.free(event);
        }
    }
}
