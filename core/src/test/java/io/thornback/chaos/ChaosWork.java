/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.chaos;

import io.thornback.ObjectRef;
import io.thornback.Thornback;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** What tasks and actors of the chaos run do: each result follows from the arguments, so whoever gets one can check it. */
final class ChaosWork {
    /** Nothing may take longer; what does hangs. */
    static final Duration DEADLINE = Duration.ofSeconds(90);
    /** More often than any task can lose its worker in a run. */
    static final int RETRIES = 10_000;

    private ChaosWork() {}

    /** Some number that follows from another, after some time. */
    static long mix(final long seed) throws InterruptedException {
        TimeUnit.MICROSECONDS.sleep(Math.floorMod(seed, 5_000));
        return scramble(seed);
    }

    static long scramble(final long seed) {
        return new SplittableRandom(seed).nextLong();
    }

    static long add(final long a, final long b) {
        return a + b;
    }

    /** Bytes that follow from the seed. */
    static byte[] bytes(final long seed, final int length) {
        final ByteBuffer bytes = ByteBuffer.allocate(length + Long.BYTES);
        final SplittableRandom random = new SplittableRandom(seed);
        while (bytes.remaining() >= Long.BYTES) {
            bytes.putLong(random.nextLong());
        }
        return Arrays.copyOf(bytes.array(), length);
    }

    static long sum(final byte[] bytes) {
        return Arrays.hashCode(bytes);
    }

    static long sumOf(final List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).sum();
    }

    /** Submits tasks of its own, some of them with large values between, and adds up what they give. */
    static long nested(final long seed, final int children) {
        final Thornback tb = Thornback.current();
        final List<ObjectRef<Long>> refs = new ArrayList<>();
        for (int i = 0; i < children; i++) {
            if (i % 3 == 2) {
                final ObjectRef<byte[]> large = tb.task(ChaosWork::bytes, seed + i, 30_000)
                        .retries(RETRIES)
                        .submit();
                refs.add(tb.task(ChaosWork::sum, large).retries(RETRIES).submit());
            } else {
                refs.add(tb.task(ChaosWork::mix, seed + i).retries(RETRIES).submit());
            }
        }
        return sumOf(tb.get(refs, DEADLINE));
    }

    static long expectedNested(final long seed, final int children) {
        long sum = 0;
        for (int i = 0; i < children; i++) {
            sum += i % 3 == 2 ? sum(bytes(seed + i, 30_000)) : scramble(seed + i);
        }
        return sum;
    }

    /** Sleeps until it is interrupted, or long enough that somebody should have. */
    static long sleep(final long seed) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(DEADLINE.toMillis());
        return seed;
    }

    static long fail(final long seed) {
        throw new IllegalStateException("as told: " + seed);
    }

    /** An actor that counts its calls. */
    static final class Counter {
        private long calls;
        private long total;

        long add(final long amount) {
            calls++;
            total += amount;
            return total;
        }

        long calls() {
            return calls;
        }

        byte[] echo(final byte[] bytes) {
            calls++;
            return bytes;
        }
    }
}
