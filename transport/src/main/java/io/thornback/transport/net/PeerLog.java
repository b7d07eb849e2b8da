/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * One line for each peer that misbehaves, at most {@value #LINES_PER_PERIOD} in ten seconds: a port scanner must not
 * fill the disk. What was left out is told with the next line. Event-loop thread only.
 */
final class PeerLog {
    private static final int LINES_PER_PERIOD = 50;
    private static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(10);

    private final Logger log;
    private long periodStartNs = System.nanoTime();
    private int lines;
    private long suppressed;

    PeerLog(Logger log) {
        this.log = log;
    }

    void warn(String what, Object peer, String why) {
        final long nowNs = System.nanoTime();
        if (nowNs - periodStartNs > PERIOD_NS) {
            periodStartNs = nowNs;
            lines = 0;
        }
        if (lines++ >= LINES_PER_PERIOD) {
            suppressed++;
            return;
        }
        if (suppressed > 0) {
            log.warn("{} similar lines left out", suppressed);
            suppressed = 0;
        }
        log.warn("{}: peer={} {}", what, peer, why);
    }
}
