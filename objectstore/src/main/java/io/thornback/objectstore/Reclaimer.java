/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what its user forgot to close, when the garbage collector finds it unreachable. One daemon thread for
 * the whole JVM, asleep until there is something. {@link java.lang.ref.Cleaner} would do, but its registration takes a lock that
 * every get of every thread would share.
 */
final class Reclaimer {
    /** A reference that knows what to do when its referent is gone. */
    interface Reclaimable {
        void reclaim();
    }

    static final ReferenceQueue<Object> QUEUE = new ReferenceQueue<>();

    private static final Logger LOG = LoggerFactory.getLogger(Reclaimer.class);

    static {
        final Thread thread = new Thread(Reclaimer::run, "objectstore-reclaimer");
        thread.setDaemon(true);
        thread.start();
    }

    private Reclaimer() {}

    private static void run() {
        while (true) {
            try {
                final Reference<?> reference = QUEUE.remove();
                ((Reclaimable) reference).reclaim();
            } catch (final InterruptedException e) {
                LOG.info(
                        "objectstore-reclaimer was interrupted; unclosed buffers of this JVM are not given back any more");
                return;
            } catch (final RuntimeException e) {
                LOG.error("an unclosed buffer could not be given back", e);
            }
        }
    }
}
