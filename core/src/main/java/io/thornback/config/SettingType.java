/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import io.thornback.labels.LabelManager;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the text of a setting is read. Parsing touches nothing outside the text.
 *
 * @param <T> the Java type of the value
 */
@FunctionalInterface
interface SettingType<T> {

    /** What AUTO_SIZE makes of "auto". */
    long AUTO = 0;

    /** The least that AUTO_SIZE takes. */
    long MIN_HEAP_BYTES = 16L << 20;

    /** The value, or an {@link IllegalArgumentException} whose message completes "value 'x' …". */
    T parse(String text);

    /** Any text. */
    SettingType<String> TEXT = text -> text;

    /** A name or a numeric address, without a port. No name is looked up. */
    SettingType<String> HOST = text -> {
        String address = text.strip();
        if (address.matches("[^:]*:[0-9]*") || address.startsWith("[")) {
            throw new IllegalArgumentException("is an address with a port: the port is a setting of its own");
        }
        if (!address.matches("[A-Za-z0-9][A-Za-z0-9.-]*|[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?")) {
            throw new IllegalArgumentException("is neither a host's name nor an address such as 10.0.0.7 or ::1");
        }
        return address;
    };

    /** The place of a server; empty: none. No name is looked up. */
    SettingType<Optional<HostAndPort>> ADDRESS =
            text -> text.isBlank() ? Optional.empty() : Optional.of(HostAndPort.parse(text));

    /** A host's name or numeric address; empty: none. No name is looked up. */
    SettingType<Optional<String>> OPTIONAL_HOST =
            text -> text.isBlank() ? Optional.empty() : Optional.of(HOST.parse(text));

    /** A path, made absolute. */
    SettingType<Path> PATH = text -> {
        if (text.isBlank()) {
            throw new IllegalArgumentException("is an empty path");
        }
        return Path.of(text).toAbsolutePath().normalize();
    };

    /** A path; empty: the user's default folder for sessions. */
    SettingType<Path> DEFAULT_DIR = text -> text.isBlank() ? UserPaths.defaultDir() : PATH.parse(text);

    /** A path; empty: the user's default folder for shared memory. */
    SettingType<Path> DEFAULT_SHM_DIR = text -> text.isBlank() ? UserPaths.defaultShmDir() : PATH.parse(text);

    /** A number of bytes with a unit. */
    SettingType<Long> SIZE = MemoryAmount::parseBytes;

    /** A number of bytes of which there are at least 16 MiB, or "auto", which is {@link #AUTO}. */
    SettingType<Long> AUTO_SIZE = text -> {
        if (text.strip().equalsIgnoreCase("auto")) {
            return SettingType.AUTO;
        }
        long sizeBytes = MemoryAmount.parseBytes(text);
        if (sizeBytes < SettingType.MIN_HEAP_BYTES) {
            throw new IllegalArgumentException("is less than 16m");
        }
        return sizeBytes;
    };

    /** A number of bytes, or "none", which is Long.MAX_VALUE. */
    SettingType<Long> LIMIT =
            text -> text.strip().equalsIgnoreCase("none") ? Long.MAX_VALUE : MemoryAmount.parseBytes(text);

    /** Paths, separated by commas, made absolute. */
    SettingType<List<Path>> PATHS = text -> text.isBlank()
            ? List.of()
            : Stream.of(text.split(",", -1))
                    .map(path -> SettingType.PATH.parse(path.strip()))
                    .toList();

    /** A number of bytes or a share. */
    SettingType<MemoryAmount> AMOUNT = MemoryAmount::parse;

    /** Yes or no. */
    SettingType<Boolean> BOOLEAN = text -> {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("is neither true nor false");
        }
        return text.equals("true");
    };

    /** A whole number. */
    SettingType<Integer> INTEGER = text -> {
        try {
            return Integer.valueOf(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is not a whole number", e);
        }
    };

    /** A decimal number. */
    SettingType<Double> DECIMAL = text -> {
        try {
            double value = Double.parseDouble(text.strip());
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is not a number", e);
        }
        throw new IllegalArgumentException("is not a finite number");
    };

    /** A length of time: 250ms, 5s, 2m, 1h. */
    SettingType<Duration> DURATION = SettingType::parseDuration;

    /** Pairs, {@code name=number,…}; an empty text is an empty map. */
    SettingType<Map<String, Double>> AMOUNTS = text -> {
        Map<String, Double> amounts = new LinkedHashMap<>();
        parsePairs(text).forEach((name, value) -> {
            double amount = DECIMAL.parse(value);
            if (amount < 0) {
                throw new IllegalArgumentException("has a negative amount for " + name);
            }
            amounts.put(name, amount);
        });
        return Map.copyOf(amounts);
    };

    /** Pairs, {@code name=text,…}; an empty text is an empty map. */
    SettingType<Map<String, String>> LABELS = text -> {
        Map<String, String> labels = Map.copyOf(parsePairs(text));
        try {
            LabelManager.check(labels);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is refused: " + e.getMessage(), e);
        }
        return labels;
    };

    /** Whether no other host reaches an address: localhost, 127.x.y.z or ::1. No name is looked up. */
    static boolean isLoopback(String host) {
        return host.matches("localhost|::1|127(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
    }

    /** One of a few words. */
    static SettingType<String> oneOf(String... words) {
        return text -> {
            for (String word : words) {
                if (word.equalsIgnoreCase(text.strip())) {
                    return word;
                }
            }
            throw new IllegalArgumentException("is not one of " + String.join(", ", words));
        };
    }

    private static Duration parseDuration(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        int digits = 0;
        while (digits < lower.length() && Character.isDigit(lower.charAt(digits))) {
            digits++;
        }
        try {
            long number = Long.parseLong(lower.substring(0, digits));
            return switch (lower.substring(digits).strip()) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m", "min" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> throw new IllegalArgumentException("is not a duration such as 250ms, 5s, 2m or 1h");
            };
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("is not a duration such as 250ms, 5s, 2m or 1h", e);
        }
    }

    private static Map<String, String> parsePairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            if (pair.isBlank() && text.isBlank()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? "" : pair.substring(0, equals).strip();
            if (name.isEmpty()) {
                throw new IllegalArgumentException("is not a list such as name=value,name=value");
            }
            if (pairs.put(name, pair.substring(equals + 1).strip()) != null) {
                throw new IllegalArgumentException("names " + name + " twice");
            }
        }
        return pairs;
    }
}
