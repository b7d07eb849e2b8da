/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectId;
import io.thornback.serialization.Contained;
import io.thornback.transport.wire.TaskKind;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How the stored results of this process's ended tasks can be made again: the specification of each task, as long as one of its results is referenced, or another
 * specification here needs one. Bounded in bytes; what is over is given up, the oldest first. A task that was submitted while {@link Limits#MOST_TASKS_WITH_LINEAGE} others had not ended is not in here. Thread-safe.
 *
 * <p>A specification keeps no object alive: it knows its inputs by id. An input that has gone meanwhile is made again by its own specification, which is kept for that. The exception are large
 * arguments given by value, which have no other home: they stay in the store as long as the specification.
 *
 * <p>Of a result that others know, this process does not learn when the last of them has let go. The specification stays then, until it is the oldest; its large arguments go with this process's
 * own reference, and the specification with them.
 */
final class Lineage {
    /** What a specification takes besides its arguments, estimated. */
    private static final int FIXED_BYTES = 512;

    /** An object that a task needs. Of this process, or of another that is asked for it. */
    record Input(ObjectId id, Owner owner) {}

    /** One ended task. Guarded by the table but for what is final. */
    static final class Made {
        final TaskId id;
        final CallRequest request;
        final CallSpec spec;
        final String name;
        final List<WeakReference<ObjectEntry>> results;
        final List<Input> inputs;
        /** Large arguments. */
        final List<ObjectId> temporaries;

        private final Set<TaskId> makers;
        private final long bytes;
        private int live;
        private int retriesLeft;

        private Made(final PendingTask task, final CallSpec spec, final Weakened arguments) {
            this.id = task.id();
            this.request = task.origin().request();
            this.spec = spec;
            this.name = task.name();
            this.inputs = List.copyOf(arguments.inputs);
            this.makers = arguments.makers;
            this.temporaries = new ArrayList<>(task.temporaries());
            this.results = new ArrayList<>(task.results().size());
            for (final ObjectEntry entry : task.results()) {
                results.add(new WeakReference<>(entry));
            }
            this.live = results.size();
            this.bytes = FIXED_BYTES + arguments.bytes;
            this.retriesLeft = request.retries;
        }
    }

    /** Arguments of which nothing here keeps an object alive. */
    private static final class Weakened {
        final Owner self;
        final Set<TaskId> makers = new HashSet<>();
        final List<Input> inputs = new ArrayList<>();
        long bytes;

        Weakened(final Owner self) {
            this.self = self;
        }

        List<Argument> of(final List<Argument> arguments) {
            final List<Argument> weak = new ArrayList<>(arguments.size());
            for (final Argument argument : arguments) {
                weak.add(of(argument));
            }
            return weak;
        }

        private Argument of(final Argument argument) {
            if (argument instanceof Argument.Value value) {
                bytes += value.bytes().length;
                for (final Contained reference : value.references()) {
                    makers.add(TaskId.of(reference.object()));
                }
                return new Argument.Value(value.format(), value.bytes());
            }
            if (argument instanceof Argument.Listed list) {
                return new Argument.Listed(of(list.items()));
            }
            if (argument instanceof Argument.Reference reference) {
                final ObjectEntry entry = reference.entry();
                if (entry.bytes() != null) {
                    bytes += entry.bytes().length;
                    return new Argument.Value(entry.format(), entry.bytes());
                }
                makers.add(TaskId.of(entry.id));
                inputs.add(new Input(entry.id, entry.owner(self)));
                return new Argument.Stored(entry.id);
            }
            return argument;
        }
    }

    private final Owner self;
    private final long limitBytes;
    private final Consumer<ObjectId> delete;
    private final Map<TaskId, Made> table = new LinkedHashMap<>();
    /** How many in the table need a result of this task, whether it is in the table itself, comes later, or never does. */
    private final Map<TaskId, Integer> dependents = new HashMap<>();

    private long bytes;

    /**
     * @param limitBytes of all specifications together; 0: none is kept.
     * @param delete deletes a large argument.
     */
    Lineage(final Owner self, final long limitBytes, final Consumer<ObjectId> delete) {
        this.self = self;
        this.limitBytes = limitBytes;
        this.delete = delete;
    }

    /**
     * A task has ended well, and its results have been told.
     *
     * @return false if it is not kept: its temporary objects are the caller's to delete. Else all but its long specification are this table's.
     */
    boolean keep(final PendingTask task) {
        if (task.stream() != null) {
            return false; // what it made comes at its consumer's pace, once
        }
        if (task.isRerun() || task.origin() == null || task.origin().request().kind != TaskKind.TASK) {
            return false;
        }
        if (task.origin().request().retries <= 0 || limitBytes <= 0 || !isStored(task)) {
            return false;
        }
        final CallSpec spec = task.origin().spec();
        final Weakened arguments = new Weakened(self);
        final CallSpec weak = new CallSpec(spec.function(), arguments.of(spec.arguments()), spec.options());
        final Made made = new Made(task, weak, arguments);
        final ObjectId longSpec = task.id().object(TaskId.SPEC_INDEX);
        if (made.temporaries.remove(longSpec)) {
            delete.accept(longSpec);
        }
        final List<Made> dropped = new ArrayList<>();
        synchronized (this) {
            table.put(made.id, made);
            bytes += made.bytes;
            for (final TaskId maker : made.makers) {
                dependents.merge(maker, 1, Integer::sum);
            }
            for (final Made eldest : overLimit()) {
                drop(eldest, dropped);
            }
        }
        for (final ObjectEntry entry : task.results()) {
            entry.life().hasLineage = true; // they are reachable through the task
        }
        forget(dropped);
        return true;
    }

    private static boolean isStored(final PendingTask task) {
        for (final ObjectEntry entry : task.results()) {
            if (entry.life().stored || entry.life().escaped) {
                return true;
            }
        }
        return false;
    }

    private List<Made> overLimit() {
        final List<Made> over = new ArrayList<>();
        long left = bytes;
        for (final Iterator<Made> all = table.values().iterator(); left > limitBytes && all.hasNext(); ) {
            final Made eldest = all.next();
            over.add(eldest);
            left -= eldest.bytes;
        }
        return over;
    }

    /**
     * This process has no reference to a result any more.
     *
     * @param escaped others may have.
     */
    void released(final ObjectId result, final boolean escaped) {
        final List<Made> dropped = new ArrayList<>();
        synchronized (this) {
            final Made made = table.get(TaskId.of(result));
            if (made != null) {
                made.live -= escaped && made.temporaries.isEmpty() ? 0 : 1;
                if (made.live <= 0 && !dependents.containsKey(made.id)) {
                    drop(made, dropped);
                }
            }
        }
        forget(dropped);
    }

    /** Takes it out, and those that were kept only for it. */
    private void drop(final Made first, final List<Made> dropped) {
        final Deque<Made> todo = new ArrayDeque<>(List.of(first));
        for (Made made = todo.poll(); made != null; made = todo.poll()) {
            if (!table.remove(made.id, made)) {
                continue;
            }
            bytes -= made.bytes;
            dropped.add(made);
            for (final TaskId maker : made.makers) {
                final boolean last =
                        dependents.merge(maker, -1, (now, less) -> now + less == 0 ? null : now + less) == null;
                final Made input = table.get(maker);
                if (last && input != null && input.live <= 0) {
                    todo.add(input);
                }
            }
        }
    }

    private void forget(final List<Made> dropped) {
        dropped.forEach(made -> made.temporaries.forEach(delete));
    }

    /** How a task is made again, or null. */
    synchronized Made find(final TaskId task) {
        return table.get(task);
    }

    /** Takes one of its retries; false if none is left. */
    synchronized boolean takeRetry(final Made made) {
        return made.retriesLeft-- > 0;
    }

    synchronized int size() {
        return table.size();
    }

    synchronized long bytes() {
        return bytes;
    }
}
