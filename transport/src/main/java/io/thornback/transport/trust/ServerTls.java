/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.agrona.concurrent.EpochClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening side's half of TLS, and the certificate that it shows. A certificate in the last third of its time is
 * replaced when the next connection comes: it takes no timer, wakes nobody, and holds after a jump of the clock too.
 * Connections that stand keep what they have agreed on.
 *
 * <p>{@link #get} belongs to one thread, the network thread.
 */
public final class ServerTls implements Supplier<SSLEngine> {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
    private static final long RETRY_MS = Duration.ofMinutes(10).toMillis();

    private final Function<Instant, Credential> issuer;
    private final EpochClock clock;

    private Credential shown;
    /** Null until the first connection: loading the JDK's TLS takes tenths of a second, which nobody need wait for. */
    private SSLContext context;

    private long retryMs = Long.MIN_VALUE;

    /**
     * Shows what the issuer issues; the first certificate is asked for here.
     *
     * @param issuer given the time, issues what is to be shown from then on; quick, for connections wait meanwhile
     * @param clock the wall clock that certificates are held against
     */
    public ServerTls(Function<Instant, Credential> issuer, EpochClock clock) {
        this.issuer = issuer;
        this.clock = clock;
        this.shown = issuer.apply(Instant.ofEpochMilli(clock.time()));
    }

    private ServerTls(EpochClock clock) {
        this.issuer = null;
        this.clock = clock;
    }

    /** Shows nothing, and so has no connections, until {@link #show} is called; whoever calls it sees to renewal too. */
    public static ServerTls withoutCertificate(EpochClock clock) {
        return new ServerTls(clock);
    }

    /** Shows this from now on; the network thread's, as {@link #get}. */
    public void show(Credential credential) {
        shown = credential;
        context = null;
    }

    /** Loads what the first connection needs; it belongs to the same thread. */
    public void warmUp() {
        if (shown == null) {
            return;
        }
        final SSLEngine unused = get();
        unused.closeOutbound();
    }

    /** An engine for one connection, with the certificate of the hour. */
    @Override
    public SSLEngine get() {
        if (shown == null) {
            throw new IllegalStateException("there is no certificate to show yet");
        }
        final long nowMs = clock.time();
        final Instant now = Instant.ofEpochMilli(nowMs);
        if (issuer != null && !shown.isFresh(now) && (nowMs >= retryMs || nowMs < retryMs - RETRY_MS)) {
            renew(now);
        }
        if (context == null) {
            context = TlsContexts.server(shown);
        }
        return TlsContexts.engine(context, false);
    }

    private void renew(Instant now) {
        try {
            shown = issuer.apply(now);
            context = null;
            LOG.info(
                    "showing a new certificate, valid until {}",
                    shown.certificate().getNotAfter().toInstant());
        } catch (RuntimeException e) {
            // Better an old certificate, which may still be in its time, than none.
            retryMs = now.toEpochMilli() + RETRY_MS;
            LOG.error("cannot renew the certificate; trying again in {} min", RETRY_MS / 60_000, e);
        }
    }
}
