/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.util.List;

/** Finds the word that an operator most likely meant. */
public final class NearestKey {

    private NearestKey() {}

    /** The word that {@code wrong} is the beginning of, else the one with the fewest edits; {@code words} is not empty. */
    public static String of(String wrong, List<String> words) {
        String nearest = words.get(0);
        int fewest = Integer.MAX_VALUE;
        for (String word : words) {
            int edits = wrong.length() > 2 && word.startsWith(wrong) ? 0 : distance(wrong, word);
            if (edits < fewest) {
                fewest = edits;
                nearest = word;
            }
        }
        return nearest;
    }

    /** Levenshtein's distance: insertions, deletions and replacements from one word to the other. */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= to.length(); column++) {
                int above = row[column];
                int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
                row[column] = Math.min(replaced, Math.min(above, row[column - 1]) + 1);
                diagonal = above;
            }
        }
        return row[to.length()];
    }
}
