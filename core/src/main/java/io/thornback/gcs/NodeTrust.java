/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * How the GCS and nodes that listen know each other.
 *
 * @param token what the GCS shows to a node
 * @param authority signs the nodes' certificates
 */
public record NodeTrust(JoinToken token, CertificateAuthority authority) {
    private static final Duration LIFETIME = Duration.ofDays(30);

    X509Certificate certify(PublicKey key, Instant now) {
        return authority.certify(key, PeerRole.NODE, now.minus(CertificateAuthority.BACKDATED), now.plus(LIFETIME));
    }
}
