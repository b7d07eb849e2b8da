/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

/**
 * Where a server is, as an operator writes it: {@code head.example:6379}, {@code 10.0.0.7:6379}, {@code [fd00::7]:6379}. The host is
 * not looked up.
 *
 * @param host a name or a numeric address, without brackets; never empty
 * @param port 1 to 65535
 */
public record HostAndPort(String host, int port) {

    private static final int MAX_PORT = 65_535;
    private static final String FORM = "is not HOST:PORT, such as head.example:6379, 10.0.0.7:6379 or [fd00::7]:6379";

    /**
     * Takes the text apart.
     *
     * @throws IllegalArgumentException whose message completes "value 'x' …"
     */
    static HostAndPort parse(String text) {
        String address = text.strip();
        int colon = address.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(FORM);
        }
        String host = address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(FORM);
        }
        if (host.isEmpty() || !host.matches("[0-9A-Za-z.:%_-]+")) {
            throw new IllegalArgumentException(FORM);
        }
        return new HostAndPort(host, port(address.substring(colon + 1)));
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(FORM, e);
        }
        throw new IllegalArgumentException("has a port outside 1 to " + MAX_PORT);
    }

    /** As it is written, an IPv6 address in brackets. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
