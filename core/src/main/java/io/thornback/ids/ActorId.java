/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.ids;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * An actor. 16 bytes: 12 random, then the job (i32, little-endian).
 *
 * @param low bytes 0–7.
 * @param high bytes 8–15; the job is in the upper half.
 */
public record ActorId(long low, long high) {
    /** Length in bytes. */
    public static final int LENGTH = 16;

    // By hand, as TaskId's.

    @Override
    public boolean equals(final Object other) {
        return other instanceof ActorId that && low == that.low && high == that.high;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(low) + Long.hashCode(high);
    }

    /** A new id of an actor of this job. */
    public static ActorId create(final JobId job) {
        return new ActorId(Ids.randomLong(), withJob(Ids.randomLong(), job));
    }

    /** The id that tasks which belong to no actor carry. */
    public static ActorId none(final JobId job) {
        return new ActorId(0, withJob(0, job));
    }

    private static long withJob(final long bits, final JobId job) {
        return (bits & 0xFFFF_FFFFL) | ((long) job.value() << 32);
    }

    /** Reads {@link #LENGTH} bytes. */
    public static ActorId read(final DirectBuffer buffer, final int offset) {
        return new ActorId(Ids.getLong(buffer, offset), Ids.getLong(buffer, offset + 8));
    }

    /** Writes {@link #LENGTH} bytes. */
    public void write(final MutableDirectBuffer buffer, final int offset) {
        Ids.putLong(buffer, offset, low);
        Ids.putLong(buffer, offset + 8, high);
    }

    /** The job that the actor belongs to. */
    public JobId job() {
        return new JobId((int) (high >>> 32));
    }

    /** Whether this is an actor at all. */
    public boolean isActor() {
        return low != 0 || (high & 0xFFFF_FFFFL) != 0;
    }

    @Override
    public String toString() {
        return Ids.hex(LENGTH, low, high);
    }
}
