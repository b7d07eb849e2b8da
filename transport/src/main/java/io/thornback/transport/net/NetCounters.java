/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counters of one server or client; written by its threads, read by any. */
public final class NetCounters {
    /** Filled here and never changed, so that any thread may look a counter up. */
    private final Map<NetCounter, AtomicLong> values = new EnumMap<>(NetCounter.class);

    NetCounters() {
        for (NetCounter counter : NetCounter.values()) {
            values.put(counter, new AtomicLong());
        }
    }

    void increment(NetCounter counter) {
        values.get(counter).getAndIncrement();
    }

    void add(NetCounter counter, long count) {
        values.get(counter).getAndAdd(count);
    }

    public long get(NetCounter counter) {
        return values.get(counter).get();
    }

    /** The counters that are not zero. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (NetCounter counter : NetCounter.values()) {
            if (get(counter) != 0) {
                text.append(text.length() == 0 ? "" : " ")
                        .append(counter)
                        .append('=')
                        .append(get(counter));
            }
        }
        return text.toString();
    }
}
