/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what its user forgot to close, when the garbage collector finds it unreachable. One daemon thread for
 * the whole JVM, asleep until there is something. {@link java.lang.ref.Cleaner} would do, but its registration takes a lock that
 * every get of every thread would share.
 *
 * <p>What lets memory go, or lets others write into it, is a phantom reference: a weak one is cleared while an object with a finalizer, as the JDK's single-thread executors are on Java 17, still leads to the referent.
 */
final class Reclaimer {
    /** A reference that knows what to do when its referent is gone. */
    interface Reclaimable {
        /** Never waits: all clients of the JVM share the thread. False if it must be tried again, as without a store. */
        boolean reclaim();
    }

    static final ReferenceQueue<Object> QUEUE = new ReferenceQueue<>();

    private static final long RETRY_MS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Reclaimer.class);

    static {
        final Thread thread = new Thread(Reclaimer::run, "objectstore-reclaimer");
        thread.setDaemon(true);
        thread.start();
    }

    private Reclaimer() {}

    private static void run() {
        final Deque<Reclaimable> again = new ArrayDeque<>();
        while (true) {
            try {
                final Reference<?> reference = QUEUE.remove(again.isEmpty() ? 0 : RETRY_MS);
                if (reference != null) {
                    reclaim((Reclaimable) reference, again);
                } else {
                    for (int i = again.size(); i > 0; i--) {
                        reclaim(again.poll(), again);
                    }
                }
            } catch (final InterruptedException e) {
                LOG.info(
                        "objectstore-reclaimer was interrupted; unclosed buffers of this JVM are not given back any more");
                return;
            }
        }
    }

    private static void reclaim(final Reclaimable reference, final Deque<Reclaimable> again) {
        try {
            if (!reference.reclaim()) {
                again.add(reference);
            }
        } catch (final RuntimeException e) {
            LOG.error("an unclosed buffer could not be given back", e);
        }
    }
}
