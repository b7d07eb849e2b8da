/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.ids;

import io.thornback.objectstore.ObjectId;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A task or actor call. 24 bytes: 8 unique, then the {@link ActorId} (all zero but the job for a plain task).
 *
 * <p>The unique part is a counter that starts at a random point in each process, so two processes of one job do not meet
 * within any number of tasks that can be run.
 *
 * @param unique bytes 0–7.
 * @param actor bytes 8–23.
 */
public record TaskId(long unique, ActorId actor) {
    /** Length in bytes. */
    public static final int LENGTH = 24;

    /** Object index of the first result; further ones follow. */
    public static final int RESULT_INDEX = 0;
    /** Object index under which a specification that is too long for a message is kept in the store. */
    public static final int SPEC_INDEX = 0x7FFF_FFFF;
    /** Object indexes from here on are the task's large arguments, by position. */
    public static final int FIRST_ARGUMENT_INDEX = 0x4000_0000;

    private static final AtomicLong NEXT = new AtomicLong(Ids.randomLong());

    // By hand, as FunctionDescriptor's and for its reason: the key of every table of calls.

    @Override
    public boolean equals(final Object other) {
        return other instanceof TaskId that && unique == that.unique && actor.equals(that.actor);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(unique) + actor.hashCode();
    }

    /** A new task of this job. */
    public static TaskId create(final JobId job) {
        return new TaskId(NEXT.getAndIncrement(), ActorId.none(job));
    }

    /** A new call of this actor. */
    public static TaskId create(final ActorId actor) {
        return new TaskId(NEXT.getAndIncrement(), actor);
    }

    /** The task whose object this is: an object's id begins with its maker's. */
    public static TaskId of(final ObjectId object) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[ObjectId.LENGTH_BYTES]);
        object.putInto(bytes, 0);
        return read(bytes, 0);
    }

    /** Reads {@link #LENGTH} bytes. */
    public static TaskId read(final DirectBuffer buffer, final int offset) {
        return new TaskId(Ids.getLong(buffer, offset), ActorId.read(buffer, offset + 8));
    }

    /** Writes {@link #LENGTH} bytes. */
    public void write(final MutableDirectBuffer buffer, final int offset) {
        Ids.putLong(buffer, offset, unique);
        actor.write(buffer, offset + 8);
    }

    /** The job that the task belongs to. */
    public JobId job() {
        return actor.job();
    }

    /** The id of one of the objects that this task makes. */
    public ObjectId object(final int index) {
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer(28);
        write(bytes, 0);
        bytes.putInt(LENGTH, index, java.nio.ByteOrder.LITTLE_ENDIAN);
        return ObjectId.of(bytes, 0);
    }

    @Override
    public String toString() {
        return Ids.hex(8, unique) + actor;
    }
}
