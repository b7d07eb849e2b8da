/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.agrona.concurrent.EpochClock;

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

    /** An engine for one connection. */
    @Override
    public SSLEngine get() {
        return TlsContexts.engine(context, true);
    }
}
