/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectId;
import io.thornback.transport.wire.StreamConsumedEncoder;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What has come of a stream, and what of it has been taken. Item n of the stream is object n + 1 of its task; object 0 tells how many there are, and is pending until the task has ended.
 *
 * <p>The worker is told how many have been taken in all, each time half the window has been, and whenever it asks. So a message that comes twice or late changes nothing, and a worker that
 * takes over is told where its predecessor's stream stood. The lock is held for moments only, never while something is awaited that is not its own condition.
 */
final class StreamState {
    private final PendingTask task;
    private final ObjectTable objects;
    private final int tellEach;
    private final Deque<ObjectEntry> ready = new ArrayDeque<>();
    /** Items in the store to which this process has references: their end deletes them. */
    private final Map<Long, WeakReference<ObjectEntry>> stored = new ConcurrentHashMap<>();

    private long received;
    private long taken;
    private long told;
    private int attempt;
    private Outbox producer;
    private boolean ended;
    private boolean closed;

    StreamState(final PendingTask task, final int window, final ObjectTable objects) {
        this.task = task;
        this.objects = objects;
        this.tellEach = Math.max(1, window / 2);
        task.result().onDone(this::onEnd);
    }

    /** Where the number of items comes. */
    ObjectEntry completion() {
        return task.result();
    }

    TaskId id() {
        return task.id();
    }

    String name() {
        return task.name();
    }

    /**
     * An item has come; the agent's thread.
     *
     * @param index from 0; one that has come before is dropped.
     * @param bytes null: it is in the store.
     */
    synchronized void add(final long index, final int format, final byte[] bytes) {
        if (index != received) {
            // Each attempt's items come in order, from 0 on: this one has come before, and may have gone since.
            final WeakReference<ObjectEntry> before = stored.get(index);
            if (bytes == null && (before == null || before.get() == null)) {
                objects.deleteUnlessHeld(itemId(task.id(), index));
            }
            return;
        }
        received++;
        if (closed) {
            if (bytes == null) {
                objects.delete(itemId(task.id(), index));
            }
            return;
        }
        final ObjectEntry entry = objects.further(task.id(), objectIndex(index), completion());
        if (bytes == null) {
            final Map<Long, WeakReference<ObjectEntry>> items = stored; // not the state, which has the entry
            items.put(index, new WeakReference<>(entry));
            ObjectTable.whenUnreachable(entry, () -> items.remove(index));
            entry.completeStored();
        } else {
            entry.completeInline(format, bytes);
        }
        ready.add(entry);
        notifyAll();
    }

    private static int objectIndex(final long index) {
        return Math.toIntExact(index + 1);
    }

    /** Whether the items come from a run that is not known yet: of a later attempt, or of another worker. */
    synchronized boolean isNews(final int otherAttempt, final String worker) {
        return otherAttempt > attempt || (otherAttempt == attempt && !worker.equals(producer.receiver()));
    }

    /** The producer of an attempt is known; it is told how many have been taken. */
    synchronized void producer(final int newAttempt, final Outbox to) {
        attempt = newAttempt;
        producer = to;
        tell();
    }

    /** The producer asks. */
    synchronized void tell() {
        if (producer != null) {
            told = taken;
            final MessageBuffer message = MessageBuffer.local();
            final StreamConsumedEncoder out =
                    new StreamConsumedEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[TaskId.LENGTH]);
            task.id().write(bytes, 0);
            out.putTaskId(bytes, 0, TaskId.LENGTH).items(taken);
            producer.post(StreamConsumedEncoder.TEMPLATE_ID, message, out.encodedLength());
        }
    }

    /** The task has ended: a failure stands behind the last item. */
    private synchronized void onEnd() {
        if (!ended) {
            ended = true;
            final Failure failure = completion().untoldFailure();
            if (failure != null && !closed) {
                final ObjectEntry last = objects.further(task.id(), objectIndex(received), completion());
                last.fail(failure);
                ready.add(last);
            }
            notifyAll();
        }
    }

    /**
     * Waits until there is an item or the end is known.
     *
     * @return whether that is so; false: the time has passed.
     */
    synchronized boolean await(final long timeoutNs) throws InterruptedException {
        final long deadline = System.nanoTime() + timeoutNs;
        while (!isKnown()) {
            final long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return true;
    }

    /** Whether the next item is there, or it is known that there is none. */
    synchronized boolean isKnown() {
        return !ready.isEmpty() || ended || closed;
    }

    /** Whether an item can be taken. */
    synchronized boolean hasReady() {
        return !ready.isEmpty();
    }

    /** Takes the next item; null if there is none now. */
    synchronized ObjectEntry take() {
        final ObjectEntry next = ready.poll();
        if (next != null) {
            taken++;
            if (taken - told >= tellEach && !ended) {
                tell();
            }
        }
        return next;
    }

    /**
     * Lets go of what was not taken; what still comes is deleted.
     *
     * @return the first item that has not come; -1 if the task has ended and none will.
     */
    synchronized long close() {
        closed = true;
        ready.clear();
        notifyAll();
        return ended ? -1 : received;
    }

    /** The object that an item is. */
    static ObjectId itemId(final TaskId task, final long index) {
        return task.object(objectIndex(index));
    }
}
