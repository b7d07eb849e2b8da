/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A strict reader of JSON, for tests of what commands print: maps, lists, strings, {@link BigDecimal}s, booleans, null. */
public final class JsonReader {
    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /** Reads one value; fails if there is anything after it. */
    public static Object read(String text) {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.blanks();
        if (reader.at != text.length()) {
            throw reader.wrong("the end");
        }
        return value;
    }

    /** Reads a list of objects. */
    @SuppressWarnings("unchecked") // what else is in the list fails where it is used
    public static List<Map<String, Object>> readRows(String text) {
        return (List<Map<String, Object>>) read(text);
    }

    private IllegalArgumentException wrong(String wanted) {
        return new IllegalArgumentException("at " + at + ": expected " + wanted + " in "
                + text.substring(Math.max(0, at - 40), Math.min(text.length(), at + 40)));
    }

    private void blanks() {
        while (at < text.length() && " \n\r\t".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean skip(char letter) {
        blanks();
        if (at < text.length() && text.charAt(at) == letter) {
            at++;
            return true;
        }
        return false;
    }

    private void require(char letter) {
        if (!skip(letter)) {
            throw wrong("'" + letter + "'");
        }
    }

    private Object value() {
        blanks();
        if (skip('{')) {
            Map<String, Object> map = new LinkedHashMap<>();
            if (!skip('}')) {
                do {
                    blanks();
                    String key = string();
                    require(':');
                    if (map.put(key, value()) != null) {
                        throw wrong("one value of " + key);
                    }
                } while (skip(','));
                require('}');
            }
            return map;
        }
        if (skip('[')) {
            List<Object> list = new ArrayList<>();
            if (!skip(']')) {
                do {
                    list.add(value());
                } while (skip(','));
                require(']');
            }
            return list;
        }
        return at < text.length() && text.charAt(at) == '"' ? string() : word();
    }

    private Object word() {
        int from = at;
        while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> new BigDecimal(word);
        };
    }

    private String string() {
        require('"');
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char letter = text.charAt(at++);
            if (letter < ' ') {
                throw wrong("no control character");
            }
            value.append(letter == '\\' ? escaped() : letter);
        }
        require('"');
        return value.toString();
    }

    private char escaped() {
        char letter = text.charAt(at++);
        return switch (letter) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '"', '\\', '/' -> letter;
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> throw wrong("an escape");
        };
    }
}
