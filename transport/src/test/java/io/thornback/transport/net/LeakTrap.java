/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Netty's leak detector only logs; this one remembers, so that a test can fail. */
final class LeakTrap {
    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

    private LeakTrap() {}

    static void install() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            // Deprecated, and yet the abstract method that every factory must have.
            @Override
            @SuppressWarnings("deprecation")
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> type, int interval, long maxActive) {
                return new Remembering<>(type, interval);
            }
        });
    }

    /** Collects garbage, lets the detector look, and fails with where the lost buffers were used. */
    static void assertNoLeaks() {
        collect();
        UnpooledByteBufAllocator.DEFAULT.directBuffer(8).release();
        assertEquals(List.of(), LEAKS);
    }

    /** What was lost so far, and forgets it. */
    static List<String> take() {
        collect();
        UnpooledByteBufAllocator.DEFAULT.directBuffer(8).release();
        final List<String> found = List.copyOf(LEAKS);
        LEAKS.removeAll(found);
        return found;
    }

    /** Twice, because the second canary is enqueued after all that the first collection found. */
    private static void collect() {
        for (int round = 0; round < 2; round++) {
            final ReferenceQueue<Object> queue = new ReferenceQueue<>();
            final PhantomReference<Object> canary = new PhantomReference<>(new Object(), queue);
            while (!canary.refersTo(null) || queue.poll() == null) {
                System.gc();
            }
        }
    }

    private static final class Remembering<T> extends ResourceLeakDetector<T> {
        Remembering(Class<T> type, int interval) {
            super(type, interval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            LEAKS.add(resourceType + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            LEAKS.add(resourceType);
        }
    }
}
