/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FutexTest {

    private static final int PARKED = 1;
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(50);

    private Path folder;
    private MappedFile file;
    private UnsafeBuffer word;

    @BeforeEach
    void mapAWord() throws Exception {
        folder = ShmFolder.make();
        file = MappedFile.create(folder.resolve("futex"), 4096);
        word = file.buffer(0, 64);
    }

    @AfterEach
    void unmap() throws Exception {
        file.close();
        ShmFolder.delete(folder);
    }

    @Test
    void returnsAtOnceWhenTheWordIsNotAsExpected() {
        Futex.await(file.address(), PARKED, LONG_NS);
        Futex.await(file.address(), 0, 0);
        Futex.await(file.address(), 0, -1);
    }

    @Test
    void waitsForTheTimeout() {
        final long start = System.nanoTime();
        do { // a signal may end a wait before its time
            Futex.await(file.address(), 0, 20_000_000);
        } while (System.nanoTime() - start < 20_000_000);
        assertTrue(System.nanoTime() - start < LONG_NS);
    }

    @Test
    void wakeReachesAWaiterThroughAnotherMapping() throws Exception {
        word.putIntVolatile(0, PARKED);
        final CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> {
            while (word.getIntVolatile(0) == PARKED) {
                Futex.await(file.address(), PARKED, LONG_NS);
            }
        });
        try (MappedFile other = MappedFile.open(file.path())) {
            while (Futex.wake(other.address(), 1) == 0) {
                Thread.onSpinWait();
            }
            other.buffer(0, 64).putIntVolatile(0, 0);
            Futex.wake(other.address(), Integer.MAX_VALUE);
            waiter.get(30, TimeUnit.SECONDS);
        }
        assertEquals(0, Futex.wake(file.address(), 1), "nobody waits any more");
    }

    @Test
    void wakeReachesAnotherProcess() throws Exception {
        word.putIntVolatile(0, PARKED);
        try (Spawner spawner = new Spawner();
                ChildProcess child = spawner.spawn(ChildJvm.request(
                        ChildMains.FutexWaiter.class,
                        folder.resolve("log"),
                        file.path().toString()))) {
            assertEquals("READY", ChildMains.firstLine(child));
            while (Futex.wake(file.address(), 1) == 0) {
                Thread.onSpinWait();
            }
            word.putIntVolatile(0, 0);
            Futex.wake(file.address(), 1);
            assertTrue(child.awaitExit(Duration.ofSeconds(50)));
            assertTrue(child.reap().isSuccess());
            assertEquals(2, word.getIntVolatile(0));
        }
    }

    @Test
    void aWordThatIsNotMappedOrNotAlignedIsAnError() {
        assertThrows(PosixException.class, () -> Futex.await(file.address() + 2, 0, LONG_NS));
        assertThrows(PosixException.class, () -> Futex.wake(16, 1));
    }

    @Test
    void wakeAndAwaitDoNotAllocate() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long id = Thread.currentThread().getId();
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5; attempt++) { // the first ones load classes
            final long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 1000; i++) {
                Futex.wake(file.address(), 1);
                Futex.await(file.address(), PARKED, LONG_NS);
            }
            allocated = Math.min(allocated, threads.getThreadAllocatedBytes(id) - before);
        }
        assertTrue(allocated < 1000, allocated + " bytes in 2000 calls");
    }
}
