/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.nio.charset.StandardCharsets;

/**
 * Keys as a person would write them: {@code java/util/List.get:(I)Ljava/lang/Object;} becomes
 * {@code java.util.List.get(int)}, of parameters only the simple name. What is not of the usual form stays as it is, and
 * control characters, which a class file may hold, are escaped: they are meant for a terminal. Pure functions.
 */
final class ReadableNames {
    private ReadableNames() {}

    static String type(String key) {
        return printable(key.replace('/', '.'));
    }

    static String method(String key) {
        int descriptor = key.lastIndexOf(":(");
        int name = descriptor < 0 ? -1 : key.lastIndexOf('.', descriptor);
        String parameters = name < 0 ? null : parameters(key, descriptor + 2);
        if (parameters == null) {
            return printable(key);
        }
        return printable(key.substring(0, name).replace('/', '.') + key.substring(name, descriptor) + parameters);
    }

    /** The parameters from {@code start}, behind the opening bracket; null if they are not of the form of JVMS §4.3.3. */
    private static String parameters(String key, int start) {
        StringBuilder text = new StringBuilder("(");
        int at = start;
        while (at < key.length() && key.charAt(at) != ')') {
            if (at > start) {
                text.append(", ");
            }
            int dimensions = 0;
            while (at < key.length() && key.charAt(at) == '[') {
                dimensions++;
                at++;
            }
            if (at == key.length()) {
                return null;
            }
            char kind = key.charAt(at);
            byte[] primitive = kind < 128 ? PrimitiveNames.of((byte) kind) : null;
            if (primitive != null) {
                text.append(new String(primitive, StandardCharsets.US_ASCII));
                at++;
            } else {
                int end = key.indexOf(';', at);
                if (kind != 'L' || end < 0) {
                    return null;
                }
                text.append(key, Math.max(at, key.lastIndexOf('/', end)) + 1, end);
                at = end + 1;
            }
            text.append("[]".repeat(dimensions));
        }
        return at < key.length() ? text.append(')').toString() : null;
    }

    static String printable(String text) {
        StringBuilder safe = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean bad =
                    Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || Character.isSurrogate(c);
            if (bad && safe == null) {
                safe = new StringBuilder(text.substring(0, i));
            }
            if (bad) {
                safe.append(String.format("\\u%04x", (int) c));
            } else if (safe != null) {
                safe.append(c);
            }
        }
        return safe == null ? text : safe.toString();
    }
}
