/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import io.thornback.config.LogSettings;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/**
 * Logback's configuration for the processes of a node, in code: no XML, no scanning. Takes part only where {@link
 * #ROLE_PROPERTY} is set, so an application that embeds Thornback keeps its own logging.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class RoleLogging extends ContextAwareBase implements Configurator {

    /** Names the process in its log lines and its log file; not set in applications. */
    public static final String ROLE_PROPERTY = "thornback.role";

    /** The folder of the log file; without it, warnings and errors go to standard error. */
    public static final String FOLDER_PROPERTY = "thornback.log.dir";

    private static final String NODE_PROPERTY = "thornback.node";

    private static final String JOB = "job";
    private static volatile String job;

    private static final AtomicBoolean IS_CONFIGURED = new AtomicBoolean();
    private static final String LEVEL_PROPERTY = "thornback.log.level";
    private static final String SIZE_PROPERTY = "thornback.log.max-file-size";
    private static final String FILES_PROPERTY = "thornback.log.max-files";
    private static final String FORMAT_PROPERTY = "thornback.log.format";

    /** Makes level and rotation known to this process, before its first logger, and to the processes that it starts. */
    public static void use(LogSettings settings) {
        System.setProperty(LEVEL_PROPERTY, settings.level());
        System.setProperty(SIZE_PROPERTY, Long.toString(settings.maxFileBytes()));
        System.setProperty(FILES_PROPERTY, Integer.toString(settings.maxFiles()));
        System.setProperty(FORMAT_PROPERTY, settings.format());
    }

    /** Says which node this process, and those that it starts, belong to, for lines that name it. */
    public static void nodeIs(String nodeId) {
        System.setProperty(NODE_PROPERTY, nodeId);
        if (isJson()) {
            reopen();
        }
    }

    /** Says which job this process, and no process that it starts, works for, for lines that name it. */
    public static void jobIs(String id) {
        job = id;
        if (IS_CONFIGURED.get() && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.putProperty(JOB, id);
        }
    }

    private static boolean isJson() {
        return "json".equals(System.getProperty(FORMAT_PROPERTY));
    }

    /** Opens the log file again, with the level and rotation of now; somebody may have renamed it. */
    public static void reopen() {
        String folder = System.getProperty(FOLDER_PROPERTY);
        if (folder != null) {
            moveTo(Path.of(folder));
        }
    }

    /** Writes into that folder from now on, also if this process has written into another before. */
    public static void moveTo(Path folder) {
        System.setProperty(FOLDER_PROPERTY, folder.toString());
        if (IS_CONFIGURED.get() && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.reset();
            RoleLogging logging = new RoleLogging();
            logging.setContext(context);
            logging.configure(context);
        }
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        String role = System.getProperty(ROLE_PROPERTY);
        if (role == null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        String folder = System.getProperty(FOLDER_PROPERTY);
        if (folder == null && ClassLoader.getSystemResource("logback.xml") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY; // a program that brings its own
        }
        Encoder<ILoggingEvent> encoder =
                folder != null && isJson() ? jsonLines(context, role) : textLines(context, role);
        encoder.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(folder == null ? console(context, encoder) : file(context, encoder, Path.of(folder), role));
        root.setLevel(Level.toLevel(System.getProperty(LEVEL_PROPERTY), folder == null ? Level.WARN : Level.INFO));
        context.getLogger("io.netty").setLevel(Level.WARN);
        context.getLogger("net.openhft").setLevel(Level.WARN);
        IS_CONFIGURED.set(true);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Encoder<ILoggingEvent> textLines(LoggerContext context, String role) {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        LineLayout layout = new LineLayout(role);
        layout.setContext(context);
        layout.start();
        encoder.setLayout(layout);
        return encoder;
    }

    private static Encoder<ILoggingEvent> jsonLines(LoggerContext context, String role) {
        context.putProperty("role", role);
        context.putProperty("node", System.getProperty(NODE_PROPERTY, ""));
        if (job != null) {
            context.putProperty(JOB, job);
        }
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        return encoder;
    }

    private static Appender<ILoggingEvent> console(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    private static Appender<ILoggingEvent> file(
            LoggerContext context, Encoder<ILoggingEvent> encoder, Path folder, String role) {
        String file = folder.resolve(role + ".log").toString();
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(file);
        appender.setEncoder(encoder);
        FixedWindowRollingPolicy naming = new FixedWindowRollingPolicy();
        naming.setContext(context);
        naming.setParent(appender);
        naming.setFileNamePattern(file + ".%i");
        naming.setMinIndex(1);
        naming.setMaxIndex(Integer.getInteger(FILES_PROPERTY, 3));
        naming.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
        trigger.setContext(context);
        trigger.setMaxFileSize(new FileSize(Long.getLong(SIZE_PROPERTY, 32L << 20)));
        trigger.setCheckIncrement(Duration.buildByMilliseconds(0)); // else it looks once a minute, whatever is written
        trigger.start();
        appender.setRollingPolicy(naming);
        appender.setTriggeringPolicy(trigger);
        appender.start();
        CountingAppender counting = new CountingAppender(appender);
        counting.setContext(context);
        counting.start();
        return counting;
    }
}
