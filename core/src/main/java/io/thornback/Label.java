/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A condition on one label of a node: the task or actor that has it runs only on nodes whose labels meet it. Immutable; any thread.
 *
 * <p>A node that does not have the label meets {@link #isNot}, {@link #notIn} and {@link #absent}, and none of the others; with {@link #exists}
 * beside them it must have it. Conditions that are given together must all be met.
 *
 * @param key name of the label: letters, digits and {@code _ . / -}, at most {@value #MAX_KEY_LENGTH}, a letter or digit at both ends.
 * @param operator what is asked of its value.
 * @param values sorted, without repeats: one for {@code =} and {@code !=}, one to {@value #MAX_VALUES} for {@code in} and {@code !in}, else none.
 */
public record Label(String key, Operator operator, List<String> values) {
    /** The most characters of a key. */
    public static final int MAX_KEY_LENGTH = 128;
    /** The most characters of a value. */
    public static final int MAX_VALUE_LENGTH = 128;
    /** The most values of one condition. */
    public static final int MAX_VALUES = 64;

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_./-]*[A-Za-z0-9])?");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_.:/@+-]*");

    /** What is asked of a label's value. */
    public enum Operator {
        /** It is this one. */
        IS(0, "="),
        /** It is another, or there is none. */
        IS_NOT(1, "!="),
        /** It is one of these. */
        IN(2, "in"),
        /** It is none of these, or there is none. */
        NOT_IN(3, "!in"),
        /** There is one. */
        EXISTS(4, "exists"),
        /** There is none. */
        ABSENT(5, "!exists");

        private final int code;
        private final String sign;

        Operator(final int code, final String sign) {
            this.code = code;
            this.sign = sign;
        }

        /** The number by which it travels. */
        public int code() {
            return code;
        }

        /**
         * The one of this number.
         *
         * @throws IllegalArgumentException if there is none.
         */
        public static Operator ofCode(final int code) {
            for (final Operator operator : values()) {
                if (operator.code == code) {
                    return operator;
                }
            }
            throw new IllegalArgumentException("no operator on labels has code=" + code);
        }
    }

    /**
     * Checks and sorts.
     *
     * @throws IllegalArgumentException for a key or value with other characters, or a number of values that does not fit the operator.
     */
    public Label {
        requireKey(key);
        values = values.stream().distinct().sorted().toList();
        values.forEach(value -> requireValue(key, value));
        final int most =
                switch (operator) {
                    case IS, IS_NOT -> 1;
                    case IN, NOT_IN -> MAX_VALUES;
                    case EXISTS, ABSENT -> 0;
                };
        if (values.size() > most || values.isEmpty() != (most == 0)) {
            throw new IllegalArgumentException("label " + key + " " + operator.sign + " has " + values.size()
                    + " values; limit=" + most + (most > 0 ? ", and at least one" : ""));
        }
    }

    /** The label has this value. */
    public static Label is(final String key, final String value) {
        return new Label(key, Operator.IS, List.of(value));
    }

    /** The label has another value, or the node does not have it. */
    public static Label isNot(final String key, final String value) {
        return new Label(key, Operator.IS_NOT, List.of(value));
    }

    /** The label has one of these values. */
    public static Label in(final String key, final String... values) {
        return new Label(key, Operator.IN, Arrays.asList(values));
    }

    /** The label has none of these values, or the node does not have it. */
    public static Label notIn(final String key, final String... values) {
        return new Label(key, Operator.NOT_IN, Arrays.asList(values));
    }

    /** The node has the label, with whatever value. */
    public static Label exists(final String key) {
        return new Label(key, Operator.EXISTS, List.of());
    }

    /** The node does not have the label. */
    public static Label absent(final String key) {
        return new Label(key, Operator.ABSENT, List.of());
    }

    /** Whether a node with these labels meets the condition. */
    public boolean matches(final Map<String, String> labels) {
        final String value = labels.get(key);
        return switch (operator) {
            case IS, IN -> value != null && values.contains(value);
            case IS_NOT, NOT_IN -> value == null || !values.contains(value);
            case EXISTS -> value != null;
            case ABSENT -> value == null;
        };
    }

    /**
     * Checks the name of a label.
     *
     * @throws IllegalArgumentException that says what a key may be.
     */
    public static void requireKey(final String key) {
        if (key.length() > MAX_KEY_LENGTH || !KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("not the key of a label: '" + key
                    + "' (letters, digits and _ . / -, a letter or digit at both ends, limit=" + MAX_KEY_LENGTH + ")");
        }
    }

    /**
     * Checks the value of a label.
     *
     * @throws IllegalArgumentException that says what a value may be.
     */
    public static void requireValue(final String key, final String value) {
        if (value.length() > MAX_VALUE_LENGTH || !VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a value of label " + key + ": '" + value
                    + "' (letters, digits and _ . : / @ + -, limit=" + MAX_VALUE_LENGTH + ")");
        }
    }

    /** {@code zone=a}, {@code zone in (a, b)}, {@code zone exists}. */
    @Override
    public String toString() {
        return switch (operator) {
            case IS, IS_NOT -> key + operator.sign + values.get(0);
            case IN, NOT_IN -> key + " " + operator.sign + " (" + String.join(", ", values) + ")";
            case EXISTS, ABSENT -> key + " " + operator.sign;
        };
    }
}
