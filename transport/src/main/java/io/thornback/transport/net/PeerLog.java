/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;

/**
 * One line for each host that misbehaves and each thing that it does, and at most {@value #LINES_PER_PERIOD} of all hosts, in ten seconds: a port scanner must not fill the disk, nor hide what others do. What was left out is
 * told with the next line. Event-loop thread only.
 */
final class PeerLog {
    static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(10);

    private static final int LINES_PER_PERIOD = 50;

    private final Logger log;
    private final NanoClock clock;
    /** What has been said in this period: so many at most. */
    private final Set<String> said = new HashSet<>();

    private long periodStartNs;
    private long suppressed;

    PeerLog(Logger log) {
        this(log, System::nanoTime);
    }

    PeerLog(Logger log, NanoClock clock) {
        this.log = log;
        this.clock = clock;
        this.periodStartNs = clock.nanoTime();
    }

    /** @param peer address and port; the port is another one each time. */
    void warn(String what, String peer, String why) {
        final long nowNs = clock.nanoTime();
        if (nowNs - periodStartNs > PERIOD_NS) {
            periodStartNs = nowNs;
            said.clear();
        }
        if (said.size() >= LINES_PER_PERIOD || !said.add(hostOf(peer) + ' ' + what)) {
            suppressed++;
            return;
        }
        if (suppressed > 0) {
            log.warn("{} similar lines left out", suppressed);
            suppressed = 0;
        }
        log.warn("{}: peer={} {}", what, peer, why);
    }

    private static String hostOf(String peer) {
        final int colon = peer.lastIndexOf(':');
        return colon < 0 ? peer : peer.substring(0, colon);
    }
}
