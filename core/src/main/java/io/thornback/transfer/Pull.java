/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import io.thornback.gcs.Backoff;
import io.thornback.objectstore.JobQuotaException;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectTooLargeException;
import io.thornback.objectstore.StoreFullException;
import io.thornback.objectstore.WritableObject;
import io.thornback.transfer.PullException.Code;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetRefusedException;
import io.thornback.transport.net.StreamOutcome;
import io.thornback.transport.net.StreamPart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * One object on its way here: {@code look here → connect → describe → wait for a turn → create → receive → seal}, and back to
 * {@code connect} when the connection falls. Network thread only; what may wait is done elsewhere and comes back as a message. When it is over, whatever
 * is still under way finds that, and gives back what it has got.
 */
final class Pull {
    /** Connections that may fall one after the other without a byte in between. */
    private static final int MOST_FAILURES = 3;

    private static final long FIRST_RETRY_MS = 50;
    private static final long LAST_RETRY_MS = 1_000;
    private static final long DESCRIBE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(40);

    private final Puller puller;
    private final ObjectId id;
    private final Peer peer;
    private final List<CompletableFuture<Void>> waiters = new ArrayList<>();
    private final Backoff backoff = new Backoff(FIRST_RETRY_MS, LAST_RETRY_MS, new Random());
    private PullPriority priority;
    private long deadlineNs = System.nanoTime();
    private int failures;

    /** Null while there is none. */
    private Peers.Link link;

    private NetConnection connection;
    private ObjectShape shape;
    private Admission.Ticket ticket;
    private WritableObject object;
    private ObjectMemory memory;
    private CRC32C checksum;
    private long received;
    private long streamId;
    /** Whether that stream has not ended. */
    private boolean isReceiving;

    private boolean isOver;

    Pull(Puller puller, ObjectId id, Peer peer, PullPriority priority) {
        this.puller = puller;
        this.id = id;
        this.peer = peer;
        this.priority = priority;
    }

    /** One more waits for it. */
    void join(CompletableFuture<Void> waiter, PullPriority itsPriority, long itsDeadlineNs) {
        waiters.add(waiter);
        if (itsDeadlineNs - deadlineNs > 0) {
            deadlineNs = itsDeadlineNs;
        }
        if (itsPriority.compareTo(priority) < 0) {
            priority = itsPriority;
            if (ticket != null) {
                puller.admission.raise(ticket, priority);
            }
        }
    }

    /** One has its result, or does not wait any longer. */
    void left(CompletableFuture<Void> waiter) {
        waiters.removeIf(each -> each == waiter);
        if (waiters.isEmpty() && !isOver) {
            end(null);
        }
    }

    void start() {
        elsewhere(puller.waiting, () -> puller.store.contains(id), (isHere, failure) -> {
            if (failure != null) {
                fail(Code.FAILED, "the store of this node does not answer", failure);
            } else if (isHere) {
                end(null);
            } else {
                connect();
            }
        });
    }

    private void connect() {
        link = puller.peers.acquire(peer);
        here(link.connected(), (connected, failure) -> {
            if (failure != null) {
                lost(failure);
            } else {
                connection = connected;
                if (shape == null) {
                    describe();
                } else {
                    receive();
                }
            }
        });
    }

    private void describe() {
        here(connection.request(TransferCodec.describe(peer.nodeId(), id), DESCRIBE_TIMEOUT_NS), (answer, failure) -> {
            if (failure != null) {
                lost(failure);
            } else {
                shape = TransferCodec.described(answer.buffer());
                checksum = shape.beginChecksum();
                ticket = puller.admission.enter(shape.memoryBytes(), priority, this::create);
            }
        });
    }

    /** It is this pull's turn. */
    private void create() {
        elsewhere(
                puller.waiting,
                () -> puller.store
                        .create(id, shape.sizeBytes(), shape.copyOptions().withTimeout(left()))
                        .format(shape.format()),
                (created, failure) -> {
                    if (failure != null) {
                        fail(
                                isNoRoom(failure) ? Code.STORE_FULL : Code.FAILED,
                                "this node's store does not take it: " + failure.getMessage(),
                                failure);
                    } else {
                        object = created;
                        memory = ObjectMemory.of(created);
                        puller.transfers.getAndIncrement();
                        receive();
                    }
                });
    }

    /** A little less than those who wait have, so that they hear what the store says. */
    private Duration left() {
        final long leftNs = deadlineNs - System.nanoTime();
        return Duration.ofNanos(Math.max(1, leftNs - leftNs / 4));
    }

    private static boolean isNoRoom(Throwable failure) {
        return failure instanceof StoreFullException
                || failure instanceof ObjectTooLargeException
                || failure instanceof JobQuotaException;
    }

    private void receive() {
        final StreamPart part = new StreamPart(memory, received, shape.sizeBytes(), checksum, this::received);
        final long position = received;
        if (position > 0) {
            puller.resumed.getAndIncrement();
        }
        isReceiving = true; // it may end before the next line does
        streamId = connection
                .streams()
                .receive(part, stream -> TransferCodec.pull(stream, id, position, shape.sizeBytes()));
    }

    /** The stream has ended, and does not touch the object any more. */
    private void received(StreamOutcome outcome) {
        isReceiving = false;
        puller.bytesReceived.getAndAdd(outcome.offset() - received);
        if (outcome.offset() > received) {
            failures = 0;
            backoff.reset();
        }
        received = outcome.offset();
        if (isOver) {
            return;
        }
        switch (outcome.code()) {
            case COMPLETE -> seal();
            case CLOSED -> failedOnce(outcome.reason(), null);
            case BUSY -> again();
            case CORRUPT -> fail(Code.CORRUPT, outcome.reason(), null);
            case NOT_HERE -> fail(Code.NOT_HERE, outcome.reason(), null);
            default -> fail(Code.FAILED, outcome.reason(), null);
        }
    }

    private void seal() {
        elsewhere(
                puller.ending,
                () -> {
                    object.seal();
                    return object;
                },
                (whole, failure) -> {
                    if (failure != null) {
                        fail(Code.FAILED, "it could not be sealed", failure);
                    } else {
                        object = null;
                        end(null);
                    }
                });
    }

    /** There is no connection, or no answer on it. */
    private void lost(Throwable failure) {
        if (failure instanceof NetRefusedException refused) {
            switch (refused.refusal()) {
                case OBJECT_NOT_HERE -> fail(Code.NOT_HERE, refused.getMessage(), refused);
                case NOT_ADMITTED -> fail(Code.WRONG_NODE, refused.getMessage(), refused);
                case QUEUE_FULL -> again();
                default -> fail(Code.FAILED, refused.getMessage(), refused);
            }
        } else if (failure instanceof NetException net
                && (net.code() == NetException.Code.UNTRUSTED || net.code() == NetException.Code.BAD_PEER)) {
            fail(Code.FAILED, net.getMessage(), net);
        } else if (failure instanceof NetException full && full.code() == NetException.Code.BACK_PRESSURE) {
            again();
        } else {
            failedOnce(failure.getMessage(), failure);
        }
    }

    private void failedOnce(String why, Throwable cause) {
        failures++;
        if (failures > MOST_FAILURES) {
            fail(Code.UNREACHABLE, "failed " + failures + " times, at last: " + why, cause);
        } else {
            again();
        }
    }

    /** In a while. A peer that is busy is asked until nobody waits any more. */
    private void again() {
        disconnect();
        puller.loop.schedule(
                () -> {
                    if (!isOver) {
                        connect();
                    }
                },
                backoff.nextDelayMs());
    }

    private void disconnect() {
        connection = null;
        if (link != null) {
            puller.peers.release(link);
            link = null;
        }
    }

    void close() {
        end(Puller.closed(id));
    }

    private void fail(Code code, String why, Throwable cause) {
        end(new PullException(code, "object " + id + " did not come from " + peer + ": " + why, cause));
    }

    /** Once. The stream, if one runs, has ended when cancel returns. */
    private void end(PullException failure) {
        if (isOver) {
            return;
        }
        isOver = true;
        if (isReceiving) {
            connection.streams().cancel(streamId, "it is not wanted any more");
        }
        if (object != null) {
            giveUp(object);
        }
        if (ticket != null) {
            puller.admission.leave(ticket);
        }
        disconnect();
        puller.over(id, this);
        for (CompletableFuture<Void> waiter : List.copyOf(waiters)) {
            if (failure == null) {
                waiter.complete(null);
            } else {
                waiter.completeExceptionally(failure);
            }
        }
    }

    private void giveUp(WritableObject unfinished) {
        try {
            puller.ending.execute(unfinished::abort);
        } catch (RejectedExecutionException e) {
            unfinished.abort();
        }
    }

    /** Does what may wait; goes on here unless the pull is over: then an object that was made meanwhile is given up. */
    private <T> void elsewhere(Executor workers, Supplier<T> work, BiConsumer<T, Throwable> then) {
        try {
            here(CompletableFuture.supplyAsync(work, workers), then);
        } catch (RejectedExecutionException e) {
            end(Puller.closed(id));
        }
    }

    private <T> void here(CompletableFuture<T> future, BiConsumer<T, Throwable> then) {
        final CompletableFuture<T> unused = future.whenComplete((value, failure) -> {
            final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (!puller.loop.execute(() -> proceed(value, cause, then)) && value instanceof WritableObject late) {
                late.abort();
            }
        });
    }

    private <T> void proceed(T value, Throwable failure, BiConsumer<T, Throwable> then) {
        if (isOver) {
            if (value instanceof WritableObject late) {
                giveUp(late);
            }
            return;
        }
        try {
            then.accept(value, failure);
        } catch (RuntimeException e) {
            fail(Code.FAILED, "a step of it failed: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "Pull[" + id + " from " + peer + " received=" + received + "]";
    }
}
