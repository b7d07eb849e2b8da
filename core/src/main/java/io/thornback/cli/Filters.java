/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Flags that choose rows by one of a few words, in any case of letters. */
final class Filters {

    private Filters() {}

    /** Refuses a word that is none of these. */
    static void check(CommandSpec spec, String flag, String word, Enum<?>... words) {
        List<String> known = Arrays.stream(words)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
        if (word != null && !known.contains(word.toLowerCase(Locale.ROOT))) {
            throw new ParameterException(spec.commandLine(), flag + "=" + word + " is none of " + known);
        }
    }

    /** Refuses a number below 1 or above a limit. */
    static void checkRange(CommandSpec spec, String flag, Integer value, int most) {
        if (value != null && (value < 1 || value > most)) {
            throw new ParameterException(spec.commandLine(), flag + "=" + value + " is not in 1.." + most);
        }
    }

    /** Whether a row has the word, or none was asked for. */
    static boolean is(String word, Enum<?> value) {
        return word == null || value.name().equalsIgnoreCase(word);
    }
}
