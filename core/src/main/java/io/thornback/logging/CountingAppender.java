/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts warnings and errors that say the same again and again, in place of writing them: of equal ones (logger, level, text and kind of exception) the first {@value #WRITTEN} in a minute are written, and
 * the others are one line, with their number, when the minute is over. That line comes before the next event of any kind, for there is no thread that would wait for it. Thread-safe.
 */
final class CountingAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    static final int WRITTEN = 3;
    static final long PERIOD_MS = 60_000;
    /** Different ones that are watched at a time. */
    private static final int MOST = 128;

    /** What is equal when an event repeats. */
    private record Key(String logger, Level level, String text, String exception) {
        static Key of(ILoggingEvent event) {
            return new Key(
                    event.getLoggerName(),
                    event.getLevel(),
                    event.getFormattedMessage(),
                    event.getThrowableProxy() == null
                            ? ""
                            : event.getThrowableProxy().getClassName());
        }
    }

    /** One kind of event, since its first in this period. */
    private static final class Repeats {
        private final ILoggingEvent first;
        private long count;

        Repeats(ILoggingEvent first) {
            this.first = first;
        }

        boolean isOver(long nowMs) {
            return Math.abs(nowMs - first.getTimeStamp()) >= PERIOD_MS; // also if the clock was put back
        }
    }

    private final Appender<ILoggingEvent> to;
    /** The oldest first. Guarded by this. */
    private final Map<Key, Repeats> watched = new LinkedHashMap<>();

    /**
     * Begins when it is started.
     *
     * @param to what writes; has been started, and is stopped with this
     */
    CountingAppender(Appender<ILoggingEvent> to) {
        this.to = to;
    }

    @Override
    protected void append(ILoggingEvent event) {
        List<ILoggingEvent> sums;
        boolean isWritten;
        synchronized (this) {
            sums = endPeriods(event.getTimeStamp());
            isWritten = !event.getLevel().isGreaterOrEqual(Level.WARN) || count(event) <= WRITTEN;
        }
        sums.forEach(to::doAppend);
        if (isWritten) {
            to.doAppend(event);
        }
    }

    /** What was counted is written first. */
    @Override
    public void stop() {
        List<ILoggingEvent> sums;
        synchronized (this) {
            sums = endPeriods(Long.MAX_VALUE);
        }
        sums.forEach(to::doAppend);
        super.stop();
        to.stop();
    }

    private long count(ILoggingEvent event) {
        Key key = Key.of(event);
        Repeats repeats = watched.get(key);
        if (repeats == null) {
            if (watched.size() == MOST) {
                return 1; // so many different ones are no repetition
            }
            repeats = new Repeats(event);
            watched.put(key, repeats);
        }
        return ++repeats.count;
    }

    private List<ILoggingEvent> endPeriods(long nowMs) {
        List<ILoggingEvent> sums = new ArrayList<>();
        watched.values().removeIf(repeats -> {
            boolean isOver = repeats.isOver(nowMs);
            if (isOver && repeats.count > WRITTEN) {
                sums.add(sumOf(repeats.first, repeats.count - WRITTEN));
            }
            return isOver;
        });
        return sums;
    }

    /** The line for those that were not written. */
    private static ILoggingEvent sumOf(ILoggingEvent event, long notWritten) {
        LoggingEvent sum = new LoggingEvent();
        sum.setLoggerName(event.getLoggerName());
        sum.setThreadName(event.getThreadName());
        sum.setLevel(event.getLevel());
        sum.setTimeStamp(System.currentTimeMillis());
        sum.setLoggerContextRemoteView(event.getLoggerContextVO());
        sum.setMessage("{} times more within " + PERIOD_MS / 1_000 + " s: {}");
        sum.setArgumentArray(new Object[] {notWritten, event.getFormattedMessage()});
        return sum;
    }
}
