/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.FlushReplyDecoder;
import io.thornback.transport.wire.LeaseGrantDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageShapes;
import io.thornback.transport.wire.ObjectEventDecoder;
import io.thornback.transport.wire.ObjectListDecoder;
import io.thornback.transport.wire.ObjectReadyDecoder;
import io.thornback.transport.wire.ObjectStatusDecoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedDecoder;
import io.thornback.transport.wire.SealRejectedDecoder;
import io.thornback.transport.wire.StoreRestartedDecoder;
import io.thornback.transport.wire.StoreWelcomeDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;

/**
 * The answers that a client waits for, by correlation id. Any thread asks; one thread at a time, the owner of the process's inbox,
 * feeds. Only the slow paths come here.
 */
final class Replies {
    private static final long LIVENESS_CHECK_NS = 100_000_000;
    private static final long SPIN_NS = 20_000;
    private static final int TAG_SHIFT = 32;
    /** Offset in the block of every answer. */
    private static final int CORRELATION_ID = 0;

    private static final AtomicInteger INSTANCES = new AtomicInteger();

    private final ConcurrentHashMap<Long, Reply> pending = new ConcurrentHashMap<>();
    /** Marks this instance's correlation ids, so that answers to somebody else's requests are left to them. */
    private final long tag = 0x5354_0000L | (INSTANCES.incrementAndGet() & 0xFFFF);

    private final AtomicLong lastCorrelationId = new AtomicLong(tag << TAG_SHIFT);
    private final Consumer<ObjectId> onSealRejected;
    private final LongConsumer onUnwantedCell;
    private final BooleanSupplier isFeeder;
    private LongConsumer onRestarted = epoch -> {};
    private volatile Thread feeder;
    private volatile RuntimeException closedBy;

    /** @param isFeeder whether the calling thread brings the answers; null: the one that did last does */
    Replies(
            final Consumer<ObjectId> onSealRejected,
            final LongConsumer onUnwantedCell,
            final BooleanSupplier isFeeder) {
        this.isFeeder = isFeeder != null ? isFeeder : () -> Thread.currentThread() == feeder;
        this.onSealRejected = onSealRejected;
        this.onUnwantedCell = onUnwantedCell;
    }

    /** What is done when a restarted store says so, with its epoch; before the first message. */
    void onRestarted(final LongConsumer action) {
        onRestarted = action;
    }

    /** Whether this is the thread that brings the answers. */
    boolean isFeeder() {
        return isFeeder.getAsBoolean();
    }

    /** The correlation id of a client's first request: to be admitted. */
    long admissionId() {
        return (tag << TAG_SHIFT) + 1;
    }

    /** Another store: everything that is waited for is asked again. On the feeding thread. */
    void sendAgain() {
        for (final Reply reply : List.copyOf(pending.values())) {
            try {
                reply.sendAgain();
            } catch (final RuntimeException e) {
                if (pending.remove(reply.correlationId, reply)) {
                    reply.failure = e;
                    reply.complete();
                }
            }
        }
    }

    long nextCorrelationId() {
        return lastCorrelationId.incrementAndGet();
    }

    <R extends Reply> R expect(final R reply) {
        pending.put(reply.correlationId, reply);
        final RuntimeException reason = closedBy;
        if (reason != null) {
            pending.remove(reply.correlationId);
            throw reason;
        }
        return reply;
    }

    /** Nobody waits for it any more. */
    void forget(final Reply reply) {
        pending.remove(reply.correlationId);
    }

    /** The same by number; false if the answer has come already. */
    boolean forget(final long correlationId) {
        return pending.remove(correlationId) != null;
    }

    /**
     * Parks until the answer is there, of this store or of the next.
     *
     * @return false when the time is over
     * @throws StoreUnavailableException if it is over and there is no store
     */
    boolean await(final Reply reply, final long deadlineNs, final BooleanSupplier isStoreAlive) {
        checkNotFeeder();
        if (reply instanceof WordReply onWord) {
            return awaitWord(onWord, deadlineNs, isStoreAlive);
        }
        long nextCheckNs = System.nanoTime() + LIVENESS_CHECK_NS;
        while (!reply.isDone()) {
            final long nowNs = System.nanoTime();
            if (deadlineNs - nowNs <= 0) {
                checkAlive(isStoreAlive);
                return false;
            }
            if (nextCheckNs - nowNs <= 0) {
                final boolean unused = isStoreAlive.getAsBoolean(); // which looks for another if it is not
                nextCheckNs = nowNs + LIVENESS_CHECK_NS;
            }
            checkNotInterrupted();
            LockSupport.parkNanos(this, Math.min(deadlineNs - nowNs, LIVENESS_CHECK_NS));
        }
        if (reply.failure != null) {
            throw reply.failure;
        }
        return true;
    }

    /** On a word of shared memory. Spins first: two wakes cost ten times what a store needs that is awake. */
    private boolean awaitWord(final WordReply reply, final long deadlineNs, final BooleanSupplier isStoreAlive) {
        final long startNs = System.nanoTime();
        while (!reply.isOver() && System.nanoTime() - startNs < SPIN_NS) {
            Thread.onSpinWait();
        }
        long nextCheckNs = startNs + LIVENESS_CHECK_NS;
        while (!reply.isOver()) {
            final long nowNs = System.nanoTime();
            if (deadlineNs - nowNs <= 0) {
                checkAlive(isStoreAlive);
                return false;
            }
            if (nextCheckNs - nowNs <= 0) {
                final boolean unused = isStoreAlive.getAsBoolean(); // the same
                nextCheckNs = nowNs + LIVENESS_CHECK_NS;
            }
            checkNotInterrupted();
            reply.await(Math.min(deadlineNs - nowNs, LIVENESS_CHECK_NS));
        }
        if (reply.isDone() && reply.failure != null) {
            throw reply.failure;
        }
        return true;
    }

    private void checkNotFeeder() {
        if (isFeeder()) {
            throw new IllegalStateException(
                    "the thread that feeds the client with messages would wait for itself; call from another one");
        }
    }

    static void checkNotInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new ObjectStoreException(
                    "INTERRUPTED", "interrupted while waiting for the object store", "the interrupt flag is still set");
        }
    }

    private static void checkAlive(final BooleanSupplier isStoreAlive) {
        if (!isStoreAlive.getAsBoolean()) {
            throw new StoreUnavailableException(
                    "the object store died while an answer was awaited, and no other came in time",
                    "wait until it is started again");
        }
    }

    /** Fails everything that waits, now and later. */
    void close(final RuntimeException reason) {
        closedBy = reason;
        for (final Reply reply : List.copyOf(pending.values())) {
            if (pending.remove(reply.correlationId, reply)) {
                reply.failure = reason;
                reply.complete();
            }
        }
    }

    /** What came in a message's place cannot be read: whoever waits for it as an answer gets an error and does not wait on. */
    private void failed(final int templateId, final DirectBuffer buffer, final int offset, final int length) {
        if (isAnswer(templateId) && length >= StoreMessages.HEADER_LENGTH + Long.BYTES) {
            final Reply reply = pending.remove(StoreMessages.getLong(buffer, offset, CORRELATION_ID));
            if (reply != null) {
                reply.failure = new ObjectStoreException(
                        "BAD_MESSAGE",
                        "the object store's answer cannot be read: template=" + templateId + " length=" + length,
                        "run all processes of a node from one release; it may be tried again");
                reply.complete();
            }
        }
    }

    /** Whether its block begins with the correlation id of a request that ends with it. */
    private static boolean isAnswer(final int templateId) {
        return switch (templateId) {
            case StoreWelcomeDecoder.TEMPLATE_ID,
                    RefusedDecoder.TEMPLATE_ID,
                    LeaseGrantDecoder.TEMPLATE_ID,
                    ObjectReadyDecoder.TEMPLATE_ID,
                    ObjectStatusDecoder.TEMPLATE_ID,
                    ObjectListDecoder.TEMPLATE_ID,
                    FlushReplyDecoder.TEMPLATE_ID -> true;
            default -> false;
        };
    }

    /**
     * Takes a message of the store's; false if it is not one, or not for this client, or its length fields lead out of it. Who waits for one that cannot be read is told so.
     *
     * @throws RuntimeException if something else in it is wrong
     */
    boolean onMessage(final int templateId, final DirectBuffer buffer, final int offset, final int length) {
        feeder = Thread.currentThread();
        if (!MessageShapes.isWhole(buffer, offset, length)) {
            failed(templateId, buffer, offset, length);
            return false;
        }
        try {
            return take(templateId, buffer, offset);
        } catch (final RuntimeException e) {
            failed(templateId, buffer, offset, length);
            throw e;
        }
    }

    private boolean take(final int templateId, final DirectBuffer buffer, final int offset) {
        return switch (templateId) {
            case StoreWelcomeDecoder.TEMPLATE_ID -> onWelcome(buffer, offset);
            case RefusedDecoder.TEMPLATE_ID -> onRefused(buffer, offset);
            case StoreRestartedDecoder.TEMPLATE_ID -> onRestarted(buffer, offset);
            case LeaseGrantDecoder.TEMPLATE_ID -> onGrant(buffer, offset);
            case SealRejectedDecoder.TEMPLATE_ID -> onRejected(buffer, offset);
            case ObjectReadyDecoder.TEMPLATE_ID -> onAnswer(buffer, offset, 0);
            case ObjectStatusDecoder.TEMPLATE_ID -> onStatus(buffer, offset);
            case ObjectListDecoder.TEMPLATE_ID -> onList(buffer, offset);
            case ObjectEventDecoder.TEMPLATE_ID -> onEvent(buffer, offset);
            case FlushReplyDecoder.TEMPLATE_ID -> onAnswer(buffer, offset, 0);
            default -> false;
        };
    }

    private boolean onWelcome(final DirectBuffer buffer, final int offset) {
        final long correlationId =
                StoreMessages.getLong(buffer, offset, StoreWelcomeDecoder.correlationIdEncodingOffset());
        final Reply reply = pending.remove(correlationId);
        if (reply == null) {
            return isOurs(correlationId);
        }
        reply.value = StoreMessages.getInt(buffer, offset, StoreWelcomeDecoder.clientIdEncodingOffset());
        reply.epoch = StoreMessages.getLong(buffer, offset, StoreWelcomeDecoder.epochEncodingOffset());
        reply.complete();
        return true;
    }

    private boolean onRestarted(final DirectBuffer buffer, final int offset) {
        onRestarted.accept(StoreMessages.getLong(buffer, offset, StoreRestartedDecoder.epochEncodingOffset()));
        return true;
    }

    private boolean onRefused(final DirectBuffer buffer, final int offset) {
        final RefusedDecoder refused = new RefusedDecoder();
        refused.wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final long correlationId = refused.correlationId();
        if (!isOurs(correlationId)) {
            return false;
        }
        final RefusalCode code = refused.code();
        final long limit = refused.limitValue();
        final String message = refused.message();
        final Reply reply = pending.remove(correlationId); // not before it has been read
        if (reply != null) {
            reply.failure = switch (code) {
                case STORE_FULL -> new StoreFullException(limit, message);
                case QUOTA -> new JobQuotaException(limit, message);
                case OBJECT_LOST -> new ObjectLostException(message);
                default -> new StoreRefusedException(code.name(), message);
            };
            reply.complete();
        }
        return true;
    }

    private boolean onGrant(final DirectBuffer buffer, final int offset) {
        final LeaseGrantDecoder grant = new LeaseGrantDecoder();
        grant.wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final long correlationId = grant.correlationId();
        if (!isOurs(correlationId)) {
            return false;
        }
        final List<Long> tokens = new ArrayList<>();
        for (final LeaseGrantDecoder.CellsDecoder cell : grant.cells()) {
            tokens.add(CellDescriptor.token(cell.cell(), cell.generation()));
        }
        final Reply reply = pending.remove(correlationId);
        if (reply == null) {
            // The one who asked has given up waiting.
            tokens.forEach(onUnwantedCell::accept);
            return true;
        }
        reply.tokens = tokens.stream().mapToLong(Long::longValue).toArray();
        reply.complete();
        return true;
    }

    private boolean onStatus(final DirectBuffer buffer, final int offset) {
        final int presence =
                buffer.getByte(offset + StoreMessages.HEADER_LENGTH + ObjectStatusDecoder.presenceEncodingOffset())
                        & 0xFF;
        return onAnswer(buffer, offset, presence);
    }

    private boolean onList(final DirectBuffer buffer, final int offset) {
        final long correlationId =
                StoreMessages.getLong(buffer, offset, ObjectListDecoder.correlationIdEncodingOffset());
        if (pending.get(correlationId) instanceof ObjectQueries.Page page) {
            page.read(buffer, offset);
            if (pending.remove(correlationId, page)) {
                page.complete();
            }
        }
        return isOurs(correlationId);
    }

    private boolean onEvent(final DirectBuffer buffer, final int offset) {
        final long correlationId =
                StoreMessages.getLong(buffer, offset, ObjectEventDecoder.correlationIdEncodingOffset());
        if (pending.get(correlationId) instanceof ObjectQueries.Subscription subscription) {
            subscription.read(buffer, offset);
        }
        return isOurs(correlationId);
    }

    private boolean onRejected(final DirectBuffer buffer, final int offset) {
        onSealRejected.accept(StoreMessages.getId(buffer, offset, SealRejectedDecoder.objectIdEncodingOffset()));
        return true;
    }

    /** An answer whose correlation id comes first. */
    private boolean onAnswer(final DirectBuffer buffer, final int offset, final int value) {
        final long correlationId = StoreMessages.getLong(buffer, offset, CORRELATION_ID);
        final Reply reply = pending.remove(correlationId);
        if (reply != null) {
            reply.value = value;
            reply.complete();
        }
        return isOurs(correlationId);
    }

    private boolean isOurs(final long correlationId) {
        return correlationId >>> TAG_SHIFT == tag;
    }
}
