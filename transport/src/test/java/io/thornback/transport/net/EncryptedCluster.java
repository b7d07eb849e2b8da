/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.trust.ServerTls;
import java.time.Instant;
import org.agrona.concurrent.SystemEpochClock;

/** A cluster whose connections are encrypted, for tests. */
final class EncryptedCluster {
    private static final CertificateAuthority AUTHORITY = newAuthority();

    private EncryptedCluster() {}

    private static CertificateAuthority newAuthority() {
        return CertificateAuthority.create("0123", Instant.now());
    }

    static NetAccess access(String secret) {
        return NetAccess.encrypted(
                "cluster-1",
                secret,
                new ServerTls(
                        now -> AUTHORITY.issue(PeerRole.GCS, now.minusSeconds(60), now.plusSeconds(3_600)),
                        SystemEpochClock.INSTANCE));
    }

    static JoinToken token(String secret) {
        return JoinToken.encrypted(AUTHORITY.fingerprint(), secret);
    }
}
