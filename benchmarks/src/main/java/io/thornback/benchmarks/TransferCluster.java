/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.transport.net.NetAccess;
import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.ClientTls;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.trust.ServerTls;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import org.agrona.concurrent.SystemEpochClock;

/** What a giving node shows and a fetching one trusts, made by the giver, who tells its token. */
final class TransferCluster {
    private static final String SECRET = "5ec2e7".repeat(11).substring(0, JoinToken.DIGITS);

    private TransferCluster() {}

    /** Access to a node, and the token that opens it. */
    record Door(NetAccess access, ServerTls tls, JoinToken token) {}

    static Door open(boolean encrypted) {
        if (!encrypted) {
            return new Door(NetAccess.plainText("transfer", SECRET), null, JoinToken.plainText(SECRET));
        }
        CertificateAuthority authority = CertificateAuthority.create("transfer", Instant.now());
        ServerTls tls = new ServerTls(
                now -> authority.issue(PeerRole.NODE, now.minusSeconds(60), now.plusSeconds(3_600)),
                SystemEpochClock.INSTANCE);
        return new Door(
                NetAccess.encrypted("transfer", SECRET, tls),
                tls,
                JoinToken.encrypted(authority.fingerprint(), SECRET));
    }

    static SSLEngine clientEngine(JoinToken token) {
        return new ClientTls(token.fingerprint(), PeerRole.NODE, SystemEpochClock.INSTANCE).get();
    }
}
