/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NioConnectionTest extends NetConnectionTest {
    @Override
    NetLoop startLoop() {
        return NetLoop.startNio("net-test-nio");
    }

    @Test
    void isNotEpollThoughEpollIsThere() {
        assertFalse(loop.isEpoll());
        try (NetLoop epoll = NetLoop.start("net-test-epoll")) {
            assertTrue(epoll.isEpoll());
        }
    }
}
