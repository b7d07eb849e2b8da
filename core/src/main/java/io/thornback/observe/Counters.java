/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import io.thornback.posix.MappedFile;
import io.thornback.posix.ProcessIdentity;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/** The figures of a raylet in shared memory, where the raylet writes them. One thread; each call is one or a few stores, and nothing is allocated. */
public final class Counters implements AutoCloseable {
    private final MappedFile file;
    private final UnsafeBuffer buffer;

    private Counters(final MappedFile file) {
        this.file = file;
        this.buffer = file.buffer(0, CountersDescriptor.LENGTH);
    }

    /**
     * Makes the file, all figures 0.
     *
     * @param shmDir the session's shared memory.
     */
    public static Counters create(final Path shmDir) {
        final ProcessIdentity owner = ProcessIdentity.current();
        final Counters made = new Counters(
                MappedFile.create(ObserveFiles.make(ObserveFiles.counters(shmDir)), CountersDescriptor.LENGTH));
        final UnsafeBuffer head = made.buffer;
        head.putInt(CountersDescriptor.MAGIC_OFFSET, CountersDescriptor.MAGIC);
        head.putLong(CountersDescriptor.OWNER_PID_OFFSET, owner.pid());
        head.putLong(CountersDescriptor.OWNER_START_OFFSET, owner.startTicks());
        head.putLong(CountersDescriptor.CREATED_MS_OFFSET, System.currentTimeMillis());
        head.putLong(CountersDescriptor.CREATED_NS_OFFSET, System.nanoTime());
        // Partner: the acquire in CountersSnapshot.read. Whoever sees the version sees the head.
        head.putIntRelease(CountersDescriptor.VERSION_OFFSET, CountersDescriptor.VERSION);
        return made;
    }

    /** Adds to a total. */
    public void add(final Counter counter, final long amount) {
        buffer.addLongRelease(counter.offset(), amount);
    }

    /** Says what there is now. */
    public void set(final Counter counter, final long value) {
        buffer.putLongRelease(counter.offset(), value);
    }

    /** What was written last. */
    public long get(final Counter counter) {
        return buffer.getLong(counter.offset());
    }

    /** A stage of a task took so long; nothing is recorded where an end is not known (0). */
    public void record(final Latency latency, final long fromNs, final long toNs) {
        if (fromNs == 0 || toNs == 0) {
            return;
        }
        final long elapsedNs = Math.max(0, toNs - fromNs);
        final int at = latency.offset();
        buffer.addLongRelease(at + CountersDescriptor.bucketOf(elapsedNs) * Long.BYTES, 1);
        buffer.addLongRelease(at + CountersDescriptor.SUM_INDEX * Long.BYTES, elapsedNs);
        if (elapsedNs > buffer.getLong(at + CountersDescriptor.MAX_INDEX * Long.BYTES)) {
            buffer.putLongRelease(at + CountersDescriptor.MAX_INDEX * Long.BYTES, elapsedNs);
        }
    }

    /** All that is no total is as of now. */
    public void updated(final long nowNs) {
        buffer.putLongRelease(CountersDescriptor.UPDATED_NS_OFFSET, nowNs);
    }

    @Override
    public void close() {
        file.close();
    }
}
