/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import java.util.concurrent.TimeUnit;

/**
 * Every limit of a connection in one place.
 *
 * @param maxFrameLength bytes of one frame without its length word; what is larger belongs in the object store
 * @param maxHelloLength the same before the peer has shown its token, so that strangers cost little memory
 * @param maxOutboundBytes what may wait for a slow reader on one connection before {@code FULL} is answered
 * @param maxConnections accepted connections that are open at once, strangers included
 * @param maxPendingRequests requests without answer on one connection
 * @param helloTimeoutMs from connect to the end of the hello
 * @param connectTimeoutMs from SYN to established
 * @param closeTimeoutMs how long a graceful close waits for a slow reader to take what is queued
 */
public record NetLimits(
        int maxFrameLength,
        int maxHelloLength,
        int maxOutboundBytes,
        int maxConnections,
        int maxPendingRequests,
        int helloTimeoutMs,
        int connectTimeoutMs,
        int closeTimeoutMs) {

    /** However few connections are allowed, so many may be at their hello. */
    private static final int LEAST_HANDSHAKES = 4;

    /** The most that {@code maxConnections} may be. */
    public static final int MOST_CONNECTIONS = 16_384;

    /** For control messages: frames to 1 MiB, 4 MiB outbound, 1,024 connections. */
    public static final NetLimits CONTROL = new NetLimits(1 << 20, 4096, 4 << 20, 1024, 1024, 5_000, 3_000, 2_000);

    public NetLimits {
        if (maxFrameLength < maxHelloLength || maxHelloLength < 512 || maxOutboundBytes < maxFrameLength + 4) {
            throw new IllegalArgumentException("need 512 <= maxHelloLength=" + maxHelloLength + " <= maxFrameLength="
                    + maxFrameLength + " < maxOutboundBytes=" + maxOutboundBytes);
        }
        if (maxConnections < 1
                || maxConnections > MOST_CONNECTIONS
                || maxPendingRequests < 1
                || Math.min(helloTimeoutMs, connectTimeoutMs) < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive, maxConnections=" + maxConnections + " at most " + MOST_CONNECTIONS);
        }
    }

    long helloTimeoutNs() {
        return TimeUnit.MILLISECONDS.toNanos(helloTimeoutMs);
    }

    /** Connections that may be at their TLS handshake or hello at once, so that strangers cannot take all places. */
    int maxHandshakes() {
        return Math.max(LEAST_HANDSHAKES, maxConnections / 4);
    }

    /** How long a peer may be at its hello before another takes its place when there is none left. */
    long handshakeGraceNs() {
        return helloTimeoutNs() / 2;
    }

    /** The same with another number of connections. */
    public NetLimits withConnections(int newMaxConnections) {
        return new NetLimits(
                maxFrameLength,
                maxHelloLength,
                maxOutboundBytes,
                newMaxConnections,
                maxPendingRequests,
                helloTimeoutMs,
                connectTimeoutMs,
                closeTimeoutMs);
    }
}
