/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CountingAppenderTest {

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final CountingAppender counting = new CountingAppender(appender);
    private long nowMs = 1_000_000;

    @BeforeEach
    void start() {
        appender.setContext(context);
        appender.start();
        counting.setContext(context);
        counting.start();
    }

    private void log(Level level, String text, Throwable error) {
        LoggingEvent event = new LoggingEvent("fqcn", context.getLogger("a.b"), level, text, error, null);
        event.setTimeStamp(nowMs);
        counting.doAppend(event);
    }

    private List<String> written() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void whatRepeatsIsCountedAndTheNumberComesWithTheNextLineAfterAMinute() {
        for (int i = 0; i < 100; i++) {
            log(Level.ERROR, "disk full", null);
            nowMs += 10;
        }
        assertEquals(List.of("disk full", "disk full", "disk full"), written());
        nowMs += CountingAppender.PERIOD_MS;
        log(Level.INFO, "all is well", null);
        assertEquals(
                List.of("97 times more within 60 s: disk full", "all is well"),
                written().subList(3, 5));
        assertEquals(Level.ERROR, appender.list.get(3).getLevel());
        log(Level.ERROR, "disk full", null);
        assertEquals("disk full", written().get(5), "a new period");
        assertEquals(6, written().size());
    }

    @Test
    void whatDiffersIsWritten() {
        for (int i = 0; i < 10; i++) {
            log(Level.WARN, "node " + i + " is dead", null);
            log(Level.INFO, "a step", null);
        }
        assertEquals(20, written().size());
        for (int i = 0; i < 4; i++) {
            log(Level.WARN, "failed", new IllegalStateException());
            log(Level.WARN, "failed", new IllegalArgumentException());
        }
        assertEquals(26, written().size(), "three of each kind of exception");
    }

    @Test
    void soManyDifferentOnesThatTheyAreNotWatchedAreWrittenAllTheSame() {
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 1_000; i++) {
                log(Level.WARN, "kind " + i, null);
            }
        }
        assertEquals(5 * 1_000 - 2 * 128, written().size());
    }

    @Test
    void whatWasCountedIsWrittenAtTheEnd() {
        for (int i = 0; i < 5; i++) {
            log(Level.WARN, "again", null);
        }
        counting.stop();
        assertEquals(List.of("again", "again", "again", "2 times more within 60 s: again"), written());
        assertFalse(appender.isStarted());
    }

    @Test
    void aClockThatIsPutBackEndsThePeriod() {
        for (int i = 0; i < 10; i++) {
            log(Level.WARN, "again", null);
        }
        nowMs -= CountingAppender.PERIOD_MS;
        log(Level.WARN, "again", null);
        assertEquals(List.of("again", "again", "again", "7 times more within 60 s: again", "again"), written());
    }
}
