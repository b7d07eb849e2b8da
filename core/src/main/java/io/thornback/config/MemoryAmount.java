/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * An amount of memory as an operator writes it: bytes ({@code 512m}), a share of what there is ({@code 30%}), or {@code
 * auto}, which leaves it to the node.
 *
 * @param bytes the amount in bytes; 0 where {@code share} is used
 * @param share a share of the whole, above 0 and at most 1; 0 where {@code bytes} is used
 */
public record MemoryAmount(long bytes, double share) {

    private static final String AUTO = "auto";

    /** Reads {@code auto}, {@code 512m}, {@code 2g}, {@code 1048576} or {@code 30%}; units are powers of 1,024. */
    public static MemoryAmount parse(String text) {
        String trimmed = text.strip();
        if (trimmed.equals(AUTO)) {
            return new MemoryAmount(0, 0);
        }
        if (!trimmed.endsWith("%")) {
            return new MemoryAmount(parseBytes(trimmed), 0);
        }
        double percent;
        try {
            percent = Double.parseDouble(
                    trimmed.substring(0, trimmed.length() - 1).strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is not a share such as 30%", e);
        }
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("is a share outside 0%-100%");
        }
        return new MemoryAmount(0, percent / 100);
    }

    /** Reads a number of bytes with an optional unit k, m, g or t (with or without a "b" or "ib"). */
    static long parseBytes(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        int digits = 0;
        while (digits < lower.length() && (Character.isDigit(lower.charAt(digits)) || lower.charAt(digits) == '.')) {
            digits++;
        }
        long unit = unitBytes(lower.substring(digits).strip());
        try {
            String number = lower.substring(0, digits);
            long sizeBytes = number.indexOf('.') < 0
                    ? Math.multiplyExact(Long.parseLong(number), unit)
                    : (long) (Double.parseDouble(number) * unit);
            if (sizeBytes <= 0) {
                throw new IllegalArgumentException("is not more than nothing");
            }
            return sizeBytes;
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("is not a size such as 512m or 2g", e);
        }
    }

    private static long unitBytes(String unit) {
        return switch (unit) {
            case "", "b" -> 1L;
            case "k", "kb", "kib" -> 1L << 10;
            case "m", "mb", "mib" -> 1L << 20;
            case "g", "gb", "gib" -> 1L << 30;
            case "t", "tb", "tib" -> 1L << 40;
            default -> throw new IllegalArgumentException("is not a size such as 512m or 2g");
        };
    }

    /** The amount in bytes, where the whole is {@code wholeBytes}; empty for {@code auto}. */
    public OptionalLong resolve(long wholeBytes) {
        if (share > 0) {
            return OptionalLong.of((long) (wholeBytes * share));
        }
        return bytes > 0 ? OptionalLong.of(bytes) : OptionalLong.empty();
    }

    /** Writes bytes for people: {@code 1.5 GiB}, {@code 512 MiB}. */
    public static String describe(long sizeBytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = sizeBytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        String number = String.format(Locale.ROOT, value < 10 && unit > 0 ? "%.1f" : "%.0f", value);
        return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number) + " " + units[unit];
    }

    @Override
    public String toString() {
        if (share > 0) {
            return String.format(Locale.ROOT, "%.4g%%", share * 100);
        }
        return bytes > 0 ? Long.toString(bytes) : AUTO;
    }
}
