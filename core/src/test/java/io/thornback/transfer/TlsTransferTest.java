/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import static io.thornback.transfer.TransferNode.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.net.NetAccess;
import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.trust.ServerTls;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SystemEpochClock;

/** The same over TLS, which notices by itself when something is changed on the way. */
class TlsTransferTest extends TransferTest {
    private static final CertificateAuthority AUTHORITY = newAuthority();

    private static CertificateAuthority newAuthority() {
        return CertificateAuthority.create("cluster", Instant.now());
    }

    @Override
    NetAccess access() {
        return NetAccess.encrypted(
                "cluster",
                SECRET,
                new ServerTls(
                        now -> AUTHORITY.issue(PeerRole.NODE, now.minusSeconds(60), now.plusSeconds(3_600)),
                        SystemEpochClock.INSTANCE));
    }

    @Override
    JoinToken token() {
        return JoinToken.encrypted(AUTHORITY.fingerprint(), SECRET);
    }

    @Override
    void expectTheChange(TransferNode fetcher, CompletableFuture<Void> pull, long memoryBefore) throws Exception {
        pull.get(60, TimeUnit.SECONDS);
        assertEquals(1, fetcher.puller.resumed(), "the connection falls, and another begins where it was");
        assertTrue(fetcher.store.contains(id(1)));
    }
}
