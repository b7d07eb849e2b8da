/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.trust.JoinToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings objects of other nodes into this node's store. Any thread may call; nothing here waits but {@link #close}. */
public final class Puller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Puller.class);
    private static final int THREADS = 8;
    private static final long CLOSE_TIMEOUT_S = 5;

    final NetLoop loop;
    final ObjectStoreClient store;
    final Peers peers;
    final Admission admission;
    /** For what may wait for long: memory, an answer of the store, a name. */
    final ThreadPoolExecutor waiting = Workers.create("puller", THREADS, Integer.MAX_VALUE);
    /** For what ends a pull, and so makes room for those who wait; not behind them. */
    final ThreadPoolExecutor ending = Workers.create("puller-end", 1, Integer.MAX_VALUE);

    final AtomicLong bytesReceived = new AtomicLong();
    final AtomicLong transfers = new AtomicLong();
    final AtomicLong resumed = new AtomicLong();
    /** Network thread only. */
    private final Map<ObjectId, Pull> pulls = new HashMap<>();

    private volatile boolean closed;

    /**
     * @param loop the process's network thread; stays the caller's
     * @param store stays the caller's, who closes it after this. Objects that come count for its job. A copy of an object that was sealed here meanwhile is
     *     dropped, and that is told to {@link io.thornback.objectstore.ClientOptions#onSealRejected()}
     * @param token the cluster's
     * @param options limits
     */
    public Puller(NetLoop loop, ObjectStoreClient store, String token, PullOptions options) {
        this.loop = loop;
        this.store = store;
        this.admission = new Admission(options.maxBytesInFlight());
        this.peers = new Peers(loop, JoinToken.parse(token), waiting, options.idleMs());
    }

    /**
     * Has an object in this node's store: completes when it is sealed here, at once if it is already. Several calls for one object cause one transfer, from the peer that the first has
     * named. Cancelling ends the wait, and the transfer if nobody else waits.
     *
     * @param id of the object
     * @param peer who has it
     * @param priority with which it waits for its turn; the highest of all who wait for it counts
     * @param timeout after which this call fails; others may wait longer
     * @return completes on the network thread, so what follows must not block; exceptionally with a {@link PullException}
     */
    public CompletableFuture<Void> pull(ObjectId id, Peer peer, PullPriority priority, Duration timeout) {
        final CompletableFuture<Void> result = new CompletableFuture<>();
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        final CompletableFuture<Void> timer =
                new CompletableFuture<Void>().completeOnTimeout(null, timeout.toNanos(), TimeUnit.NANOSECONDS);
        final CompletableFuture<Void> unused =
                timer.thenRun(() -> result.completeExceptionally(late(id, peer, timeout)));
        cancelWith(result, timer);
        if (!loop.execute(() -> join(id, peer, priority, deadlineNs, result))) {
            result.completeExceptionally(closed(id));
        }
        return result;
    }

    /** A timer that is not needed any more would keep what it refers to. */
    private static void cancelWith(CompletableFuture<Void> result, CompletableFuture<Void> timer) {
        final CompletableFuture<Void> unused = result.whenComplete((done, failure) -> timer.cancel(false));
    }

    private static PullException late(ObjectId id, Peer peer, Duration timeout) {
        return new PullException(
                PullException.Code.TIMED_OUT,
                "object " + id + " did not come from " + peer + " within " + timeout + "; wait longer, or see what"
                        + " keeps the node busy");
    }

    private void join(ObjectId id, Peer peer, PullPriority priority, long deadlineNs, CompletableFuture<Void> result) {
        if (closed) {
            result.completeExceptionally(closed(id));
            return;
        }
        Pull pull = pulls.get(id);
        final boolean isNew = pull == null;
        if (isNew) {
            pull = new Pull(this, id, peer, priority);
            pulls.put(id, pull);
        }
        final Pull joined = pull;
        joined.join(result, priority, deadlineNs);
        final CompletableFuture<Void> unused = result.whenComplete((done, failure) -> {
            if (!loop.execute(() -> joined.left(result))) {
                LOG.debug("the network thread ended before pull {}", joined);
            }
        });
        if (isNew) {
            joined.start();
        }
    }

    /** Nothing more is to be done for it; by the pull itself, on the network thread. */
    void over(ObjectId id, Pull pull) {
        pulls.remove(id, pull);
    }

    boolean isClosed() {
        return closed;
    }

    static PullException closed(ObjectId id) {
        return new PullException(
                PullException.Code.CLOSED, "object " + id + " is not fetched any more: this node stops");
    }

    /** Bytes of objects whose transfer has begun and not ended. */
    public long bytesInFlight() {
        return admission.bytes();
    }

    /** The most that there have been at a time. */
    public long mostBytesInFlight() {
        return admission.mostBytes();
    }

    /** Bytes of objects that have come in. */
    public long bytesReceived() {
        return bytesReceived.get();
    }

    /** Transfers that have begun. */
    public long transfers() {
        return transfers.get();
    }

    /** Transfers that went on over another connection. */
    public long resumed() {
        return resumed.get();
    }

    /** Ends all pulls, gives the memory of what has not come back to the store, and closes the connections. Not on the network thread. */
    @Override
    public void close() {
        closed = true;
        final CountDownLatch ended = new CountDownLatch(1);
        final boolean hasThread = loop.execute(() -> {
            new ArrayList<>(pulls.values()).forEach(Pull::close);
            peers.closeAll();
            ended.countDown();
        });
        try {
            final boolean inTime = !hasThread || ended.await(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
            waiting.shutdownNow();
            ending.shutdown();
            if (!inTime || !ending.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS)) {
                LOG.warn("pulls did not end within {} s", CLOSE_TIMEOUT_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
