/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.objectstore.ExtentAllocator.Extent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has pages reserved before they are needed, by a thread of its own: the kernel clears them at some 10 GB/s, and the agent would stand still for that time.
 * When the thread is behind, the agent reserves what it needs itself. The agent's, but for the thread's task.
 */
final class ArenaAhead implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ArenaAhead.class);

    private final ArenaExtents extents;
    private final ArenaPages pages;
    private final long stepBytes;
    private final IoThread thread;

    ArenaAhead(final ArenaExtents extents, final ArenaPages pages, final long stepBytes, final Runnable wakeAgent) {
        this.extents = extents;
        this.pages = pages;
        this.stepBytes = stepBytes;
        this.thread = new IoThread("objectstore-pages", wakeAgent);
    }

    private final class Reservation extends IoThread.Task {
        private final Extent extent;
        private boolean reserved;

        Reservation(final Extent extent) {
            this.extent = extent;
        }

        @Override
        void run() {
            reserved = pages.reserve(extent.offset(), extent.length());
        }

        @Override
        void done() {
            if (failure != null) {
                LOG.warn("pages could not be reserved ahead of use", failure);
            }
            extents.ahead(extent, reserved && failure == null);
        }
    }

    /** One duty cycle: takes what is done and asks for the next, a step at a time. */
    int poll() {
        final int done = thread.poll();
        if (thread.open() == 0) {
            final Extent next = extents.claimAhead(stepBytes);
            if (next != null) {
                thread.submit(new Reservation(next));
            }
        }
        return done;
    }

    @Override
    public void close() {
        thread.close();
    }
}
