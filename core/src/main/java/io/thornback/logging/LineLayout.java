/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.LocalDateTime;
import java.time.ZoneId;

/**
 * One event: time, level, role, thread, class, message.
 *
 * <pre>
 * 2026-01-02 03:04:05.678 INFO  gcs [gcs-agent] GcsService: listening host=127.0.0.1 port=4711
 * </pre>
 *
 * A pattern of Logback's would give the same line; its parser costs 40 ms of every process's start.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {

    private static final int LEVEL_WIDTH = 5;

    private final String role;
    private final ZoneId zone = ZoneId.systemDefault();

    LineLayout(String role) {
        this.role = role;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        StringBuilder line = new StringBuilder(96 + message.length());
        appendTime(line, LocalDateTime.ofInstant(java.time.Instant.ofEpochMilli(event.getTimeStamp()), zone));
        String level = event.getLevel().toString();
        line.append(' ').append(level).append(" ".repeat(LEVEL_WIDTH - level.length()));
        line.append(' ').append(role).append(" [").append(event.getThreadName()).append("] ");
        String logger = event.getLoggerName();
        line.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
        line.append(message).append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            line.append('\n');
        }
        return line.toString();
    }

    private static void appendTime(StringBuilder line, LocalDateTime time) {
        padded(line, time.getYear(), 1000);
        padded(line.append('-'), time.getMonthValue(), 10);
        padded(line.append('-'), time.getDayOfMonth(), 10);
        padded(line.append(' '), time.getHour(), 10);
        padded(line.append(':'), time.getMinute(), 10);
        padded(line.append(':'), time.getSecond(), 10);
        padded(line.append('.'), time.getNano() / 1_000_000, 100);
    }

    private static void padded(StringBuilder line, int number, int highestDigit) {
        for (int digit = highestDigit; digit > 1 && number < digit; digit /= 10) {
            line.append('0');
        }
        line.append(number);
    }
}
