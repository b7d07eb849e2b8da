/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.math.BigDecimal;

/**
 * How much of one resource: a fixed-point number in steps of 1/10,000, never negative.
 *
 * <p>Fixed point because amounts are added and taken back millions of times, and a sum of doubles would drift until a
 * node could no longer grant what it owns. Range: 0 to {@value #MAX_WHOLE} (bytes of memory fit). Immutable; any thread.
 *
 * @param units the amount times {@value #UNITS_PER_WHOLE}
 */
public record ResourceAmount(long units) implements Comparable<ResourceAmount> {
    /** Steps in one whole. */
    public static final long UNITS_PER_WHOLE = 10_000;

    /** The largest whole amount: 2^49, which as bytes is 512 TiB. */
    public static final long MAX_WHOLE = 1L << 49;

    private static final int SCALE = 4;
    private static final long MAX_UNITS = MAX_WHOLE * UNITS_PER_WHOLE;

    public static final ResourceAmount ZERO = new ResourceAmount(0);
    public static final ResourceAmount ONE = new ResourceAmount(UNITS_PER_WHOLE);

    public ResourceAmount {
        if (units < 0) {
            throw new IllegalArgumentException("a resource amount is never negative: units=" + units);
        }
        if (units > MAX_UNITS) {
            throw new ArithmeticException("resource amount too large: units=" + units + " limit=" + MAX_UNITS);
        }
    }

    public static ResourceAmount ofUnits(long units) {
        return new ResourceAmount(units);
    }

    public static ResourceAmount of(long whole) {
        return new ResourceAmount(Math.multiplyExact(whole, UNITS_PER_WHOLE));
    }

    /**
     * Takes a number as a user writes it in code, such as {@code 0.5}.
     *
     * @throws IllegalArgumentException if it is not finite, negative, or has more than four decimals
     */
    public static ResourceAmount of(double whole) {
        if (!Double.isFinite(whole)) {
            throw new IllegalArgumentException("not a resource amount: " + whole);
        }
        // BigDecimal.valueOf goes through the shortest decimal that stands for this double: 0.1 is one tenth.
        return of(BigDecimal.valueOf(whole), Double.toString(whole));
    }

    /**
     * Reads a decimal such as {@code "2"} or {@code "0.5"}.
     *
     * @throws IllegalArgumentException if the text is no number, is negative, or has more than four decimals
     * @throws ArithmeticException if it is larger than {@link #MAX_WHOLE}
     */
    public static ResourceAmount parse(String text) {
        final String trimmed = text.strip();
        if (trimmed.isEmpty() || trimmed.length() > 32) {
            throw new IllegalArgumentException("not a resource amount: '" + text + "'");
        }
        try {
            return of(new BigDecimal(trimmed), trimmed);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a resource amount: '" + text + "' (write e.g. 2 or 0.5)", e);
        }
    }

    private static ResourceAmount of(BigDecimal value, String text) {
        if (value.signum() < 0) {
            throw new IllegalArgumentException("a resource amount is never negative: " + text);
        }
        // Compared before it is scaled, so that 1e999999999 costs nothing.
        if (value.compareTo(BigDecimal.valueOf(MAX_WHOLE)) > 0) {
            throw new ArithmeticException("resource amount too large: " + text + " limit=" + MAX_WHOLE);
        }
        final BigDecimal trimmed = value.stripTrailingZeros();
        if (trimmed.scale() > SCALE) {
            throw new IllegalArgumentException("a resource amount has at most four decimals: " + text);
        }
        return new ResourceAmount(trimmed.movePointRight(SCALE).longValueExact());
    }

    public ResourceAmount plus(ResourceAmount other) {
        return new ResourceAmount(Math.addExact(units, other.units));
    }

    /** The difference; throws {@link IllegalArgumentException} if {@code other} is more than this. */
    public ResourceAmount minus(ResourceAmount other) {
        return new ResourceAmount(units - other.units);
    }

    public boolean isZero() {
        return units == 0;
    }

    @Override
    public int compareTo(ResourceAmount other) {
        return Long.compare(units, other.units);
    }

    /** The amount in decimal without trailing zeros: {@code 2}, {@code 0.5}, {@code 0.0001}. */
    @Override
    public String toString() {
        final long fraction = units % UNITS_PER_WHOLE;
        if (fraction == 0) {
            return Long.toString(units / UNITS_PER_WHOLE);
        }
        return BigDecimal.valueOf(units, SCALE).stripTrailingZeros().toPlainString();
    }
}
