/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:6379", "10.0.0.7:0", "[0:0:0:0:0:0:0:1]:65535"})
    void readsWhatItPrints(String text) {
        assertEquals(text, NetAddress.format(NetAddress.parse(text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "127.0.0.1", ":6379", "host:", "::1:80", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1"
            })
    void refuses(String text) {
        assertThrows(IllegalArgumentException.class, () -> NetAddress.parse(text));
    }

    @Test
    void anUnknownHostIsNamed() {
        final NetException unknown =
                assertThrows(NetException.class, () -> NetAddress.resolve("no-such-host.invalid", 1));
        assertTrue(unknown.getMessage().contains("'no-such-host.invalid'"), unknown.getMessage());
    }
}
