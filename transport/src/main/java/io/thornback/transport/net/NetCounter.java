/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

/** What is counted about a server's or a client's connections. */
public enum NetCounter {
    /** Connections accepted or made. */
    CONNECTIONS,
    /** Connections that passed the hello. */
    HELLOS,
    /** Connections over a limit, closed at once. */
    OVER_LIMIT,
    /** Hellos with a wrong token. */
    WRONG_TOKEN,
    /** Hellos of another schema version. */
    WRONG_VERSION,
    /** TLS handshakes that failed, and peers that spoke plain text where TLS is spoken, or TLS where it is not. */
    TLS_FAILURES,
    /** Peers that did not finish the hello in time. */
    HELLO_TIMEOUTS,
    /** Frames that are no message of ours. */
    BAD_FRAMES,
    /** Frames over the length limit. */
    OVERSIZED_FRAMES,
    /** Messages whose handler threw. */
    HANDLER_ERRORS,
    /** Answers to requests that had given up, or that nobody asked for. */
    LATE_ANSWERS,
    /** Whole frames received. */
    FRAMES_IN,
    /** Frames handed to the socket. */
    FRAMES_OUT,
    /** Times that reading stopped because the agent's queue was full. */
    INBOX_FULL,
    /** Sends that found the outbound queue full. */
    OUTBOUND_FULL,
    /** Bytes of streams received. */
    STREAM_BYTES_IN,
    /** Bytes of streams handed to the socket. */
    STREAM_BYTES_OUT,
    /** Streams that came whole, but not as they were sent. */
    STREAMS_CORRUPT
}
