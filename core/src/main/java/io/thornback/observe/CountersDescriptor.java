/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/**
 * Layout of {@code <shm>/observe/raylet.counters}. Written by the raylet's agent alone; read by anybody. Little-endian, fields aligned to their length.
 *
 * <pre>
 * offset length type  field                writer order    meaning
 *      0      4 i32   magic                owner  plain    0x544E4354, "TCNT"
 *      4      4 i32   version              owner  release  written last; 0 = not ready
 *      8      8 i64   ownerPid             owner  plain    with ownerStart: whose figures these are
 *     16      8 i64   ownerStart           owner  plain    process start time, clock ticks since boot
 *     24      8 i64   createdMs            owner  plain    wall clock, milliseconds since the epoch, ...
 *     32      8 i64   createdNs            owner  plain    ... when the host's monotonic clock read this
 *     40      8 i64   updatedNs            owner  release  when the raylet last looked at what is not counted as it happens
 *     64      8 i64   tasksSubmitted       owner  release  counted as it happens, like all totals
 *     72      8 i64   tasksScheduled       owner  release  each attempt
 *     80      8 i64   tasksFinished        owner  release  returned
 *     88      8 i64   tasksFailed          owner  release  threw, refused, lost their last worker
 *     96      8 i64   tasksRetried         owner  release  attempts after the death of a worker
 *    104      8 i64   tasksCancelled       owner  release  by their owner, or with their job
 *    112      8 i64   tasksQueued          owner  release  now, as of updatedNs, like all that is no total
 *    120      8 i64   tasksRunning         owner  release  now
 *    128      8 i64   workersStarting      owner  release  now
 *    136      8 i64   workersIdle          owner  release  now
 *    144      8 i64   workersBusy          owner  release  now
 *    152      8 i64   workersBlocked       owner  release  now
 *    160      8 i64   workersActor         owner  release  now
 *    168      8 i64   workersStopping      owner  release  now
 *    176      8 i64   workersStarted       owner  release  total
 *    184      8 i64   workersDied          owner  release  total, those that were told to end apart
 *    192      8 i64   actorsStarting       owner  release  now
 *    200      8 i64   actorsAlive          owner  release  now
 *    208      8 i64   actorsDied           owner  release  total
 *    216      8 i64   actorsRestarted      owner  release  total
 *    224      8 i64   jobs                 owner  release  now
 *    232      8 i64   laneBacklog          owner  release  now, messages
 *    240      8 i64   messages             owner  release  total
 *    248      8 i64   cpusAvailable        owner  release  now, 1/10,000
 *    256      8 i64   cpusTotal            owner  release  now, 1/10,000
 *    264      8 i64   tasksAhead           owner  release  now, with a worker that runs another first
 *    512   2048 bytes submittedToScheduled owner  release  a histogram, like those that follow
 *   2560   2048 bytes scheduledToStarted   owner  release  in the worker's inbox and queue
 *   4608   2048 bytes startedToEnded       owner  release  the function
 *   6656   2048 bytes endedToStored        owner  release  the result to the store or the owner's lane
 *   8704   2048 bytes submittedToStored    owner  release  all of it
 * </pre>
 *
 * <p><b>A histogram</b> is 256 i64: 248 counts, by nanoseconds, four for each power of two (bucket {@code v} for v &lt; 4, else {@code 4 (e - 1) + s} where e is the exponent of v
 * and s its next two bits, so a value is known to within a fifth), then unused ones, the sum at index 254 and the largest at 255.
 *
 * <p><b>If the owner dies</b> the figures stay as they are. Each was exact at some instant, not all at the same; a histogram read while it is written may have its sum and its counts
 * from different instants, one value apart.
 */
final class CountersDescriptor {
    static final int MAGIC = 0x544E4354;
    static final int VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int OWNER_PID_OFFSET = 8;
    static final int OWNER_START_OFFSET = 16;
    static final int CREATED_MS_OFFSET = 24;
    static final int CREATED_NS_OFFSET = 32;
    static final int UPDATED_NS_OFFSET = 40;

    /** Bytes of a histogram. */
    static final int HISTOGRAM_LENGTH = 2048;
    /** Counts of a histogram. */
    static final int BUCKETS = 248;

    static final int SUM_INDEX = 254;
    static final int MAX_INDEX = 255;

    /** Bytes of the file. */
    static final int LENGTH = 12_288;

    private static final int FIRST_EXPONENT = 2;
    private static final int SUB_BUCKETS = 4;

    private CountersDescriptor() {}

    /** The bucket of a value; negative ones count as 0. */
    static int bucketOf(final long valueNs) {
        if (valueNs < SUB_BUCKETS) {
            return (int) Math.max(0, valueNs);
        }
        final int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(valueNs);
        final int next = (int) (valueNs >>> (exponent - FIRST_EXPONENT)) & (SUB_BUCKETS - 1);
        return SUB_BUCKETS * (exponent - 1) + next;
    }

    /** The smallest value of a bucket. */
    static long lowestOf(final int bucket) {
        if (bucket < SUB_BUCKETS) {
            return bucket;
        }
        final int exponent = bucket / SUB_BUCKETS + 1;
        return (long) (SUB_BUCKETS + bucket % SUB_BUCKETS) << (exponent - FIRST_EXPONENT);
    }
}
