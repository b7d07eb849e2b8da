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

    private SSLContext context;
    private long fromMs;
    private long renewMs;

    /**
     * Shows what the issuer issues; the first certificate is issued here.
     *
     * @param issuer given the time, issues what is to be shown from then on; quick, for connections wait meanwhile
     * @param clock the wall clock that certificates are held against
     */
    public ServerTls(Function<Instant, Credential> issuer, EpochClock clock) {
        this.issuer = issuer;
        this.clock = clock;
        use(issuer.apply(Instant.ofEpochMilli(clock.time())));
    }

    /** An engine for one connection, with the certificate of the hour. */
    @Override
    public SSLEngine get() {
        final long nowMs = clock.time();
        if (nowMs >= renewMs || nowMs < fromMs) {
            renew(nowMs);
        }
        return TlsContexts.engine(context, false);
    }

    private void renew(long nowMs) {
        try {
            final Credential next = issuer.apply(Instant.ofEpochMilli(nowMs));
            use(next);
            LOG.info(
                    "showing a new certificate, valid until {}",
                    next.certificate().getNotAfter().toInstant());
        } catch (RuntimeException e) {
            // Better an old certificate, which may still be in its time, than none.
            fromMs = Long.MIN_VALUE;
            renewMs = nowMs + RETRY_MS;
            LOG.error("cannot renew the certificate; trying again in {} min", RETRY_MS / 60_000, e);
        }
    }

    private void use(Credential credential) {
        context = TlsContexts.server(credential);
        fromMs = credential.certificate().getNotBefore().toInstant().toEpochMilli();
        final long untilMs = credential.certificate().getNotAfter().toInstant().toEpochMilli();
        renewMs = fromMs + (untilMs - fromMs) / 3 * 2;
    }
}
