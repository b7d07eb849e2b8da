/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;

/** The connecting side's half of TLS. Thread-safe; making one loads the JDK's TLS, so not on a network thread. */
public final class ClientTls implements Supplier<SSLEngine> {
    private final SSLContext context;

    /**
     * Trusts peers of one role in one cluster.
     *
     * @param fingerprint of the cluster's authority, from the token
     * @param role what the peer must be
     * @param clock the wall clock that certificates are held against
     */
    public ClientTls(String fingerprint, PeerRole role, EpochClock clock) {
        this.context = TlsContexts.client(new ChainCheck(fingerprint, role, clock));
    }

    /**
     * Loads what a process's first connection needs, up to the first message of a handshake; for when there is nothing else
     * to wait for.
     */
    public static void warmUp() {
        final SSLEngine engine = new ClientTls("", PeerRole.GCS, SystemEpochClock.INSTANCE).get();
        try {
            engine.wrap(
                    ByteBuffer.allocate(0),
                    ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
        } catch (SSLException e) {
            throw new IllegalStateException("this Java cannot begin a TLS handshake: " + e.getMessage(), e);
        }
    }

    /** An engine for one connection. */
    @Override
    public SSLEngine get() {
        return TlsContexts.engine(context, true);
    }
}
