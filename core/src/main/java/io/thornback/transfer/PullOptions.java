/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

/**
 * Limits of a {@link Puller}.
 *
 * @param maxBytesInFlight of objects that are on their way at once; one that is larger comes alone
 * @param idleMs after which a connection that nobody uses is closed
 */
public record PullOptions(long maxBytesInFlight, long idleMs) {
    /** 256 MiB in flight, connections kept for ten seconds. */
    public static final PullOptions DEFAULT = new PullOptions(256L << 20, 10_000);

    public PullOptions {
        if (maxBytesInFlight < 1 || idleMs < 0) {
            throw new IllegalArgumentException("maxBytesInFlight=" + maxBytesInFlight + " idleMs=" + idleMs);
        }
    }
}
