/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.GetTimeoutException;
import io.thornback.ThornbackException;
import io.thornback.ThornbackException.Code;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.transport.wire.ActorLookupEncoder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Questions to the raylet about actors. Thread-safe. */
final class ActorLookups {
    private final Outbox raylet;
    private final Map<Long, CompletableFuture<Optional<ActorId>>> open = new ConcurrentHashMap<>();
    private final AtomicLong nextCorrelationId = new AtomicLong(1);
    private volatile Failure stopped;

    ActorLookups(final Outbox raylet) {
        this.raylet = raylet;
    }

    /** Asks where an actor is; the answer, and what becomes of it later, comes as news. */
    void ask(final ActorId id) {
        send(0, id, "", "");
    }

    /**
     * The actor of this name that lives, starts or is being restarted.
     *
     * @throws GetTimeoutException if the raylet did not answer in time.
     */
    Optional<ActorId> find(final String namespace, final String name, final Duration timeout) {
        final long correlationId = nextCorrelationId.getAndIncrement();
        final CompletableFuture<Optional<ActorId>> answer = new CompletableFuture<>();
        open.put(correlationId, answer);
        final Failure why = stopped; // after the put: whoever sets it looks for questions afterwards
        if (why != null) {
            answer.completeExceptionally(why.toException());
        }
        try {
            send(correlationId, ActorId.none(JobId.NONE), namespace, name);
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            throw new GetTimeoutException("the raylet did not answer within " + timeout.toMillis()
                    + " ms when asked for actor '" + name + "'; look at 'thornback status'");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GetTimeoutException("interrupted while looking for actor '" + name + "'", e);
        } catch (final ExecutionException e) {
            throw new ThornbackException(
                    Code.NODE_STOPPED, "cannot look for actor '" + name + "': the node has stopped", e);
        } finally {
            open.remove(correlationId);
        }
    }

    private void send(final long correlationId, final ActorId id, final String namespace, final String name) {
        final MessageBuffer message = MessageBuffer.local();
        final ActorLookupEncoder encoder =
                new ActorLookupEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        encoder.correlationId(correlationId).putActorId(bytes(id), 0, ActorId.LENGTH);
        encoder.name(name).actorNamespace(namespace);
        raylet.post(ActorLookupEncoder.TEMPLATE_ID, message, encoder.encodedLength());
    }

    /** Whether somebody waits for this answer. */
    boolean isOpen(final long correlationId) {
        return correlationId != 0 && open.containsKey(correlationId);
    }

    void answer(final long correlationId, final Optional<ActorId> actor) {
        final CompletableFuture<Optional<ActorId>> lookup = open.get(correlationId);
        if (lookup != null) {
            lookup.complete(actor);
        }
    }

    /** Nothing more will be answered: all fail, and so do those that are still asked. */
    void stop(final Failure failure) {
        stopped = failure;
        open.values().forEach(f -> f.completeExceptionally(failure.toException()));
    }

    static MutableDirectBuffer bytes(final ActorId id) {
        final MutableDirectBuffer bytes = new UnsafeBuffer(new byte[ActorId.LENGTH]);
        id.write(bytes, 0);
        return bytes;
    }
}
