/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectId;
import java.util.ArrayList;
import java.util.List;

/** A task whose results have not come; they come together, or fail together. Thread-safe but for what is said of a method. */
final class PendingTask {
    /** Tells whoever has the task. */
    interface Canceller {
        void cancel(boolean force);
    }

    private final TaskId id;
    private final String name;
    private final ObjectEntry result;
    /** Of a task with several results, all of them; else empty. */
    private final List<ObjectEntry> several;

    private final List<Argument> arguments;
    private List<ObjectId> temporaries;
    private Canceller canceller;
    /** Cancelled or ended: it is not sent any more. Guarded by this. */
    private boolean over;

    private byte[] message;
    /** What it takes of the raylet's room; null until it is sent. */
    private TaskWindow.Places place;

    private ResultParts parts;
    /** What was asked: for lineage, and of an actor's call that was sent, so that it can be sent again; else null. */
    private volatile Call call;
    /** An actor's call was sent. */
    private volatile boolean sent;

    /** Whether its temporaries outlive it: they are of an actor that may be created again. */
    private boolean keepsTemporaries;

    private boolean rerun;

    private StreamState stream;

    PendingTask(
            final TaskId id,
            final String name,
            final List<ObjectEntry> results,
            final List<Argument> arguments,
            final List<ObjectId> temporaries) {
        this.id = id;
        this.name = name;
        this.result = results.get(0);
        this.several = results.size() == 1 ? List.of() : results;
        this.arguments = arguments;
        this.temporaries = List.copyOf(temporaries);
    }

    /** What was asked, for lineage; before anybody else has the task. */
    void origin(final Call asked) {
        call = asked;
    }

    /** The same, and the task was run before: its results are lost. */
    void rerun(final Call asked) {
        call = asked;
        rerun = true;
    }

    Call origin() {
        return call;
    }

    /** Whether it was run before; then it takes no place among those in flight. */
    boolean isRerun() {
        return rerun;
    }

    TaskId id() {
        return id;
    }

    /** For messages. */
    String name() {
        return name;
    }

    /** Where the result goes; of several, the first. */
    ObjectEntry result() {
        return result;
    }

    /** Where the results go. */
    List<ObjectEntry> results() {
        return several.isEmpty() ? List.of(result) : several;
    }

    /** It makes a stream. Before it is sent. */
    void stream(final StreamState state) {
        stream = state;
    }

    /** What has come of the stream that it makes; null if it makes none. */
    StreamState stream() {
        return stream;
    }

    /**
     * What has come of several results, of one run. The agent's.
     *
     * @param attempt from 1; those of an earlier one than is known come too late.
     * @param worker who runs it: another one is another run, whatever the attempt, for who died before the raylet heard that it had begun is not counted.
     */
    ResultParts parts(final int attempt, final String worker) {
        if (parts == null || parts.attempt() < attempt || (parts.attempt() == attempt && !parts.isOf(worker))) {
            parts = new ResultParts(attempt, worker, results().size());
        }
        return parts;
    }

    /** No result will come. */
    void fail(final Failure failure) {
        for (final ObjectEntry entry : results()) {
            entry.fail(failure);
        }
    }

    /** Nobody wants the results any more. */
    void cancelResults(final Failure why) {
        for (final ObjectEntry entry : results()) {
            entry.cancel(this, why);
        }
    }

    /** Kept reachable until it has ended, so that the objects that they refer to, or contain references to, are held; none if there are none such. */
    List<Argument> arguments() {
        return arguments;
    }

    /** Objects that hold its large arguments and specification; deleted when it has ended. */
    List<ObjectId> temporaries() {
        return temporaries;
    }

    /** One more of these; the sender's, before it sends the task. */
    void addTemporary(final ObjectId object) {
        final List<ObjectId> more = new ArrayList<>(temporaries);
        more.add(object);
        temporaries = List.copyOf(more);
    }

    /** It creates an actor that may be created again. Before it is known to others. */
    void keepTemporaries() {
        keepsTemporaries = true;
    }

    /** Whether they are needed until an actor is dead for good. */
    boolean keepsTemporaries() {
        return keepsTemporaries;
    }

    void sentAs(final Call asked) {
        call = asked;
        sent = true;
    }

    /** The actor's call that this is, once it was sent; else null. */
    Call call() {
        return sent ? call : null;
    }

    /**
     * Sends the task, unless it was cancelled or has ended before. The lock orders the two messages: whoever has the task hears of it before it hears that it is cancelled.
     *
     * @param sending hands the task over.
     * @param cancelling tells whoever has it that it is cancelled.
     */
    synchronized void send(final Runnable sending, final Canceller cancelling) {
        if (!over) {
            canceller = cancelling;
            sending.run();
        }
    }

    /** What it will be sent as when there is a place; before it is in the queue for one. */
    void keepMessage(final byte[] encoded) {
        message = encoded;
    }

    /** For whoever has taken it out of that queue. */
    byte[] takeMessage() {
        final byte[] kept = message;
        message = null;
        return kept;
    }

    /** It has a place, and will be sent; false if nobody wants it any more. */
    synchronized boolean place(final TaskWindow.Places taken) {
        if (over) {
            return false;
        }
        place = taken;
        return true;
    }

    /** It has ended; gives the place that it had, or null. Once. */
    synchronized TaskWindow.Places end() {
        over = true;
        final TaskWindow.Places had = place;
        place = null;
        return had;
    }

    /** It is not sent any more, or whoever has it is told. Waits for one who is just sending it. */
    synchronized void cancel(final boolean force) {
        over = true;
        if (canceller != null) {
            canceller.cancel(force);
        }
    }
}
