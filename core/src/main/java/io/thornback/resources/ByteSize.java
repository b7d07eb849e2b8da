/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes as people write them: {@code 512m}, {@code 2GiB}, {@code 1.5g}. Powers of 1,024. Any thread. */
public final class ByteSize {
    private static final String[] SUFFIXES = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final Pattern TEXT = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)\\s*([kmgt]?)(?:i?b)?");
    private static final String UNITS = "kmgt";

    private ByteSize() {}

    /**
     * Reads a size; without a unit it is bytes.
     *
     * @throws IllegalArgumentException if it is no size, or over 512 TiB
     */
    public static long parse(String text) {
        final Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size: '" + text + "' (write e.g. 512m, 2g or 1.5GiB)");
        }
        final int shift = matcher.group(2).isEmpty() ? 0 : 10 * (UNITS.indexOf(matcher.group(2)) + 1);
        final double bytes = Double.parseDouble(matcher.group(1)) * (1L << shift);
        if (bytes > ResourceAmount.MAX_WHOLE) {
            throw new IllegalArgumentException("size too large: '" + text + "' limit=512 TiB");
        }
        return (long) bytes;
    }

    /** Three or four digits and a unit: {@code 64 MiB}, {@code 23.5 GiB}, {@code 0 B}. */
    public static String format(long sizeBytes) {
        double value = sizeBytes;
        int unit = 0;
        while (Math.abs(value) >= 1024 && unit < SUFFIXES.length - 1) {
            value /= 1024;
            unit++;
        }
        if (value == Math.rint(value)) {
            return (long) value + " " + SUFFIXES[unit];
        }
        return String.format(Locale.ROOT, "%.1f %s", value, SUFFIXES[unit]);
    }
}
