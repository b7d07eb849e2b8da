/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class PeerLogTest {
    private final List<String> lines = new ArrayList<>();
    private final AtomicLong nowNs = new AtomicLong();
    private final PeerLog log = new PeerLog(logger(), nowNs::get);

    private Logger logger() {
        return new LegacyAbstractLogger() {
            @Override
            public boolean isTraceEnabled() {
                return false;
            }

            @Override
            public boolean isDebugEnabled() {
                return false;
            }

            @Override
            public boolean isInfoEnabled() {
                return false;
            }

            @Override
            public boolean isWarnEnabled() {
                return true;
            }

            @Override
            public boolean isErrorEnabled() {
                return true;
            }

            @Override
            protected String getFullyQualifiedCallerName() {
                return null;
            }

            @Override
            protected void handleNormalizedLoggingCall(
                    Level level, Marker marker, String pattern, Object[] arguments, Throwable throwable) {
                lines.add(MessageFormatter.basicArrayFormat(pattern, arguments));
            }
        };
    }

    @Test
    void aHostThatComesAgainAndAgainIsNamedOnceAndOthersAreNotHiddenByIt() {
        for (int port = 1; port <= 1_000; port++) {
            log.warn("closing a connection", "10.0.0.1:" + port, "garbage");
        }
        log.warn("closing a connection", "10.0.0.2:1", "garbage");
        log.warn("refusing a peer", "10.0.0.1:7", "wrong token");
        assertEquals(
                List.of(
                        "closing a connection: peer=10.0.0.1:1 garbage",
                        "999 similar lines left out",
                        "closing a connection: peer=10.0.0.2:1 garbage",
                        "refusing a peer: peer=10.0.0.1:7 wrong token"),
                lines);
    }

    @Test
    void itIsNamedAgainAfterAWhile() {
        log.warn("closing a connection", "[::1]:1", "garbage");
        nowNs.addAndGet(PeerLog.PERIOD_NS + 1);
        log.warn("closing a connection", "[::1]:2", "garbage");
        assertEquals(2, lines.size());
    }

    @Test
    void manyHostsDoNotFillTheDisk() {
        for (int host = 1; host <= 250; host++) {
            log.warn("closing a connection", "10.0.0." + host + ":1", "garbage");
        }
        assertEquals(50, lines.size());
    }
}
