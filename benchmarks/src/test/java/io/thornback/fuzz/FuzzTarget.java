/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.fuzz;

import java.util.List;

/**
 * Something that reads what others have written, and inputs that it reads without complaint.
 *
 * @param name for reports and for {@code -Dtarget}.
 * @param seeds valid inputs; at least one. Each is run unchanged first.
 * @param body what is done with an input.
 * @param errors exceptions that are documented for nonsense; any other is a fault.
 * @param covers classes whose branches say whether an input is a new one.
 * @param weight of each so many executions, how many are this target's.
 */
public record FuzzTarget(
        String name,
        List<byte[]> seeds,
        Body body,
        List<Class<? extends Throwable>> errors,
        List<Class<?>> covers,
        int weight) {
    /** Reads an input. */
    @FunctionalInterface
    public interface Body {
        /** Throws one of the target's errors for nonsense. */
        void run(byte[] input) throws Exception;
    }

    /** A cheap one. */
    public static FuzzTarget of(final String name, final List<byte[]> seeds, final Body body) {
        return new FuzzTarget(name, seeds, body, List.of(), List.of(), 100);
    }

    /** The same with errors that are documented. */
    @SafeVarargs
    @SuppressWarnings("varargs") // read only
    public final FuzzTarget failingWith(final Class<? extends Throwable>... documented) {
        return new FuzzTarget(name, seeds, body, List.of(documented), covers, weight);
    }

    /** The same, guided by the branches of these classes. */
    public FuzzTarget covering(final Class<?>... classes) {
        return new FuzzTarget(name, seeds, body, errors, List.of(classes), weight);
    }

    /** The same for one that costs more: another weight. */
    public FuzzTarget weighing(final int newWeight) {
        return new FuzzTarget(name, seeds, body, errors, covers, newWeight);
    }

    boolean documents(final Throwable thrown) {
        return errors.stream().anyMatch(type -> type.isInstance(thrown));
    }
}
