/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.trust.ServerTls;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.agrona.concurrent.SystemEpochClock;
import org.junit.jupiter.api.Test;

/** All that connections promise, over TLS. */
class TlsConnectionTest extends NetConnectionTest {
    private static final CertificateAuthority AUTHORITY = newAuthority();

    private static CertificateAuthority newAuthority() {
        return CertificateAuthority.create("0123", Instant.now());
    }

    @Override
    NetAccess access() {
        return NetAccess.encrypted(
                "cluster-1",
                TOKEN,
                new ServerTls(
                        now -> AUTHORITY.issue(PeerRole.GCS, now.minusSeconds(60), now.plusSeconds(3_600)),
                        SystemEpochClock.INSTANCE));
    }

    @Override
    JoinToken token(String secret) {
        return JoinToken.encrypted(AUTHORITY.fingerprint(), secret);
    }

    @Test
    void anAddressOfAnotherHostCannotBeListenedOn() {
        final NetException failure = assertThrows(
                NetException.class,
                () -> NetServer.bind(
                        loop, NetAddress.resolve("192.0.2.1", 0), access(), NetLimits.CONTROL, clientAgent.inbox));
        assertEquals(NetException.Code.CANNOT_BIND, failure.code());
    }

    @Test
    void plainTextIsForLoopbackAlone() {
        final NetAccess plainText = NetAccess.plainText("cluster-1", TOKEN);
        final IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> NetServer.bind(
                        loop, new InetSocketAddress("0.0.0.0", 0), plainText, NetLimits.CONTROL, clientAgent.inbox));
        assertEquals(
                "plain text on 0.0.0.0:0, which other hosts reach; only an address of loopback may go without TLS",
                refused.getMessage());
    }
}
