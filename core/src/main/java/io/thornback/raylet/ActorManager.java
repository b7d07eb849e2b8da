/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.runtime.ActorOptions;
import io.thornback.runtime.Links;
import io.thornback.runtime.Outbox;
import io.thornback.transport.wire.ActorLeftDecoder;
import io.thornback.transport.wire.ActorLookupDecoder;
import io.thornback.transport.wire.ActorState;
import io.thornback.transport.wire.FailureKind;
import io.thornback.transport.wire.KillActorDecoder;
import io.thornback.transport.wire.TaskKind;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lives of this node's actors: takes their creations on, has them created again when their processes die, ends them, and tells those who call them. The raylet's
 * agent's.
 */
final class ActorManager {
    private static final Logger LOG = LoggerFactory.getLogger(ActorManager.class);

    private final ActorDirectory directory = new ActorDirectory();
    private final Dispatcher dispatcher;
    private final WorkerPool pool;
    private final Links links;
    private final NodeRecorder recorder;
    private final NanoClock nanoClock;
    private Consumer<JobId> lastDetached = job -> {};
    private boolean stopping;

    ActorManager(
            final Dispatcher dispatcher,
            final WorkerPool pool,
            final Links links,
            final NodeRecorder recorder,
            final NanoClock nanoClock) {
        this.nanoClock = nanoClock;
        this.dispatcher = dispatcher;
        this.pool = pool;
        this.links = links;
        this.recorder = recorder;
        dispatcher.onNotCreated(this::notCreated);
    }

    /** Takes an actor on; false if its owner was told why not. */
    boolean add(final TaskRecord creation, final String name) {
        final ActorOptions options;
        try {
            options = ActorOptions.decode(creation.actorOptions);
        } catch (final IllegalArgumentException e) {
            dispatcher.fail(creation, FailureKind.BAD_REQUEST, e.getMessage());
            return false;
        }
        if (directory.isTaken(options.namespace(), name)) {
            dispatcher.fail(
                    creation,
                    FailureKind.NAME_TAKEN,
                    "an actor named '" + name + "' lives already in namespace '" + options.namespace()
                            + "'; take another name, kill that one, or find it with getActor");
            return false;
        }
        directory.add(creation, name, options);
        recorder.actorAsked(creation, name);
        return true;
    }

    /** Its creation has failed before it ran, and its owner is told. */
    private void notCreated(final TaskRecord creation, final String why) {
        final ActorDirectory.Actor actor = directory.find(creation.actor());
        if (actor != null && actor.creation == creation) {
            died(actor.id, actor + " was not created: " + why);
        }
    }

    /** Its creation has ended in a worker. */
    void created(final WorkerRecord worker, final TaskRecord creation, final boolean ok) {
        final ActorDirectory.Actor actor = directory.find(creation.actor());
        if (actor == null) {
            return;
        }
        if (ok) {
            actor.worker = worker;
            actor.state = ActorState.ALIVE;
            actor.message = "";
            tell(actor);
        } else {
            died(actor.id, actor + " was not created: its constructor threw; see " + pool.logOf(worker.number));
        }
    }

    /** A worker is no more that was an actor or was creating one; what it held has been given back. */
    void workerGone(final WorkerRecord worker, final TaskRecord creation, final String how) {
        final ActorDirectory.Actor actor = directory.find(creation.actor());
        if (actor == null) {
            return;
        }
        final String what = actor + ": its " + pool.obituary(worker, how);
        actor.worker = null;
        if (stopping || !actor.options.mayRestart(actor.restarts)) {
            died(actor.id, what + restartsUsed(actor));
            return;
        }
        actor.restarts++;
        actor.state = ActorState.RESTARTING;
        final int most = actor.options.maxRestarts();
        actor.message = what + "; it is restarted (restart " + actor.restarts
                + (most == ActorOptions.FOR_EVER ? "" : " of " + most) + ")";
        LOG.info("{}", actor.message);
        tell(actor);
        dispatcher.submitAgain(actor.creation, nanoClock.nanoTime());
    }

    private static String restartsUsed(final ActorDirectory.Actor actor) {
        final int most = actor.options.maxRestarts();
        return most == 0 ? "; it has no restarts (maxRestarts)" : "; it was restarted maxRestarts=" + most + " times";
    }

    private void died(final ActorId id, final String message) {
        final ActorDirectory.Actor actor = directory.died(id, message);
        if (actor != null) {
            LOG.info("{}", message);
            tell(actor);
            if (actor.options.detached() && !hasDetached(id.job())) {
                lastDetached.accept(id.job());
            }
        }
    }

    /** Tells those who called the actor, and forgets those who are gone. */
    private void tell(final ActorDirectory.Actor actor) {
        recorder.actorChanged(actor);
        final Iterator<String> listeners = actor.listeners.iterator();
        while (listeners.hasNext()) {
            final Optional<Outbox> to = links.tryTo(listeners.next());
            if (to.isPresent()) {
                RayletMessages.sendLocation(to.get(), 0, actor);
            } else {
                listeners.remove();
            }
        }
    }

    void onLookup(final String asker, final ActorLookupDecoder lookup) {
        final ActorId id = ActorId.read(lookup.buffer(), lookup.offset() + ActorLookupDecoder.actorIdEncodingOffset());
        final long correlationId = lookup.correlationId();
        final String name = lookup.name();
        final ActorDirectory.Actor actor =
                name.isEmpty() ? directory.find(id) : directory.find(lookup.actorNamespace(), name);
        links.tryTo(asker).ifPresent(to -> {
            if (actor != null) {
                actor.listeners.add(asker);
                RayletMessages.sendLocation(to, correlationId, actor);
                return;
            }
            final ActorDirectory.Dead dead = directory.findDead(id);
            RayletMessages.sendNoActor(to, correlationId, id, dead == null ? null : dead.message());
        });
    }

    void onKill(final KillActorDecoder kill) {
        final boolean mayRestart = kill.mayRestart() != 0;
        final ActorDirectory.Actor actor =
                directory.find(ActorId.read(kill.buffer(), kill.offset() + KillActorDecoder.actorIdEncodingOffset()));
        if (actor == null) {
            return; // it is dead
        }
        if (!mayRestart) {
            died(actor.id, actor + " was killed by request");
            dispatcher.cancellations().dropActor(actor.id);
        }
        for (final WorkerRecord worker : pool.all()) {
            final TaskRecord task = worker.task();
            if (task != null && task.kind != TaskKind.TASK && task.actor().equals(actor.id)) {
                pool.stop(worker);
            }
        }
    }

    /** A worker says that the actor that it was has left by itself, and that all it answered has been sent. */
    void onLeft(final WorkerRecord worker, final ActorLeftDecoder left) {
        final ActorId actor = ActorId.read(left.buffer(), left.offset() + ActorLeftDecoder.actorIdEncodingOffset());
        if (worker.task() == null || !worker.task().actor().equals(actor)) {
            return; // A repeat.
        }
        pool.stopInOrder(worker, nanoClock.nanoTime());
        final ActorDirectory.Actor known = directory.find(actor);
        if (known != null) {
            died(actor, known + " has left by itself (exitActor or terminate)");
        }
    }

    /** What goes on when the driver of a job has gone. */
    Survivors survivors(final JobId job) {
        return Survivors.of(job, directory, pool.all());
    }

    /** Whether detached actors of the job live. */
    boolean hasDetached(final JobId job) {
        return directory.of(job).stream().anyMatch(actor -> actor.options.detached());
    }

    /** Who is told that the last detached actor of a job has ended. Set once, before use. */
    void onLastDetached(final Consumer<JobId> listener) {
        lastDetached = listener;
    }

    /** The job is over, and its actors with it; their workers are stopped by whoever stops all of the job. */
    void jobEnded(final JobId job, final Survivors survivors) {
        for (final ActorDirectory.Actor actor : directory.of(job)) {
            if (!survivors.includes(actor.creation)) {
                died(actor.id, actor + " ended with its job");
            }
        }
    }

    /** A process has gone that may have asked for actors. */
    void askerGone(final String inbox) {
        directory.forget(inbox);
    }

    /** Nothing is created again any more. */
    void stopping() {
        stopping = true;
    }
}
