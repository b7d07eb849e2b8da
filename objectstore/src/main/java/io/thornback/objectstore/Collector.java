/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.concurrent.atomic.AtomicLong;

/** Asks for a garbage collection when unreachable views hold what somebody waits for; however many wait, not more often than is of use. */
final class Collector {
    private static final long PAUSE_NS = 250_000_000;
    private static final AtomicLong LAST_NS = new AtomicLong(System.nanoTime() - PAUSE_NS);

    private Collector() {}

    /** Collects, unless somebody just has. */
    static void collect() {
        final long nowNs = System.nanoTime();
        final long lastNs = LAST_NS.get();
        if (nowNs - lastNs >= PAUSE_NS && LAST_NS.compareAndSet(lastNs, nowNs)) {
            System.gc();
        }
    }
}
