/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import java.net.ConnectException;

/**
 * A connection could not be made, was lost, or a request on it has no answer. The message is one line that names the
 * peer's address, the limit that was met, and what to do.
 */
public class NetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for code that decides whether to try again. */
    public enum Code {
        /** Another process listens on the address. */
        PORT_IN_USE,
        /** The address cannot be listened on: not of this host, not permitted, not resolvable. */
        CANNOT_BIND,
        /** Nobody listens there, or no answer came in time; worth another try. */
        CANNOT_CONNECT,
        /** The peer said no: see {@link NetRefusedException}. */
        REFUSED,
        /** The peer could not prove that it belongs to the token's cluster, or not at this time. */
        UNTRUSTED,
        /** The token is none, or of another version. */
        BAD_TOKEN,
        /** The peer does not speak this protocol. */
        BAD_PEER,
        /** No answer to a request before its deadline. */
        TIMED_OUT,
        /** The connection ended first. */
        CLOSED,
        /** The peer does not read, and the outbound queue or the table of open requests is full. */
        BACK_PRESSURE
    }

    /** errno(3), as epoll puts it into its messages, the same on every Linux this runs on. */
    private static final int ECONNREFUSED = 111;

    private final Code code;

    public NetException(Code code, String message) {
        this(code, message, null);
    }

    public NetException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Whether the peer's host has answered that no process listens at the port. */
    public boolean isPortClosed() {
        return getCause() instanceof ConnectException refused
                && (String.valueOf(refused.getMessage()).contains("Connection refused")
                        || String.valueOf(refused.getMessage()).contains("error(" + -ECONNREFUSED + ")"));
    }
}
