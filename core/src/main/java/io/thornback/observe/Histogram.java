/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import org.agrona.DirectBuffer;

/** How often which time was seen; see {@link CountersDescriptor}. Immutable. */
public final class Histogram {
    private final long[] counts;
    private final long sumNs;
    private final long maxNs;
    private final long count;

    private Histogram(final long[] counts, final long sumNs, final long maxNs) {
        this.counts = counts;
        this.sumNs = sumNs;
        this.maxNs = maxNs;
        long all = 0;
        for (final long one : counts) {
            all += one;
        }
        this.count = all;
    }

    static Histogram read(final DirectBuffer buffer, final int offset) {
        final long[] counts = new long[CountersDescriptor.BUCKETS];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = buffer.getLong(offset + i * Long.BYTES);
        }
        return new Histogram(
                counts,
                buffer.getLong(offset + CountersDescriptor.SUM_INDEX * Long.BYTES),
                buffer.getLong(offset + CountersDescriptor.MAX_INDEX * Long.BYTES));
    }

    /** What was seen since an earlier look; the largest is that of all times. */
    public Histogram since(final Histogram earlier) {
        final long[] grown = new long[counts.length];
        for (int i = 0; i < grown.length; i++) {
            grown[i] = Math.max(0, counts[i] - earlier.counts[i]);
        }
        return new Histogram(grown, sumNs - earlier.sumNs, maxNs);
    }

    /** How many values. */
    public long count() {
        return count;
    }

    /** Their mean in nanoseconds; 0 if there are none. */
    public long meanNs() {
        return count == 0 ? 0 : sumNs / count;
    }

    /** The largest in nanoseconds. */
    public long maxNs() {
        return maxNs;
    }

    /**
     * A value that so much of all are not above, too large by a fifth at most.
     *
     * @param share above 0, at most 1.
     * @return nanoseconds; 0 if there are no values.
     */
    public long quantileNs(final double share) {
        final long wanted = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return i == counts.length - 1 ? maxNs : Math.min(maxNs, CountersDescriptor.lowestOf(i + 1) - 1);
            }
        }
        return 0;
    }
}
