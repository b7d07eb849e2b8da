/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.chaos;

import io.thornback.ActorDiedException;
import io.thornback.ActorRef;
import io.thornback.ConnectOptions;
import io.thornback.ObjectRef;
import io.thornback.TaskCancelledException;
import io.thornback.TaskException;
import io.thornback.Thornback;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A driver of the chaos run: {@code ChaosDriver <dir> <seed>}. Does whatever a driver can do, on some threads, checks every result, and ends in good order when its standard input
 * ends. Exit code 0: all was right; 1: what it printed last is wrong.
 */
final class ChaosDriver {
    static final String READY = "ready";
    static final String DONE = "done ";

    private static final int THREADS = 3;
    /** Tasks at a time, most of the time. */
    private static final int FEW = 60;
    /** And now and then: so many that workers are sent some ahead, and tell of their ends in batches. */
    private static final int MANY = 1_000;

    private static final int MAX_LENGTH = 400_000;

    private final Thornback tb;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong deaths = new AtomicLong();
    private volatile boolean stopping;

    private ChaosDriver(final Thornback tb) {
        this.tb = tb;
    }

    /** Runs until its input ends. */
    public static void main(final String[] args) throws Exception {
        final Thornback tb = Thornback.connect(
                ConnectOptions.defaults().withDirectory(Path.of(args[0])).withTimeout(Duration.ofSeconds(60)));
        final ChaosDriver driver = new ChaosDriver(tb);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final long seed = Long.parseLong(args[1]) * THREADS + i;
            final Thread thread = new Thread(() -> driver.loop(new Random(seed)), "chaos-" + seed);
            thread.start();
            threads.add(thread);
        }
        System.out.println(READY);
        awaitEndOfInput();
        driver.stopping = true;
        for (final Thread thread : threads) {
            thread.join();
        }
        tb.close();
        System.out.println(DONE + "operations=" + driver.done + " actorDeaths=" + driver.deaths);
        System.exit(0);
    }

    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // Nothing is said; only the end matters.
        }
    }

    private void loop(final Random random) {
        String what = "";
        try {
            while (!stopping) {
                final int dice = random.nextInt(100);
                what = "dice=" + dice;
                if (dice < 35) {
                    many(random);
                } else if (dice < 50) {
                    chain(random);
                } else if (dice < 65) {
                    large(random);
                } else if (dice < 75) {
                    nested(random);
                } else if (dice < 83) {
                    cancelled(random);
                } else if (dice < 88) {
                    failing(random);
                } else {
                    actor(random);
                }
                done.incrementAndGet();
            }
        } catch (final Throwable e) { // whatever it is, it is not what was promised
            synchronized (System.out) {
                System.out.println("WRONG " + Thread.currentThread().getName() + " " + what + ": " + e);
                e.printStackTrace(System.out);
                System.out.flush();
                Runtime.getRuntime().halt(1);
            }
        }
    }

    private static void check(final boolean isRight, final String what) {
        if (!isRight) {
            throw new IllegalStateException(what);
        }
    }

    private static void same(final long expected, final long got, final String what) {
        check(expected == got, what + " expected=" + expected + " got=" + got);
    }

    private ObjectRef<Long> mix(final long seed) {
        return tb.task(ChaosWork::mix, seed).retries(ChaosWork.RETRIES).submit();
    }

    private void many(final Random random) {
        final long seed = random.nextLong();
        final int count = 1 + random.nextInt(random.nextInt(4) == 0 ? MANY : FEW);
        final List<ObjectRef<Long>> refs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            refs.add(mix(seed + i));
        }
        for (int i = 0; i < count; i++) {
            same(ChaosWork.scramble(seed + i), refs.get(i).get(ChaosWork.DEADLINE), "task " + i + " of " + count);
        }
    }

    private void chain(final Random random) {
        final long seed = random.nextLong();
        final int length = 2 + random.nextInt(8);
        ObjectRef<Long> last = mix(seed);
        long expected = ChaosWork.scramble(seed);
        final List<ObjectRef<Long>> all = new ArrayList<>(List.of(last));
        long sum = expected;
        for (int i = 1; i < length; i++) {
            last = tb.task(ChaosWork::add, last, mix(seed + i))
                    .cpus(random.nextInt(4) == 0 ? 0.5 : 1)
                    .retries(ChaosWork.RETRIES)
                    .submit();
            expected += ChaosWork.scramble(seed + i);
            all.add(last);
            sum += expected;
        }
        final ObjectRef<Long> total =
                tb.task(ChaosWork::sumOf, all).retries(ChaosWork.RETRIES).submit();
        same(expected, last.get(ChaosWork.DEADLINE), "chain of " + length);
        same(sum, total.get(ChaosWork.DEADLINE), "sum of a chain of " + length);
    }

    private void large(final Random random) {
        final long seed = random.nextLong();
        final int length = 1 + random.nextInt(MAX_LENGTH);
        final byte[] own = ChaosWork.bytes(seed + 1, length);
        final ObjectRef<byte[]> put = tb.put(own);
        final ObjectRef<byte[]> made = tb.task(ChaosWork::bytes, seed, length)
                .retries(ChaosWork.RETRIES)
                .submit();
        final ObjectRef<Long> sumOfMade =
                tb.task(ChaosWork::sum, made).retries(ChaosWork.RETRIES).submit();
        final ObjectRef<Long> sumOfPut =
                tb.task(ChaosWork::sum, put).retries(ChaosWork.RETRIES).submit();
        final ObjectRef<Long> sumOfValue =
                tb.task(ChaosWork::sum, own).retries(ChaosWork.RETRIES).submit();
        final byte[] expected = ChaosWork.bytes(seed, length);
        check(Arrays.equals(expected, made.get(ChaosWork.DEADLINE)), "large result, length=" + length);
        same(ChaosWork.sum(expected), sumOfMade.get(ChaosWork.DEADLINE), "of a large result");
        same(ChaosWork.sum(own), sumOfPut.get(ChaosWork.DEADLINE), "of what was put");
        same(ChaosWork.sum(own), sumOfValue.get(ChaosWork.DEADLINE), "of a large argument");
    }

    private void nested(final Random random) {
        final long seed = random.nextLong();
        final int children = 1 + random.nextInt(12);
        final ObjectRef<Long> ref = tb.task(ChaosWork::nested, seed, children)
                .retries(ChaosWork.RETRIES)
                .submit();
        same(ChaosWork.expectedNested(seed, children), ref.get(ChaosWork.DEADLINE), "nested, children=" + children);
    }

    private void cancelled(final Random random) throws InterruptedException {
        final long seed = random.nextLong();
        final ObjectRef<Long> sleeper =
                tb.task(ChaosWork::sleep, seed).retries(ChaosWork.RETRIES).submit();
        final ObjectRef<Long> follower =
                tb.task(ChaosWork::add, sleeper, 1L).retries(ChaosWork.RETRIES).submit();
        Thread.sleep(random.nextInt(50));
        check(random.nextBoolean() ? sleeper.cancel() : sleeper.cancelForcibly(), "it had not ended");
        for (final ObjectRef<Long> ref : List.of(sleeper, follower)) {
            try {
                check(false, "cancelled, and it gave " + ref.get(ChaosWork.DEADLINE));
            } catch (final TaskCancelledException e) {
                // as it should be
            }
        }
    }

    private void failing(final Random random) {
        final long seed = random.nextLong();
        final ObjectRef<Long> ref =
                tb.task(ChaosWork::fail, seed).retries(ChaosWork.RETRIES).submit();
        try {
            check(false, "it throws, and it gave " + ref.get(ChaosWork.DEADLINE));
        } catch (final TaskException e) {
            check(e.getCause().getMessage().contains("as told: " + seed), "another error: " + e.getCause());
        }
    }

    /** Calls are answered in order, each once, until the actor's death; then none is. */
    private void actor(final Random random) {
        final ActorRef<ChaosWork.Counter> actor =
                tb.actor(ChaosWork.Counter::new).cpus(random.nextInt(3) * 0.25).create();
        final List<ObjectRef<Long>> refs = new ArrayList<>();
        final int calls = 1 + random.nextInt(40);
        final byte[] bytes = ChaosWork.bytes(calls, random.nextInt(MAX_LENGTH));
        ObjectRef<byte[]> echo = null;
        for (int i = 0; i < calls; i++) {
            refs.add(
                    random.nextInt(5) == 0
                            ? actor.call(ChaosWork.Counter::add, mix(i))
                            : actor.call(ChaosWork.Counter::add, (long) i));
            if (i == calls / 2) {
                echo = actor.call(ChaosWork.Counter::echo, bytes);
            }
        }
        boolean isDead = false;
        long before = 0;
        for (int i = 0; i < calls; i++) {
            try {
                final long total = refs.get(i).get(ChaosWork.DEADLINE);
                check(!isDead, "call " + i + " was answered after the actor's death");
                check(
                        total - before == i || total - before == ChaosWork.scramble(i),
                        "call " + i + " before=" + before + " after=" + total);
                before = total;
            } catch (final ActorDiedException e) {
                isDead = true;
            }
        }
        try {
            check(Arrays.equals(bytes, echo.get(ChaosWork.DEADLINE)), "echo of length=" + bytes.length);
            if (!isDead) {
                same(calls + 1, actor.call(ChaosWork.Counter::calls).get(ChaosWork.DEADLINE), "calls");
            }
        } catch (final ActorDiedException e) {
            isDead = true;
        }
        if (isDead) {
            deaths.incrementAndGet();
        } else if (random.nextInt(4) > 0) {
            actor.kill(); // the others go with their job
        }
    }
}
