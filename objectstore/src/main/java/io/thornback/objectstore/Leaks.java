/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.lang.ref.PhantomReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What users of a client forgot to close: counted, reported (each if it is known where it came from, otherwise the first and then less and less
 * often), and in the case of objects being written given up. Any thread.
 */
final class Leaks {
    private static final Logger LOG = LoggerFactory.getLogger(Leaks.class);

    private final ObjectStoreClient client;
    private final boolean tracing;
    private final AtomicLong buffers = new AtomicLong();
    private final AtomicLong unsealed = new AtomicLong();
    /** Keeps the references themselves reachable. */
    private final Set<Unsealed> open = ConcurrentHashMap.newKeySet();

    Leaks(final ObjectStoreClient client, final boolean tracing) {
        this.client = client;
        this.tracing = tracing;
    }

    /** Where somebody got what has to be closed; null unless asked for, since it costs many times what a get does. */
    Throwable trace() {
        return tracing ? new Throwable("acquired here") : null;
    }

    /** Watches an object being written; it tells the result when it is sealed or closed. */
    Unsealed watch(final WritableObject object, final long token) {
        final Unsealed reference = new Unsealed(object, this, token);
        open.add(reference);
        return reference;
    }

    int openUnsealed() {
        return open.size();
    }

    long buffers() {
        return buffers.get();
    }

    long unsealed() {
        return unsealed.get();
    }

    void buffer(final ObjectId id, final Throwable acquired) {
        report("a buffer of object " + id + " was never closed; its pin is given back", buffers, acquired);
    }

    private void report(final String what, final AtomicLong count, final Throwable acquired) {
        final long now = count.incrementAndGet();
        if (acquired != null) {
            LOG.warn("{}; so far: {}", what, now, acquired);
        } else if (Long.bitCount(now) == 1) {
            LOG.warn("{}; so far: {}; set {}=true to see where they come from", what, now, ClientOptions.TRACE_LEAKS);
        }
    }

    /** An object being written, as the garbage collector reports it. */
    static final class Unsealed extends PhantomReference<Object> implements Reclaimer.Reclaimable {
        private final Leaks leaks;
        private final ObjectId id;
        private final long token;
        private final Throwable acquired;
        /** What is left is to tell the store. The reclaiming thread alone. */
        private boolean reported;

        private Unsealed(final WritableObject object, final Leaks leaks, final long token) {
            super(object, Reclaimer.QUEUE);
            this.leaks = leaks;
            this.id = object.id();
            this.token = token;
            this.acquired = leaks.trace();
        }

        /** It was sealed or closed. */
        void done() {
            leaks.open.remove(this);
            clear();
        }

        @Override
        public boolean reclaim() {
            if (leaks.open.remove(this)) {
                reported = true;
                leaks.report(
                        "object " + id + " was neither sealed nor closed; it is given up", leaks.unsealed, acquired);
            }
            return !reported || leaks.client.lane.tryAbort(token, leaks.client.clientId());
        }
    }
}
