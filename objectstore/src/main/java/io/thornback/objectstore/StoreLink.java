/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import io.thornback.transport.TransportException;
import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.ipc.PeerGoneException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.ToIntFunction;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the store, and to the next one when that has died. Any thread; no lock on the way of a message.
 *
 * <p><b>Two kinds of messages.</b> What the store is <em>told</em> (seal, delete, abort, reference) must arrive: it goes into the old lane as long as that takes
 * it, for the next store reads that out, and then into the new one. What it is <em>asked</em> is kept in {@link Replies} by whoever waits, and asked again of the next
 * store; nothing is sent while there is none.
 *
 * <p><b>Reconnecting.</b> A new store rings its clients; a thread that waits, or finds the lane closed, looks for one too. Then: a lane to the new inbox, hello with the old
 * number, and on the welcome, on the feeding thread, the new lane takes the place of the old one, and everything is said again. A thread that has sent something looks
 * afterwards whether its lane is still the one: either it sees the new one, and sends again, or its message was committed before the old lane was read out.
 */
final class StoreLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLink.class);
    private static final long RETRY_NS = 5_000_000;
    private static final long FIRST_PAUSE_NS = 20_000;
    private static final long LONGEST_PAUSE_NS = 1_000_000;

    private record Deferred(int templateId, UnsafeBuffer message) {}

    private final ClientOptions options;
    private final ClientFiles files;
    private final Replies replies;
    private final long timeoutNs;
    /** Of the attempts to reconnect; never held while waiting for anything but an inbox's slot. */
    private final ReentrantLock lock = new ReentrantLock();
    /** What the feeding thread said while there was no store: it cannot wait. That thread alone. */
    private final Deque<Deferred> deferred = new ArrayDeque<>();

    private volatile OutboundLane lane;
    private volatile int clientId;
    private volatile long epoch;
    private volatile RuntimeException gone;
    private volatile boolean closed;
    private LongConsumer onResumed = resumed -> {};
    private OutboundLane candidate;
    private Reply hello;
    private long nextTryNs = System.nanoTime();

    StoreLink(final ClientOptions options, final ClientFiles files, final Replies replies, final OutboundLane lane) {
        this.options = options;
        this.files = files;
        this.replies = replies;
        this.timeoutNs = options.createTimeout().toNanos();
        this.lane = lane;
        this.epoch = files.epoch;
    }

    /** What is said again to another store, on the feeding thread, with its epoch. */
    void onResumed(final LongConsumer action) {
        onResumed = action;
    }

    /** On admission. */
    void admitted(final int newClientId) {
        clientId = newClientId;
    }

    /** The lane that messages go to now. Volatile; partner: {@link #resume}. */
    OutboundLane lane() {
        return lane;
    }

    /** Whether the store is there and knows this client, asked of the kernel. Looks for another one if not. */
    boolean isThere() {
        checkNotGone();
        final OutboundLane current = lane;
        if (current.isOpen() && current.isReceiverAlive()) {
            return true;
        }
        seek();
        return false;
    }

    /** Sends a question; its reply is expected already. Without a store nothing happens: it is asked again. */
    void ask(final int templateId, final UnsafeBuffer message, final int length) {
        try {
            lane.send(templateId, message, 0, length, timeoutNs);
        } catch (final PeerGoneException e) {
            LOG.trace("to be asked again", e);
            checkNotGone();
            seek();
        } catch (final TransportException e) {
            if (e.code() != TransportException.Code.CLOSED || closed) {
                throw e;
            }
            // Replaced at this moment: everything that waits is asked again.
        }
    }

    /**
     * Tells the store something that must arrive. Waits for room, and for another store.
     *
     * @throws StoreUnavailableException if there is none in time
     */
    void tell(final int templateId, final UnsafeBuffer message, final int length) {
        if (!deferred.isEmpty() && replies.isFeeder()) {
            defer(templateId, message, length);
            return;
        }
        if (!attempt(to -> offer(to, templateId, message, length))) {
            defer(templateId, message, length);
        }
    }

    /** One attempt at {@link #tell}; false if it must be made again. A client that has left has nothing to tell. */
    boolean tryTell(final int templateId, final UnsafeBuffer message, final int length) {
        final OutboundLane to = lane;
        return closed || (offer(to, templateId, message, length) == OutboundLane.SENT && to == lane);
    }

    /**
     * Attempts something until it is in the lane that is still the one afterwards. Waits for room, and for another store.
     *
     * @param attempt gives a code of {@link OutboundLane#offer}
     * @return false on the feeding thread, which cannot wait for a store: it was not sent, and there is none
     * @throws StoreUnavailableException if there is none in time
     */
    boolean attempt(final ToIntFunction<OutboundLane> attempt) {
        final long deadlineNs = System.nanoTime() + timeoutNs;
        long pauseNs = FIRST_PAUSE_NS;
        while (true) {
            final OutboundLane to = lane;
            final int outcome = attempt.applyAsInt(to);
            if (outcome == OutboundLane.SENT) {
                if (to == lane) {
                    return true;
                }
                continue; // replaced: the next store may have read the old lane out before
            }
            if (outcome != OutboundLane.FULL || !to.isOpen()) {
                if (closed) {
                    throw unavailable("this object store client is closed");
                }
                if (isThere() && to != lane) {
                    continue;
                }
                if (replies.isFeeder()) {
                    return false;
                }
            }
            if (System.nanoTime() - deadlineNs >= 0) {
                throw unavailable(
                        to.isOpen()
                                ? "the object store has not made room in its lane for " + timeoutNs / 1_000_000 + " ms"
                                : "the object store is gone, and no other came in time");
            }
            if (!replies.isFeeder()) { // an interrupt means what that thread does for itself
                Replies.checkNotInterrupted();
            }
            LockSupport.parkNanos(this, pauseNs);
            pauseNs = Math.min(pauseNs * 2, LONGEST_PAUSE_NS);
        }
    }

    /** A new store has the files: it is in shared memory by now. On the feeding thread. */
    void restarted(final long newEpoch) {
        if (newEpoch > epoch) {
            lock.lock();
            try {
                nextTryNs = System.nanoTime();
                seekLocked();
            } finally {
                lock.unlock();
            }
        }
    }

    /** The welcome on the first lane. On the feeding thread; the client is not let in yet. */
    void welcomed(final long newEpoch) {
        lock.lock();
        try {
            if (candidate != null) {
                resume();
            }
            epoch = newEpoch;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The client has left, and no pin is left. The flag tells a store that finds it after a restart, the lane the one that is there.
     *
     * @param pins null if it was never admitted
     */
    void leave(final ClientPins pins) {
        if (pins != null) {
            pins.leave();
            Steps.reached(Step.CLIENT_CLOSED_FLAG_SET);
        }
        close();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            dropCandidate();
            lane.close();
        } finally {
            lock.unlock();
        }
    }

    private int offer(final OutboundLane to, final int templateId, final UnsafeBuffer message, final int length) {
        final int index = to.tryClaimForHeir(templateId, length);
        if (index < 0) {
            return index;
        }
        boolean copied = false;
        try {
            to.buffer().putBytes(index, message, 0, length);
            copied = true;
        } finally {
            if (!copied) {
                to.abort(index);
            }
        }
        to.commit(index);
        return OutboundLane.SENT;
    }

    private void defer(final int templateId, final UnsafeBuffer message, final int length) {
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
        copy.putBytes(0, message, 0, length);
        deferred.add(new Deferred(templateId, copy));
    }

    /** Of several threads that come at once, one looks; none waits. */
    private void seek() {
        if (lock.tryLock()) {
            try {
                seekLocked();
            } finally {
                lock.unlock();
            }
        }
    }

    private void seekLocked() {
        final long nowNs = System.nanoTime();
        if (closed || gone != null || nextTryNs - nowNs > 0 || isAlive(lane)) {
            return;
        }
        nextTryNs = nowNs + RETRY_NS;
        if (candidate != null) {
            if (isAlive(candidate)) {
                return; // it has been greeted, and will answer
            }
            dropCandidate();
        }
        try {
            candidate = OutboundLane.open(options.shmDir(), options.storeInboxName(), options.inboxName());
        } catch (final TransportException | PosixException e) {
            LOG.trace("no store yet", e);
            return;
        }
        Steps.reached(Step.LINK_LANE_OPENED);
        greet();
    }

    private void greet() {
        final long incarnation = foundIncarnation();
        if (incarnation == 0) {
            dropCandidate();
        } else if (incarnation != files.incarnation()) {
            dropCandidate();
            lose(unavailable("the object store has begun anew, this client's objects are of the one before"));
        } else {
            hello = clientId == 0 ? null : replies.expect(new Hello(replies.nextCorrelationId()));
            StoreLane.hello(
                    candidate, options, hello == null ? replies.admissionId() : hello.correlationId, clientId, epoch);
            Steps.reached(Step.LINK_HELLO_SENT);
        }
    }

    /** Of the files that are in the folder now, which may be others than those mapped here; 0 if they are not ready. */
    private long foundIncarnation() {
        try (MappedFile head =
                MappedFile.openReadOnly(files.directory.resolve(StoreFiles.STORE), StoreDescriptor.CLIENTS_OFFSET)) {
            ClientFiles.checkHead(head, StoreDescriptor.MAGIC, StoreDescriptor.CLIENTS_OFFSET);
            return UnsafeApi.getLong(head.address() + StoreDescriptor.INCARNATION_OFFSET);
        } catch (final PosixException | ObjectStoreException e) {
            LOG.trace("no store yet", e);
            return 0;
        }
    }

    /** The new lane takes the place of the old one. Volatile: whoever still sends on the old one sees it afterwards. */
    private void resume() {
        final OutboundLane old = lane;
        lane = candidate;
        candidate = null;
        hello = null;
        old.close();
        Steps.reached(Step.LINK_LANE_REPLACED);
    }

    private void resumed(final Hello welcome) {
        lock.lock();
        try {
            if (hello != welcome || closed) {
                return; // of a store that has died since
            }
            if (!sendDeferred()) {
                dropCandidate();
                return;
            }
            resume();
            epoch = welcome.epoch;
        } finally {
            lock.unlock();
        }
        onResumed.accept(welcome.epoch);
        LOG.info("client {} goes on with the restarted store: epoch={}", clientId, welcome.epoch);
    }

    /** Before anybody else sends on the new lane: it was said before. False if that store has died too. */
    private boolean sendDeferred() {
        while (!deferred.isEmpty()) {
            final Deferred next = deferred.peek();
            final int outcome = candidate.offer(next.templateId, next.message, 0, next.message.capacity());
            if (outcome == OutboundLane.SENT) {
                deferred.poll();
            } else if (outcome == OutboundLane.FULL) {
                LockSupport.parkNanos(this, FIRST_PAUSE_NS);
            } else {
                return false;
            }
        }
        return true;
    }

    private void dropCandidate() {
        if (candidate != null) {
            candidate.close();
            candidate = null;
        }
        if (hello != null) {
            replies.forget(hello);
            hello = null;
        }
    }

    private void lose(final RuntimeException reason) {
        gone = reason;
        replies.close(reason);
    }

    private void checkNotGone() {
        final RuntimeException reason = gone;
        if (reason != null) {
            throw reason;
        }
    }

    private static boolean isAlive(final OutboundLane lane) {
        return lane.isOpen() && lane.isReceiverAlive();
    }

    private static StoreUnavailableException unavailable(final String what) {
        return new StoreUnavailableException(what, "wait until the node has started it again, or open another client");
    }

    /** The answer of a restarted store. */
    private final class Hello extends Reply {
        Hello(final long correlationId) {
            super(correlationId);
        }

        @Override
        void onDone() {
            if (failure == null) {
                resumed(this);
            } else if (hello == this) {
                lose(failure);
            }
        }
    }
}
