/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs a target with inputs that are nearly valid, and looks at what comes of it: nothing but what the target documents may be thrown, no more memory may be reserved than an input of that length can need, and it must end
 * within seconds. An input that takes a branch that none before took is kept, and changed further. The same seed makes the same inputs, as far as the branches are the same.
 *
 * <p>One thread.
 */
final class Fuzzer {
    /** What a read may reserve in any case: exceptions with their stacks, first uses of classes. */
    private static final long BASE_BYTES = 1 << 20;

    /** And for each byte of the input: texts as text, copies, a map's entry for each few bytes. */
    private static final long BYTES_EACH = 256;

    private static final long MOST_NS = 5_000_000_000L;
    private static final int MOST_KEPT = 4_096;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FuzzTarget target;
    private final SplittableRandom random;
    private final Mutations mutations;
    private final List<byte[]> kept;
    private final Probes probes;
    private long executions;
    private long refused;
    private long spentNs;
    /** What is being read, for who looks after a run that hangs; null between two. */
    private volatile byte[] running;

    private volatile long runningSinceNs;

    Fuzzer(final FuzzTarget target, final long seed) {
        this.target = target;
        this.random = new SplittableRandom(seed ^ target.name().hashCode());
        this.mutations = new Mutations(random);
        this.kept = new ArrayList<>(target.seeds());
        for (final byte[] input : target.seeds()) { // loads classes, and shows that they are valid
            final Throwable thrown = run(input);
            if (thrown != null) {
                throw new AssertionError(target.name() + ": the seed " + hex(input) + " is not read", thrown);
            }
        }
        this.probes = new Probes(target.covers());
    }

    /** So many more inputs, if its weight is 100. */
    void run(final int executionsOf100) {
        final int count = Math.max(1, executionsOf100 * target.weight() / 100);
        for (int i = 0; i < count; i++) {
            final byte[] input = mutations.mutate(any(), any());
            check(input);
            if (probes.sawSomethingNew() && kept.size() < MOST_KEPT) {
                kept.add(input);
            }
        }
    }

    private byte[] any() {
        return kept.get(random.nextInt(kept.size()));
    }

    private void check(final byte[] input) {
        executions++;
        final Outcome first = measure(input);
        if (first.thrown != null && !target.documents(first.thrown)) {
            throw new AssertionError(
                    target.name() + " throws what it does not document, for " + hex(input), first.thrown);
        }
        refused += first.thrown == null ? 0 : 1;
        spentNs += first.tookNs;
        if (first.isTooMuch(input)) {
            // Perhaps it was the first to use a class, or the machine had something else to do: once more.
            final Outcome second = measure(input);
            if (second.isTooMuch(input)) {
                throw new AssertionError(target.name() + " reserves bytes=" + second.reserved + " and takes ms="
                        + second.tookNs / 1_000_000 + " for an input of length=" + input.length + ": " + hex(input));
            }
        }
    }

    private record Outcome(Throwable thrown, long reserved, long tookNs) {
        boolean isTooMuch(final byte[] input) {
            return reserved > BASE_BYTES + BYTES_EACH * input.length || tookNs > MOST_NS;
        }
    }

    private Outcome measure(final byte[] input) {
        final long beganNs = System.nanoTime();
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        final Throwable thrown = run(input);
        final long reserved = THREADS.getCurrentThreadAllocatedBytes() - before;
        return new Outcome(thrown, reserved, System.nanoTime() - beganNs);
    }

    private Throwable run(final byte[] input) {
        runningSinceNs = System.nanoTime();
        running = input;
        try {
            target.body().run(input.clone());
            return null;
        } catch (final OutOfMemoryError | StackOverflowError | Exception | AssertionError e) {
            return e;
        } finally {
            running = null;
        }
    }

    /** The input that it has read for longer than this, in words; null if there is none. Any thread. */
    String hangs(final long longerThanNs) {
        final byte[] input = running;
        return input != null && System.nanoTime() - runningSinceNs > longerThanNs
                ? target.name() + " does not come to an end with " + hex(input)
                : null;
    }

    private static String hex(final byte[] input) {
        return HexFormat.of().formatHex(input);
    }

    /** One line for people. */
    String summary() {
        return target.name() + ": executions=" + executions + " refused=" + refused + " kept=" + kept.size() + " ms="
                + spentNs / 1_000_000 + (probes.areThere() ? " branches=" + probes.count() : "");
    }
}
