/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.transport.wire.ActorState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Actors of this node, their names, and who wants to hear of them. The raylet's agent's. */
final class ActorDirectory {
    /** Dead actors that are remembered, so that late callers learn why. */
    private static final int MAX_DEAD = 10_000;

    private final Map<ActorId, Actor> actors = new HashMap<>();
    private final Map<String, Actor> byName = new HashMap<>();
    private final Map<ActorId, Actor> dead = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<ActorId, Actor> eldest) {
            return size() > MAX_DEAD;
        }
    };

    /** One actor. */
    static final class Actor {
        final ActorId id;
        final String name;
        final Set<String> listeners = new LinkedHashSet<>();
        ActorState state = ActorState.STARTING;
        WorkerRecord worker;
        String deathMessage = "";

        private Actor(final ActorId id, final String name) {
            this.id = id;
            this.name = name;
        }

        /** Where it takes calls; empty while it does not. */
        String inbox() {
            return state == ActorState.ALIVE ? worker.outbox.receiver() : "";
        }
    }

    /** Whether another actor that is not dead has this name. */
    boolean isTaken(final String name) {
        return !name.isEmpty() && byName.containsKey(name);
    }

    /** Adds a starting actor; {@code creator} will be told of it. */
    void add(final ActorId id, final String name, final String creator) {
        final Actor actor = new Actor(id, name);
        actor.listeners.add(creator);
        actors.put(id, actor);
        if (!name.isEmpty()) {
            byName.put(name, actor);
        }
    }

    /** Living, starting or dead; null if it was never here, or died long ago. */
    Actor find(final ActorId id) {
        final Actor actor = actors.get(id);
        return actor != null ? actor : dead.get(id);
    }

    /** Living or starting; null if there is none of this name. */
    Actor find(final String name) {
        return byName.get(name);
    }

    Actor alive(final ActorId id, final WorkerRecord worker) {
        final Actor actor = actors.get(id);
        if (actor != null) {
            actor.worker = worker;
            actor.state = ActorState.ALIVE;
        }
        return actor;
    }

    /** Notes a death; null if it was not living. */
    Actor died(final ActorId id, final String message) {
        final Actor actor = actors.remove(id);
        if (actor != null) {
            byName.remove(actor.name, actor);
            actor.state = ActorState.DEAD;
            actor.deathMessage = message;
            dead.put(id, actor);
        }
        return actor;
    }

    /** Living and starting actors of a job. */
    List<Actor> of(final JobId job) {
        return actors.values().stream().filter(a -> a.id.job().equals(job)).toList();
    }
}
