/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * One thing that can be configured: its key, default, range, unit, text and parser, in one place. The documentation,
 * the command line's help and all error messages are made from it.
 *
 * @param <T> the Java type of the value
 * @param key the name in the file ({@code store.memory}); the environment's is {@code THORNBACK_STORE_MEMORY}, the
 *     system property's {@code thornback.store.memory}
 * @param type how the text is read
 * @param defaultText the default, as an operator would write it
 * @param range what is allowed, for people
 * @param allowed what is allowed, for the parser
 * @param text what it does, one or two sentences
 */
public record Setting<T>(
        String key, SettingType<T> type, String defaultText, String range, Predicate<T> allowed, String text) {

    /** Checks that a setting is complete and that its default is one of the allowed values. */
    public Setting {
        Objects.requireNonNull(key);
        Objects.requireNonNull(text);
        T value = type.parse(defaultText);
        if (!allowed.test(value)) {
            throw new IllegalArgumentException(key + ": the default " + defaultText + " is outside " + range);
        }
    }

    /** A setting that takes any value of its type. */
    static <T> Setting<T> of(String key, SettingType<T> type, String defaultText, String form, String text) {
        return new Setting<>(key, type, defaultText, form, value -> true, text);
    }

    /** A setting with a lowest and a highest value. */
    static <T extends Comparable<T>> Setting<T> between(
            String key, SettingType<T> type, String defaultText, String lowest, String highest, String text) {
        T low = type.parse(lowest);
        T high = type.parse(highest);
        return new Setting<>(
                key,
                type,
                defaultText,
                lowest + " to " + highest,
                value -> value.compareTo(low) >= 0 && value.compareTo(high) <= 0,
                text);
    }

    /** Reads a value, or throws an {@link IllegalArgumentException} whose message completes "value 'x' …". */
    public T parse(String value) {
        T parsed = type.parse(value);
        if (!allowed.test(parsed)) {
            throw new IllegalArgumentException("is outside " + range);
        }
        return parsed;
    }

    /** The name of the environment variable. */
    public String environmentName() {
        return "THORNBACK_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The name of the system property. */
    public String propertyName() {
        return "thornback." + key;
    }
}
