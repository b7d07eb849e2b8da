/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/** Keeps the warnings of one class's logger, which the other tests have switched off, and keeps them to itself. */
final class LogTrap extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private LogTrap(Logger logger) {
        this.logger = logger;
    }

    static LogTrap of(Class<?> type) {
        final LogTrap trap = new LogTrap((Logger) LoggerFactory.getLogger(type));
        trap.setContext(trap.logger.getLoggerContext());
        trap.start();
        trap.logger.setLevel(Level.WARN);
        trap.logger.setAdditive(false);
        trap.logger.addAppender(trap);
        return trap;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            lines.add(event.getFormattedMessage());
        }
    }

    /** All that was said, when there are so many lines at least, or after ten seconds: a peer may know before the log does. */
    List<String> await(int least) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (lines.size() < least && System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(null);
        stop();
    }
}
