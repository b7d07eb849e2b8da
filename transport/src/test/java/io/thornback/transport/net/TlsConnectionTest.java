/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.thornback.transport.trust.JoinToken;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** All that connections promise, over TLS. */
class TlsConnectionTest extends NetConnectionTest {
    @Override
    NetAccess access() {
        return EncryptedCluster.access(TOKEN);
    }

    @Override
    JoinToken token(String secret) {
        return EncryptedCluster.token(secret);
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
