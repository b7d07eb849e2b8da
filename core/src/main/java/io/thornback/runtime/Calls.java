/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.Arg;
import io.thornback.Gather;
import io.thornback.ObjectRef;
import io.thornback.Spread;
import io.thornback.ThornbackException.Code;
import io.thornback.function.FunctionDescriptor;
import io.thornback.function.FunctionInspector;
import io.thornback.ids.ActorId;
import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.serialization.Format;
import io.thornback.serialization.Payload;
import io.thornback.transport.wire.CancelTaskEncoder;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.ValuePlace;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes calls out of functions and arguments: what tasks and actor calls have in common on the owner's side. Thread-safe. */
final class Calls {
    private static final byte[] NOTHING = new byte[0];

    private final ObjectTable objects;
    private final TaskTable tasks;
    /** Creations of actors that may be created again: their arguments must stay readable. */
    private final Map<ActorId, PendingTask> creations = new ConcurrentHashMap<>();

    private final Lineage lineage;

    Calls(final ObjectTable objects, final TaskTable tasks, final Lineage lineage) {
        this.objects = objects;
        this.tasks = tasks;
        this.lineage = lineage;
    }

    /**
     * Encodes a call and enters it into the table of tasks; waits for a place there.
     *
     * @throws IllegalArgumentException if the function captures something, or an argument is of a kind that cannot be sent.
     */
    Call prepare(final CallRequest request, final TaskId id, final Serializable function, final Object[] arguments) {
        final FunctionDescriptor descriptor = FunctionInspector.describe(function);
        final String name = request.name.isEmpty() ? FunctionInspector.nameOf(function) : request.name;
        final List<ObjectId> temporaries = new ArrayList<>();
        final List<Argument> encoded = new ArrayList<>(arguments.length);
        tasks.enter(Limits.SUBMIT_TIMEOUT.toNanos());
        boolean added = false;
        try {
            for (int i = 0; i < arguments.length; i++) {
                encoded.add(encode(id, i, arguments[i], temporaries));
            }
            final List<ObjectEntry> results = objects.owned(id, Math.max(1, request.returns));
            final PendingTask pending = new PendingTask(id, name, results, referring(encoded), temporaries);
            if (request.actorMayRestart()) {
                pending.keepTemporaries();
            }
            if (request.window > 0) {
                pending.stream(new StreamState(pending, request.window, objects));
            }
            final Call call = new Call(request, new CallSpec(descriptor, encoded, request.options()), pending);
            if (tasks.size() < Limits.MOST_TASKS_WITH_LINEAGE) {
                pending.origin(call);
            }
            tasks.add(pending);
            added = true;
            return call;
        } finally {
            if (!added) {
                tasks.leave();
                temporaries.forEach(objects::delete);
            }
        }
    }

    /** The arguments that keep objects reachable: values need not be kept beside the message that they are written into. */
    private static List<Argument> referring(final List<Argument> arguments) {
        for (final Argument argument : arguments) {
            if (argument instanceof Argument.Reference
                    || argument instanceof Argument.Listed
                    || (argument instanceof Argument.Value value
                            && !value.references().isEmpty())) {
                return arguments;
            }
        }
        return List.of();
    }

    private Argument encode(final TaskId id, final int index, final Object value, final List<ObjectId> temporaries) {
        if (value instanceof RuntimeRef<?> ref) {
            return new Argument.Reference(ref.entry());
        }
        if (value instanceof Gather<?> gather) {
            final List<Argument> items = new ArrayList<>(gather.refs().size());
            for (final ObjectRef<?> ref : gather.refs()) {
                items.add(new Argument.Reference(((RuntimeRef<?>) ref).entry()));
            }
            return listed(items);
        }
        if (value instanceof Spread<?> spread) {
            final List<Argument> items = new ArrayList<>(spread.arguments().size());
            for (final Arg<?> item : spread.arguments()) {
                items.add(encode(id, index, item, temporaries));
            }
            return listed(items);
        }
        if (value instanceof Arg.Value<?> wrapped) {
            return encode(id, index, wrapped.value(), temporaries);
        }
        if (value instanceof ObjectBuffer buffer) {
            throw new IllegalArgumentException("argument " + (index + 1) + " is a view of object " + buffer.id()
                    + "; pass the ObjectRef, it arrives as a view");
        }
        final Payload payload = objects.codec().encode(value);
        if (payload.length() <= Limits.INLINE_ARGUMENT_BYTES) {
            return new Argument.Value(payload.format(), payload.toByteArray(), payload.references());
        }
        final ObjectId object = id.object(TaskId.FIRST_ARGUMENT_INDEX + temporaries.size());
        objects.write(object, payload);
        temporaries.add(object);
        return new Argument.Stored(object);
    }

    private static Argument.Listed listed(final List<Argument> items) {
        if (items.size() > Limits.MAX_ARGUMENTS) {
            throw new IllegalArgumentException("a list of arguments has length=" + items.size() + ", limit="
                    + Limits.MAX_ARGUMENTS + "; gather them in several tasks, or put a list of the references");
        }
        return new Argument.Listed(items);
    }

    /**
     * The encoded specification of a call whose references are all done; a long one goes to the store. May wait for memory.
     *
     * @return empty if it is in the store.
     */
    byte[] encodeSpec(final Call call) {
        if (call.specPlace() == ValuePlace.STORED) {
            return NOTHING; // sent before
        }
        final byte[] spec = call.spec().encode();
        if (spec.length <= Limits.INLINE_SPEC_BYTES - call.request().extraBytes()) {
            call.specPlace(ValuePlace.INLINE);
            return spec;
        }
        final ObjectId object = call.pending().id().object(TaskId.SPEC_INDEX);
        objects.write(object, Payload.ofEncoded(Format.BYTES, spec));
        call.pending().addTemporary(object);
        call.specPlace(ValuePlace.STORED);
        return NOTHING;
    }

    /**
     * Gives up the task that makes an object.
     *
     * @return false if it has ended, was cancelled with as much force before, or is none of this process's
     * @throws IllegalArgumentException if it is the call of an actor, which cannot be forced
     */
    boolean cancel(final ObjectEntry object, final boolean force) {
        final TaskId id = TaskId.of(object.id);
        if (force && id.actor().isActor()) {
            throw new IllegalArgumentException("the call of an actor cannot be cancelled by force: that would kill the"
                    + " actor; cancel() it, or kill() the actor");
        }
        final PendingTask task = tasks.removeFirstRun(id);
        if (task == null) {
            final PendingTask before = object.cancelledMaker();
            if (before == null || !force) {
                return false;
            }
            before.cancel(true);
            return true;
        }
        task.cancel(force);
        end(task);
        task.cancelResults(new Failure(Code.TASK_CANCELLED, "task " + id + " " + task.name() + " was cancelled", null));
        return true;
    }

    /** Cancels the tasks and the actors' calls that a task of this process has made; an actor that it creates comes to be all the same. */
    void cancelCallsOf(final TaskId task) {
        for (final PendingTask made : tasks.madeBy(task)) {
            if (made.origin().request().kind != TaskKind.ACTOR_CREATION) {
                cancel(made.result(), false);
            }
        }
    }

    /** Tells whoever has the task, or will have it by the time this arrives. */
    static void sendCancel(final Outbox to, final TaskId id, final boolean force) {
        final MessageBuffer message = MessageBuffer.local();
        final CancelTaskEncoder out = new CancelTaskEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[TaskId.LENGTH]);
        id.write(bytes, 0);
        out.putTaskId(bytes, 0, TaskId.LENGTH).force((short) (force ? 1 : 0));
        to.post(CancelTaskEncoder.TEMPLATE_ID, message, out.encodedLength());
    }

    /** Ends a call without a result. */
    void fail(final TaskId id, final Failure failure) {
        final PendingTask task = tasks.remove(id);
        if (task != null) {
            end(task);
            task.fail(failure);
        }
    }

    /** A call that is made again, of a task that is not in the table; it takes no place. */
    Call again(final Lineage.Made made) {
        final List<ObjectEntry> results = objects.remade(made.id, made.results.size());
        final PendingTask pending = new PendingTask(made.id, made.name, results, made.spec.arguments(), List.of());
        final Call call = new Call(made.request, made.spec, pending);
        pending.rerun(call);
        tasks.add(pending);
        return call;
    }

    /** The task has been taken from the table, and its results have been told. */
    void ended(final PendingTask task) {
        if (lineage.keep(task)) {
            TaskWindow.ended(task);
        } else {
            end(task);
        }
    }

    /** Cleans up after a task that has been taken from the table. */
    void end(final PendingTask task) {
        TaskWindow.ended(task);
        if (task.keepsTemporaries()) {
            creations.put(task.id().actor(), task);
        } else {
            task.temporaries().forEach(objects::delete);
        }
    }

    /** The actor will not be created again; after its creation has ended. */
    void actorDied(final ActorId actor) {
        final PendingTask creation = creations.remove(actor);
        if (creation != null) {
            creation.temporaries().forEach(objects::delete);
        }
    }
}
