/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under a head, each column as wide as its widest cell; numbers to the right. */
final class Table {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] isNumber;

    /** @param columns heads; one that begins with {@code #} is a column of numbers. */
    Table(String... columns) {
        isNumber = new boolean[columns.length];
        String[] head = new String[columns.length];
        for (int i = 0; i < columns.length; i++) {
            isNumber[i] = columns[i].startsWith("#");
            head[i] = isNumber[i] ? columns[i].substring(1) : columns[i];
        }
        rows.add(head);
    }

    /** Adds a row; what is null is shown as {@code -}. */
    void add(Object... cells) {
        if (cells.length != isNumber.length) {
            throw new IllegalArgumentException("cells=" + cells.length + " columns=" + isNumber.length);
        }
        String[] row = new String[cells.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = cells[i] == null ? "-" : printable(cells[i].toString());
        }
        rows.add(row);
    }

    /** A name is a user's: it may not move the cursor. */
    private static String printable(String text) {
        return text.isEmpty() ? "-" : text.replaceAll("\\p{Cntrl}", "?");
    }

    void print(PrintWriter out) {
        int[] widths = new int[isNumber.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String blanks = " ".repeat(widths[i] - row[i].length());
                line.append(GAP).append(isNumber[i] ? blanks + row[i] : row[i] + blanks);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
