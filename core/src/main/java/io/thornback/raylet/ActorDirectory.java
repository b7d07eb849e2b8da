/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.runtime.ActorOptions;
import io.thornback.transport.wire.ActorState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Actors of this node, their names, and who wants to hear of them. The raylet's agent's. */
final class ActorDirectory {
    /** Dead actors that are remembered, so that late callers learn why; with what their processes wrote last, some kilobytes each. Those that nobody has asked for the longest are forgotten. */
    static final int MAX_DEAD = 1_000;

    private final Map<ActorId, Actor> actors = new HashMap<>();
    private final Map<Name, Actor> byName = new HashMap<>();
    private final Map<ActorId, Dead> dead = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<ActorId, Dead> eldest) {
            return size() > MAX_DEAD;
        }
    };

    private record Name(String namespace, String name) {}

    /** What is remembered of an actor that is dead. */
    record Dead(ActorId id, String message) {}

    /**
     * One actor that is not dead.
     *
     * <pre>
     * STARTING ──► ALIVE ◄──► RESTARTING
     *     └──────────┴────────────┴──► (dead)
     * </pre>
     */
    static final class Actor {
        final ActorId id;
        final String name;
        final ActorOptions options;
        /** What makes it, again too. */
        final TaskRecord creation;

        final Set<String> listeners = new LinkedHashSet<>();
        ActorState state = ActorState.STARTING;
        /** The process that it is; null while it is none. */
        WorkerRecord worker;
        /** How often it was created again. */
        int restarts;
        /** What became of its last process, for those who called it. */
        String message = "";

        private Actor(final TaskRecord creation, final String name, final ActorOptions options) {
            this.id = creation.actor();
            this.creation = creation;
            this.name = name;
            this.options = options;
        }

        /** Where it takes calls; empty while it does not. */
        String inbox() {
            return state == ActorState.ALIVE ? worker.outbox.receiver() : "";
        }

        @Override
        public String toString() {
            return "actor " + id + (name.isEmpty() ? "" : " '" + name + "'");
        }
    }

    /** Whether another actor that is not dead has this name. */
    boolean isTaken(final String namespace, final String name) {
        return !name.isEmpty() && byName.containsKey(new Name(namespace, name));
    }

    /** Adds a starting actor; its creator will be told of it. */
    void add(final TaskRecord creation, final String name, final ActorOptions options) {
        final Actor actor = new Actor(creation, name, options);
        actor.listeners.add(creation.ownerInbox);
        actors.put(actor.id, actor);
        if (!name.isEmpty()) {
            byName.put(new Name(options.namespace(), name), actor);
        }
    }

    /** Null if it is dead or was never here. */
    Actor find(final ActorId id) {
        return actors.get(id);
    }

    /** Null if it is not dead, was never here, or died long ago. */
    Dead findDead(final ActorId id) {
        return dead.get(id);
    }

    /** Null if there is none of this name that is not dead. */
    Actor find(final String namespace, final String name) {
        return byName.get(new Name(namespace, name));
    }

    /** Notes a death; null if it was dead. */
    Actor died(final ActorId id, final String message) {
        final Actor actor = actors.remove(id);
        if (actor != null) {
            byName.remove(new Name(actor.options.namespace(), actor.name), actor);
            actor.state = ActorState.DEAD;
            actor.worker = null;
            actor.message = message;
            dead.put(id, new Dead(id, message));
        }
        return actor;
    }

    /** A process has gone: it need not be told of actors any more. */
    void forget(final String listener) {
        actors.values().forEach(actor -> actor.listeners.remove(listener));
    }

    /** The actors of a job that are not dead. */
    List<Actor> of(final JobId job) {
        return actors.values().stream().filter(a -> a.id.job().equals(job)).toList();
    }
}
