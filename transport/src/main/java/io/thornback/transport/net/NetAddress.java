/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;

/** Addresses as people write them: {@code 10.0.0.7:6379}, {@code head.local:6379}, {@code [::1]:6379}. */
public final class NetAddress {
    private NetAddress() {}

    /**
     * Looks a host up; may block for a name server.
     *
     * @throws NetException {@code CANNOT_CONNECT} if the name is not known, with the name
     */
    public static InetSocketAddress resolve(String host, int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port=" + port + " is outside 0 to 65535");
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new NetException(
                    NetException.Code.CANNOT_CONNECT,
                    "cannot resolve host '" + host + "'; check the name, or give a numeric address",
                    e);
        }
    }

    /** Takes {@code host:port} apart and looks the host up. */
    public static InetSocketAddress parse(String text) {
        final int colon = text.lastIndexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("not an address: '" + text + "' (write host:port)");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("not an address: '" + text + "' (write [" + host + "]:port)");
        }
        final int port;
        try {
            port = Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not an address: '" + text + "' (the port is no number)", e);
        }
        return resolve(host, port);
    }

    /** Numeric address and port; never looks a name up. */
    public static String format(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return String.valueOf(address);
        }
        final String host = inet.getAddress().getHostAddress();
        return (inet.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
}
