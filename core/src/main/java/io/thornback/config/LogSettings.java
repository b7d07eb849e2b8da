/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.util.List;

/**
 * Log files of the roles.
 *
 * @param level lowest level that is written: error, warn, info, debug or trace
 * @param maxFileBytes size at which a file is rotated
 * @param maxFiles rotated files that are kept per role
 * @param format text or json
 * @param maxTotalBytes what all files of a session's logs may take together, as far as they are not written to now
 */
public record LogSettings(String level, long maxFileBytes, int maxFiles, String format, long maxTotalBytes) {

    /** Level. */
    public static final Setting<String> LEVEL = Setting.of(
            "log.level",
            SettingType.oneOf("error", "warn", "info", "debug", "trace"),
            "info",
            "error, warn, info, debug, trace",
            "Lowest level that is written to the log files.");

    /** Size. */
    public static final Setting<Long> MAX_FILE_SIZE = Setting.between(
            "log.max-file-size", SettingType.SIZE, "32m", "64k", "4g", "Size at which a log file is rotated.");

    /** Number. */
    public static final Setting<Integer> MAX_FILES = Setting.between(
            "log.max-files", SettingType.INTEGER, "3", "1", "100", "Rotated log files that are kept per role.");

    /** Format. */
    public static final Setting<String> FORMAT = Setting.of(
            "log.format",
            SettingType.oneOf("text", "json"),
            "text",
            "text, json",
            "How lines of the log files are written: for people, or each as one JSON object, with node and role, and in a worker the job, as properties of its context.");

    /** Total. */
    public static final Setting<Long> MAX_TOTAL_SIZE = Setting.between(
            "log.max-total-size",
            SettingType.SIZE,
            "1g",
            "1m",
            "1t",
            "What all files in a session's folder of logs may take together. When it is more, the oldest of those that nobody writes to any more go.");

    /** All of them; they may be changed while a node runs. */
    public static List<Setting<?>> settings() {
        return List.of(LEVEL, MAX_FILE_SIZE, MAX_FILES, FORMAT, MAX_TOTAL_SIZE);
    }

    static LogSettings from(Configuration values) {
        return new LogSettings(
                values.get(LEVEL),
                values.get(MAX_FILE_SIZE),
                values.get(MAX_FILES),
                values.get(FORMAT),
                values.get(MAX_TOTAL_SIZE));
    }
}
