/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectId;
import java.util.List;

/** A task whose result has not come. Thread-safe but for what is said of a method. */
final class PendingTask {
    /** Tells whoever has the task. */
    interface Canceller {
        void cancel(boolean force);
    }

    private final TaskId id;
    private final String name;
    private final ObjectEntry result;
    private final List<Argument> arguments;
    private final List<ObjectId> temporaries;
    private Canceller canceller;
    private boolean cancelled;

    PendingTask(
            final TaskId id,
            final String name,
            final ObjectEntry result,
            final List<Argument> arguments,
            final List<ObjectId> temporaries) {
        this.id = id;
        this.name = name;
        this.result = result;
        this.arguments = arguments;
        this.temporaries = temporaries;
    }

    TaskId id() {
        return id;
    }

    /** For messages. */
    String name() {
        return name;
    }

    /** Where the result goes. */
    ObjectEntry result() {
        return result;
    }

    /** Kept reachable while it runs, so that the objects they refer to are. */
    List<Argument> arguments() {
        return arguments;
    }

    /** Objects that hold its large arguments and specification; deleted when it has ended. Grows until it is sent; the sender's alone until then. */
    List<ObjectId> temporaries() {
        return temporaries;
    }

    /**
     * Sends the task, unless it was cancelled before. The lock orders the two messages: whoever has the task hears of it before it hears that it is cancelled.
     *
     * @param sending hands the task over.
     * @param cancelling tells whoever has it that it is cancelled.
     */
    synchronized void send(final Runnable sending, final Canceller cancelling) {
        if (!cancelled) {
            canceller = cancelling;
            sending.run();
        }
    }

    /** It is not sent any more, or whoever has it is told. Waits for one who is just sending it. */
    synchronized void cancel(final boolean force) {
        cancelled = true;
        if (canceller != null) {
            canceller.cancel(force);
        }
    }
}
