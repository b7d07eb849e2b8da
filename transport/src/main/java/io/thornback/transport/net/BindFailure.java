/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.channel.unix.Errors;
import io.thornback.transport.net.NetException.Code;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Turns what epoll or NIO says about a failed bind into a line that helps. */
final class BindFailure {
    /** errno(3), the same on every Linux this runs on. */
    private static final int EADDRINUSE = 98;

    private BindFailure() {}

    static NetException explain(InetSocketAddress address, Throwable cause) {
        final String where = NetAddress.format(address);
        if (isInUse(cause)) {
            return new NetException(
                    Code.PORT_IN_USE,
                    "cannot listen on " + where + ": another process listens on port " + address.getPort()
                            + "; stop it ('ss -ltnp' names it), or choose another port (0 takes any free one)",
                    cause);
        }
        return new NetException(
                Code.CANNOT_BIND,
                "cannot listen on " + where + ": " + cause.getMessage()
                        + "; choose an address of this host and a port that this user may use",
                cause);
    }

    private static boolean isInUse(Throwable cause) {
        if (cause instanceof Errors.NativeIoException nativeFailure) {
            return nativeFailure.expectedErr() == -EADDRINUSE;
        }
        return cause instanceof BindException
                && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("already in use");
    }
}
