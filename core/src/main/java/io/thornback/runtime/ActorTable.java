/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.GetTimeoutException;
import io.thornback.ThornbackException;
import io.thornback.ThornbackException.Code;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.transport.wire.ActorLocationDecoder;
import io.thornback.transport.wire.ActorLookupEncoder;
import io.thornback.transport.wire.ActorState;
import io.thornback.transport.wire.KillActorEncoder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The actors that this process calls, and where they are. Thread-safe; {@link #onLocation} is the agent's. */
final class ActorTable {
    private final Calls calls;
    private final TaskTable tasks;
    private final InboxAgent agent;
    private final Outbox raylet;
    private final Executor background;
    private final Map<ActorId, ActorCalls> actors = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<Optional<ActorId>>> lookups = new ConcurrentHashMap<>();
    private final AtomicLong nextCorrelationId = new AtomicLong(1);

    ActorTable(
            final Calls calls,
            final TaskTable tasks,
            final InboxAgent agent,
            final Outbox raylet,
            final Executor background) {
        this.calls = calls;
        this.tasks = tasks;
        this.agent = agent;
        this.raylet = raylet;
        this.background = background;
    }

    /** An actor that this process creates: the raylet tells without being asked. */
    ActorCalls created(final ActorId id) {
        return actors.computeIfAbsent(id, this::newCalls);
    }

    /** An actor that this process was told of: the raylet is asked where it is. */
    ActorCalls known(final ActorId id) {
        final ActorCalls known = actors.get(id);
        if (known != null) {
            return known;
        }
        final ActorCalls added = actors.computeIfAbsent(id, this::newCalls);
        lookup(0, id, "");
        return added;
    }

    private ActorCalls newCalls(final ActorId id) {
        return new ActorCalls(id, calls, agent.links(), background);
    }

    /**
     * The living or starting actor of this name.
     *
     * @throws GetTimeoutException if the raylet did not answer in time.
     */
    Optional<ActorId> find(final String name, final Duration timeout) {
        final long correlationId = nextCorrelationId.getAndIncrement();
        final CompletableFuture<Optional<ActorId>> answer = new CompletableFuture<>();
        lookups.put(correlationId, answer);
        try {
            lookup(correlationId, ActorId.none(JobId.NONE), name);
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
            lookups.remove(correlationId);
        }
    }

    void kill(final ActorId id) {
        final MessageBuffer message = MessageBuffer.local();
        final KillActorEncoder encoder =
                new KillActorEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        encoder.putActorId(bytes(id), 0, ActorId.LENGTH);
        raylet.post(KillActorEncoder.TEMPLATE_ID, message, encoder.encodedLength());
    }

    private void lookup(final long correlationId, final ActorId id, final String name) {
        final MessageBuffer message = MessageBuffer.local();
        final ActorLookupEncoder encoder =
                new ActorLookupEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        encoder.correlationId(correlationId).putActorId(bytes(id), 0, ActorId.LENGTH);
        encoder.name(name);
        raylet.post(ActorLookupEncoder.TEMPLATE_ID, message, encoder.encodedLength());
    }

    private static MutableDirectBuffer bytes(final ActorId id) {
        final MutableDirectBuffer bytes = new UnsafeBuffer(new byte[ActorId.LENGTH]);
        id.write(bytes, 0);
        return bytes;
    }

    /** News of an actor from the raylet. Agent's thread. */
    void onLocation(final ActorLocationDecoder location) {
        final byte[] idBytes = new byte[ActorId.LENGTH];
        location.getActorId(idBytes, 0, idBytes.length);
        final ActorId id = ActorId.read(new UnsafeBuffer(idBytes), 0);
        final ActorState state = location.state();
        final long correlationId = location.correlationId();
        final String inbox = location.inbox();
        location.skipClassName();
        final String message = location.message();
        final CompletableFuture<Optional<ActorId>> lookup = correlationId == 0 ? null : lookups.get(correlationId);
        final boolean there = state == ActorState.ALIVE || state == ActorState.STARTING;
        if (lookup != null && !there) {
            lookup.complete(Optional.empty());
            return;
        }
        final ActorCalls known = lookup != null ? created(id) : actors.get(id);
        if (known != null && state == ActorState.ALIVE) {
            background.execute(() -> known.located(inbox));
        } else if (known != null && !there) {
            // Results that the actor had sent before it died may still be in its lane: they count.
            agent.executeWhenDrained(() -> die(id, known, new Failure(Code.ACTOR_DIED, message, null)));
        }
        if (lookup != null) {
            lookup.complete(Optional.of(id));
        }
    }

    private void die(final ActorId id, final ActorCalls known, final Failure failure) {
        background.execute(() -> {
            known.died(failure);
            for (final PendingTask task : tasks.removeOf(id)) {
                calls.end(task);
                task.fail(failure);
            }
        });
    }

    /** Nothing more will come: everything that waits fails. */
    void nodeStopped(final Failure failure) {
        lookups.values().forEach(f -> f.completeExceptionally(failure.toException()));
        actors.values().forEach(a -> a.died(failure));
    }
}
