/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What a process proves with who it is: a private key and the certificate for it, with the authority's.
 *
 * @param key never leaves the process
 * @param certificate issued by the authority
 * @param authority the authority's own
 */
public record Credential(PrivateKey key, X509Certificate certificate, X509Certificate authority) {
    /** All three are needed. */
    public Credential {
        Objects.requireNonNull(key);
        Objects.requireNonNull(certificate);
        Objects.requireNonNull(authority);
    }

    /** When another should take its place: two thirds into its time. */
    public Instant renewAt() {
        final Instant from = certificate.getNotBefore().toInstant();
        return from.plus(Duration.between(from, certificate.getNotAfter().toInstant())
                .dividedBy(3)
                .multipliedBy(2));
    }

    /** Whether it is in its time and need not be replaced yet. */
    public boolean isFresh(Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant()) && now.isBefore(renewAt());
    }

    @Override
    public String toString() {
        return "Credential[" + certificate.getSubjectX500Principal() + " until "
                + certificate.getNotAfter().toInstant() + "]";
    }
}
