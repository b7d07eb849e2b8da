/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class InboxTurnTest {
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(60);

    private final FakeInbox inbox = new FakeInbox();
    private final InboxTurn turn = new InboxTurn(inbox, () -> inbox.closing, Limits.DOZE.toNanos());
    private final Thread agent = new Thread(turn::runAgent, "agent");

    /** An answer that comes in the inbox. */
    private static final class Answer implements InboxTurn.Goal {
        private final CountDownLatch there = new CountDownLatch(1);
        private final List<Runnable> wakers = new CopyOnWriteArrayList<>();

        @Override
        public boolean isReached() {
            return there.getCount() == 0;
        }

        @Override
        public void sleep(final long ns) throws InterruptedException {
            if (there.await(ns, TimeUnit.NANOSECONDS)) {
                assertTrue(isReached());
            }
        }

        @Override
        public void addWaker(final Runnable waker) {
            wakers.add(waker);
        }

        @Override
        public void removeWaker(final Runnable waker) {
            wakers.remove(waker);
        }

        /** Not through the inbox. */
        void come() {
            there.countDown();
            wakers.forEach(Runnable::run);
        }
    }

    /** Messages that are answers, and a wait that a message or a wake ends, as a futex. */
    private static final class FakeInbox implements InboxTurn.Reader {
        private final ConcurrentLinkedQueue<Answer> messages = new ConcurrentLinkedQueue<>();
        private final Object futex = new Object();
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger trespasses = new AtomicInteger();
        private final AtomicInteger byAgent = new AtomicInteger();
        private final AtomicInteger byWaiters = new AtomicInteger();
        private boolean signalled;
        private volatile boolean closing;
        private volatile Callable<?> onAnswer = () -> null;
        private volatile Exception problem;

        void send(final Answer answer) {
            messages.add(answer);
            wake();
        }

        private void enter() {
            if (inside.incrementAndGet() != 1) {
                trespasses.incrementAndGet();
            }
        }

        @Override
        public int cycle() {
            enter();
            int work = 0;
            for (Answer answer = messages.poll(); answer != null; answer = messages.poll()) {
                (Thread.currentThread().getName().equals("agent") ? byAgent : byWaiters).incrementAndGet();
                handle();
                answer.there.countDown();
                work++;
            }
            inside.decrementAndGet();
            return work;
        }

        private void handle() {
            try {
                onAnswer.call();
            } catch (final Exception e) {
                problem = e;
            }
        }

        @Override
        public void idle(final int work, final long mostNs) {
            enter();
            synchronized (futex) {
                if (work == 0 && !signalled && messages.isEmpty()) {
                    try {
                        TimeUnit.NANOSECONDS.timedWait(futex, Math.min(mostNs, TimeUnit.SECONDS.toNanos(1)));
                    } catch (final InterruptedException e) {
                        Thread.currentThread().interrupt(); // a futex would not have noticed
                    }
                }
                signalled = false;
            }
            inside.decrementAndGet();
        }

        @Override
        public void wake() {
            synchronized (futex) {
                signalled = true;
                futex.notifyAll();
            }
        }
    }

    @BeforeEach
    void start() {
        agent.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        inbox.closing = true;
        turn.close();
        agent.join(5_000);
        assertFalse(agent.isAlive(), "the agent's thread ends");
        assertEquals(0, inbox.trespasses.get(), "two read at a time");
    }

    @Test
    void whoWaitsAgainAndAgainReadsByItself() throws Exception {
        final ExecutorService peer = Executors.newSingleThreadExecutor();
        for (int i = 0; i < 2_000; i++) {
            final Answer answer = new Answer();
            peer.execute(() -> inbox.send(answer));
            assertTrue(turn.await(answer, LONG_NS));
        }
        peer.shutdown();
        assertTrue(
                inbox.byWaiters.get() > inbox.byAgent.get(),
                "by waiters " + inbox.byWaiters + ", by the agent " + inbox.byAgent);
    }

    @Test
    void manyWaitersAllGetTheirAnswers() throws Exception {
        final ExecutorService peers = Executors.newFixedThreadPool(2);
        final ExecutorService waiters = Executors.newFixedThreadPool(8);
        final List<Future<Integer>> all = new ArrayList<>();
        for (int w = 0; w < 8; w++) {
            final SplittableRandom random = new SplittableRandom(w);
            all.add(waiters.submit(() -> {
                int got = 0;
                for (int i = 0; i < 500; i++) {
                    final Answer answer = new Answer();
                    final int delay = random.nextInt(3);
                    peers.execute(() -> {
                        if (delay == 2) {
                            sleep(1);
                        }
                        inbox.send(answer);
                    });
                    if (delay == 0) {
                        sleep(random.nextInt(2));
                    }
                    got += turn.await(answer, LONG_NS) ? 1 : 0;
                }
                return got;
            }));
        }
        for (final Future<Integer> each : all) {
            assertEquals(500, each.get());
        }
        peers.shutdown();
        waiters.shutdown();
    }

    private static void sleep(final int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatComesWhileNobodyWaitsIsReadByTheAgent() throws Exception {
        for (final int pauseMs : new int[] {0, 1, 50}) { // dozing, dozing, asleep at the inbox
            final Answer waitedFor = new Answer();
            inbox.send(waitedFor);
            assertTrue(turn.await(waitedFor, LONG_NS));
            sleep(pauseMs);
            final Answer other = new Answer();
            inbox.send(other);
            assertTrue(other.there.await(60, TimeUnit.SECONDS));
        }
    }

    /** The agent of this one dozes for a minute, from the first time on. */
    @Test
    void whatIsHandedOverWakesAnAgentThatDozes() throws Exception {
        final FakeInbox slow = new FakeInbox();
        final InboxTurn sleepy = new InboxTurn(slow, () -> slow.closing, LONG_NS, LONG_NS);
        final Thread dozer = new Thread(sleepy::runAgent, "agent");
        dozer.start();
        final Answer answer = new Answer();
        slow.messages.add(answer);
        assertTrue(sleepy.await(answer, LONG_NS));
        final long beganNs = System.nanoTime();
        while (LockSupport.getBlocker(dozer) != sleepy) {
            assertTrue(System.nanoTime() - beganNs < TimeUnit.SECONDS.toNanos(30), "it dozes after a visit");
            sleep(1);
        }
        final Answer late = new Answer();
        slow.messages.add(late);
        assertFalse(late.there.await(100, TimeUnit.MILLISECONDS), "it dozes");
        sleepy.wake();
        assertTrue(late.there.await(30, TimeUnit.SECONDS), "woken");
        slow.closing = true;
        assertTrue(sleepy.close());
        dozer.join(5_000);
        assertFalse(dozer.isAlive());
        assertEquals(0, slow.trespasses.get());
    }

    @Test
    void afterALongWaitTheAgentReadsOn() throws Exception {
        assertFalse(turn.await(new Answer(), TimeUnit.MILLISECONDS.toNanos(100)), "nothing came");
        final Answer other = new Answer();
        inbox.send(other);
        assertTrue(other.there.await(60, TimeUnit.SECONDS));
    }

    @Test
    void anInterruptEndsAWaitAndLeavesTheTurn() throws Exception {
        final Thread waiter = Thread.currentThread();
        final Thread interrupter = new Thread(() -> {
            sleep(50);
            waiter.interrupt();
        });
        interrupter.start();
        assertThrows(InterruptedException.class, () -> turn.await(new Answer(), LONG_NS));
        interrupter.join();
        final Answer answer = new Answer();
        inbox.send(answer);
        assertTrue(turn.await(answer, LONG_NS));
    }

    @Test
    void whatDoesNotComeInTheInboxWakesAWaiterToo() throws Exception {
        for (int i = 0; i < 200; i++) {
            final Answer answer = new Answer();
            final Thread other = new Thread(answer::come);
            other.start();
            assertTrue(turn.await(answer, LONG_NS));
            other.join();
            assertEquals(List.of(), answer.wakers);
        }
    }

    @Test
    void aHandlerCannotWait() throws Exception {
        final Answer answer = new Answer();
        inbox.onAnswer = () -> turn.await(new Answer(), LONG_NS);
        inbox.send(answer);
        assertTrue(turn.await(answer, LONG_NS));
        assertInstanceOf(IllegalStateException.class, inbox.problem);
    }

    @Test
    void onceClosedNobodyReads() throws Exception {
        final Thread waiter = new Thread(() -> {
            try {
                turn.await(new Answer(), LONG_NS);
            } catch (final InterruptedException e) {
                inbox.problem = e;
            }
        });
        waiter.start();
        sleep(5); // it reads, most likely
        inbox.closing = true;
        assertTrue(turn.close());
        inbox.enter(); // as if its memory were gone: who reads now trespasses
        sleep(20);
        waiter.interrupt();
        waiter.join();
        assertInstanceOf(InterruptedException.class, inbox.problem);
    }

    @Test
    void aVirtualThreadLeavesTheReadingToTheAgent() throws Exception {
        final Method start;
        try {
            start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (final NoSuchMethodException e) {
            assumeTrue(false, "this JDK has no virtual threads");
            return;
        }
        final CountDownLatch all = new CountDownLatch(200);
        final Thread virtual = (Thread) start.invoke(null, (Runnable) () -> {
            for (int i = 0; i < 200; i++) {
                final Answer answer = new Answer();
                inbox.send(answer);
                try {
                    assertTrue(turn.await(answer, LONG_NS));
                } catch (final InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                all.countDown();
            }
        });
        assertTrue(all.await(60, TimeUnit.SECONDS));
        virtual.join();
        assertEquals(0, inbox.byWaiters.get());
    }

    @Test
    void theEndOfTheAgentEndsNoWaitBeforeItsTime() throws Exception {
        final Answer never = new Answer();
        final Thread closer = new Thread(() -> {
            sleep(50);
            inbox.closing = true;
            turn.close();
        });
        closer.start();
        assertFalse(turn.await(never, TimeUnit.MILLISECONDS.toNanos(300)));
        closer.join();
    }
}
