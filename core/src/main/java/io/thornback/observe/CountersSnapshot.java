/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/** The figures of a raylet at one moment. Immutable. */
public final class CountersSnapshot {
    private final ProcessIdentity owner;
    private final long takenNs;
    private final long createdNs;
    private final long updatedNs;
    private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    private final Map<Latency, Histogram> latencies = new EnumMap<>(Latency.class);

    private CountersSnapshot(final UnsafeBuffer buffer) {
        takenNs = System.nanoTime();
        owner = new ProcessIdentity(
                buffer.getLong(CountersDescriptor.OWNER_PID_OFFSET),
                buffer.getLong(CountersDescriptor.OWNER_START_OFFSET));
        createdNs = buffer.getLong(CountersDescriptor.CREATED_NS_OFFSET);
        updatedNs = buffer.getLongAcquire(CountersDescriptor.UPDATED_NS_OFFSET);
        for (final Counter counter : Counter.values()) {
            counters.put(counter, buffer.getLongAcquire(counter.offset()));
        }
        for (final Latency latency : Latency.values()) {
            latencies.put(latency, Histogram.read(buffer, latency.offset()));
        }
    }

    /**
     * Reads a node's figures. The raylet may be stuck or dead.
     *
     * @param shmDir the session's shared memory.
     * @throws ObserveException if there are none, or they are of another release.
     */
    public static CountersSnapshot read(final Path shmDir) {
        final Path path = ObserveFiles.counters(shmDir);
        try (MappedFile file = MappedFile.openReadOnly(path, CountersDescriptor.LENGTH)) {
            final UnsafeBuffer buffer = file.buffer(0, CountersDescriptor.LENGTH);
            final int version = buffer.getIntAcquire(CountersDescriptor.VERSION_OFFSET);
            if (version != CountersDescriptor.VERSION
                    || buffer.getInt(CountersDescriptor.MAGIC_OFFSET) != CountersDescriptor.MAGIC) {
                throw new ObserveException(path + " has version=" + version + ", this program reads "
                        + CountersDescriptor.VERSION
                        + (version == 0
                                ? "; the raylet has just started, try again"
                                : "; use the Thornback that the node was started with"));
            }
            return new CountersSnapshot(buffer);
        } catch (final PosixException e) {
            throw new ObserveException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The raylet. */
    public ProcessIdentity owner() {
        return owner;
    }

    /** When this was read, by the host's monotonic clock. */
    public long takenNs() {
        return takenNs;
    }

    /** When the raylet began to count. */
    public long createdNs() {
        return createdNs;
    }

    /** When the raylet last looked at what is no total; it does at least once a second. */
    public long updatedNs() {
        return updatedNs;
    }

    /** A figure. */
    public long get(final Counter counter) {
        return counters.get(counter);
    }

    /** How long a stage of the tasks took. */
    public Histogram latency(final Latency latency) {
        return latencies.get(latency);
    }

    /** Growth of a total in each second since an earlier look. */
    public double rateSince(final CountersSnapshot earlier, final Counter counter) {
        final double seconds = (takenNs - earlier.takenNs) / 1e9;
        return seconds <= 0 ? 0 : (get(counter) - earlier.get(counter)) / seconds;
    }
}
