/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ThornbackException.Code;
import io.thornback.ids.ActorId;
import io.thornback.transport.wire.ActorLocationDecoder;
import io.thornback.transport.wire.ActorState;
import io.thornback.transport.wire.KillActorEncoder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.agrona.concurrent.UnsafeBuffer;

/** The actors that this process calls, and where they are. Thread-safe; {@link #onLocation} is the agent's. */
final class ActorTable {
    private final Calls calls;
    private final TaskTable tasks;
    private final InboxAgent agent;
    private final Outbox raylet;
    private final Executor background;
    private final Map<ActorId, ActorCalls> actors = new ConcurrentHashMap<>();
    private final ActorLookups lookups;
    /** Losses and deaths that wait until the inbox has been read: what is told later must not overtake them. The agent's. */
    private int newsWaiting;

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
        this.lookups = new ActorLookups(raylet);
    }

    /** An actor that this process creates, or has just found: the raylet tells of it without being asked. */
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
        lookups.ask(id);
        return added;
    }

    private ActorCalls newCalls(final ActorId id) {
        return new ActorCalls(id, calls, tasks, agent.links(), background);
    }

    /**
     * The actor of this name in this namespace that lives, starts or is being restarted.
     *
     * @throws io.thornback.GetTimeoutException if the raylet did not answer in time.
     */
    Optional<ActorId> find(final String namespace, final String name, final Duration timeout) {
        return lookups.find(namespace, name, timeout);
    }

    void kill(final ActorId id, final boolean mayRestart) {
        final MessageBuffer message = MessageBuffer.local();
        final KillActorEncoder encoder =
                new KillActorEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        encoder.putActorId(ActorLookups.bytes(id), 0, ActorId.LENGTH).mayRestart((short) (mayRestart ? 1 : 0));
        raylet.post(KillActorEncoder.TEMPLATE_ID, message, encoder.encodedLength());
    }

    /** News of an actor from the raylet. Agent's thread. */
    void onLocation(final ActorLocationDecoder location) {
        final byte[] idBytes = new byte[ActorId.LENGTH];
        location.getActorId(idBytes, 0, idBytes.length);
        final ActorId id = ActorId.read(new UnsafeBuffer(idBytes), 0);
        final ActorState state = location.state();
        final long correlationId = location.correlationId();
        final int maxTaskRetries = location.maxTaskRetries();
        final int maxPendingCalls = location.maxPendingCalls();
        final String inbox = location.inbox();
        location.skipClassName();
        final String message = location.message();
        final boolean there = state != ActorState.DEAD && state != ActorState.UNKNOWN;
        final boolean asked = lookups.isOpen(correlationId);
        if (asked && !there) {
            lookups.answer(correlationId, Optional.empty());
            return;
        }
        final ActorCalls known = asked ? created(id) : actors.get(id);
        if (known != null && there) {
            known.limits(maxTaskRetries, maxPendingCalls);
        }
        if (known != null && state == ActorState.ALIVE) {
            inOrder(() -> known.located(inbox), newsWaiting > 0);
        } else if (known != null && state == ActorState.RESTARTING) {
            // Results that the actor's process had sent before it died may still be in its lane: they count.
            inOrder(() -> known.lost(message), true);
        } else if (known != null && !there) {
            inOrder(() -> die(id, known, new Failure(Code.ACTOR_DIED, message, null)), true);
        }
        if (asked) {
            lookups.answer(correlationId, Optional.of(id));
        }
    }

    private void inOrder(final Runnable event, final boolean whenDrained) {
        if (!whenDrained) {
            background.execute(event);
            return;
        }
        newsWaiting++;
        agent.executeWhenDrained(() -> {
            newsWaiting--;
            background.execute(event);
        });
    }

    private void die(final ActorId id, final ActorCalls known, final Failure failure) {
        known.died(failure);
        for (final PendingTask task : tasks.removeOf(id)) {
            calls.end(task);
            task.fail(failure);
        }
        calls.actorDied(id);
        actors.remove(id, known); // whoever is given the actor later asks again
    }

    /** The creation of an actor was refused, or its constructor threw: its calls fail with the reason. */
    void notCreated(final ActorId id, final ActorCalls known, final Failure why) {
        if (known.death() == null) {
            die(id, known, new Failure(Code.ACTOR_DIED, "the actor was not created: " + why.message(), why.cause()));
        }
    }

    /** Nothing more will come: everything that waits fails. */
    void nodeStopped(final Failure failure) {
        lookups.stop(failure);
        actors.values().forEach(a -> a.died(failure));
    }
}
