/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of a control or status pipe: a verb and named values, {@code READY host=127.0.0.1 port=4711}. Values may hold
 * anything; blanks, line ends, {@code %} and {@code =} are written as {@code %XX}.
 *
 * @param verb what is said; capital letters
 * @param values in order
 */
public record ControlLine(String verb, Map<String, String> values) {

    /** Parent to role: start; the values are the facts of the roles it depends on, {@code gcs.port=4711}. */
    public static final String GO = "GO";

    /** Parent to child: end in order, within {@code timeoutMs}. */
    public static final String STOP = "STOP";

    /** Parent to role: take no more work from outside; the answer is DRAINED. */
    public static final String DRAIN = "DRAIN";

    /** Parent to role or worker: log as {@code level}, {@code maxFileBytes}, {@code maxFiles}, {@code format} and {@code maxTotalBytes} say, into a file that is opened again. */
    public static final String RELOAD = "RELOAD";

    /** Starter to supervisor: the report has arrived, live on without me. */
    public static final String KEEP = "KEEP";

    /** Child to parent: it serves; the values are its facts. */
    public static final String READY = "READY";

    /** Child to parent: it cannot go on; {@code reason}. */
    public static final String FAILED = "FAILED";

    /** In FAILED: the reason is that the cluster has declared the node dead. */
    public static final String EXPELLED = "expelled";

    /** Starter to supervisor of a node that joins, first of all: the cluster's token, {@code text}. */
    public static final String TOKEN = "TOKEN";

    /** Child to parent: it waits {@code for} something outside this node, at most {@code limitMs}; to the starter with {@code ms}. */
    public static final String WAITING = "WAITING";

    /** Role to parent: somebody in the cluster wants the node to drain and stop; {@code reason}, and {@code limitMs} or -1. */
    public static final String DRAIN_NODE = "DRAIN-NODE";

    /** Role to parent: what it had taken on is done. */
    public static final String DRAINED = "DRAINED";

    /** Child to parent: it has ended in order. */
    public static final String STOPPED = "STOPPED";

    /** Supervisor to starter: a step of the start is done; {@code step}, {@code ms}. */
    public static final String STEP = "STEP";

    /** Longest line that is read; a longer one is an error of its writer. */
    public static final int MAX_LENGTH = 64 << 10;

    /** Reads a line without its end. */
    public static ControlLine parse(String line) {
        if (line.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a control line of " + line.length() + " characters, limit " + MAX_LENGTH);
        }
        String[] words = line.split(" ", -1);
        Map<String, String> values = new LinkedHashMap<>();
        for (int index = 1; index < words.length; index++) {
            int equals = words[index].indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("no name=value: " + words[index]);
            }
            values.put(words[index].substring(0, equals), decode(words[index].substring(equals + 1)));
        }
        return new ControlLine(words[0], values);
    }

    /** The value of that name. */
    public String value(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(verb + " without " + name);
        }
        return value;
    }

    /** The line without its end. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(verb);
        values.forEach((name, value) -> {
            line.append(' ').append(name).append('=');
            encode(line, value);
        });
        return line.toString();
    }

    private static void encode(StringBuilder line, String value) {
        for (int index = 0; index < value.length(); index++) {
            char letter = value.charAt(index);
            if (letter <= ' ' || letter == '%' || letter == '=') {
                line.append('%')
                        .append(Character.forDigit(letter >> 4, 16))
                        .append(Character.forDigit(letter & 15, 16));
            } else {
                line.append(letter);
            }
        }
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder value = new StringBuilder(text.length());
        for (int index = 0; index < text.length(); index++) {
            if (text.charAt(index) != '%') {
                value.append(text.charAt(index));
            } else if (index + 2 < text.length()) {
                value.append((char) Integer.parseInt(text, index + 1, index + 3, 16));
                index += 2;
            } else {
                throw new IllegalArgumentException("cut short: " + text);
            }
        }
        return value.toString();
    }
}
