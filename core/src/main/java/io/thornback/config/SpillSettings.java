/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Where and when objects leave the object store's memory for the disk.
 *
 * @param enabled whether they do
 * @param directories where to; empty: the session's own folder
 * @param quotaBytes most disk that is used, Long.MAX_VALUE: no limit
 * @param highWaterPercent of the arena in use at which it begins
 * @param fileBytes length at which a file is closed
 * @param sync none, file or object
 */
public record SpillSettings(
        boolean enabled, List<Path> directories, long quotaBytes, int highWaterPercent, long fileBytes, String sync) {

    /** Whether. */
    public static final Setting<Boolean> ENABLED = Setting.of(
            "store.spill",
            SettingType.BOOLEAN,
            "true",
            "true or false",
            "Whether objects are written to disk when memory runs short. Without it, what does not fit waits until"
                    + " something is deleted, and then fails.");

    /** Where. */
    public static final Setting<List<Path>> DIRECTORIES = Setting.of(
            "store.spill-directories",
            SettingType.PATHS,
            "",
            "folders, separated by commas; empty: the session's folder",
            "Where spilled objects go; used in turn, the next when one is full. Each node makes a folder of its own in"
                    + " each and removes it when it stops.");

    /** How much. */
    public static final Setting<Long> QUOTA = Setting.of(
            "store.spill-quota",
            SettingType.LIMIT,
            "none",
            "none, or a size",
            "Most disk that spilled objects take, over all folders.");

    /** When. */
    public static final Setting<Integer> HIGH_WATER = Setting.between(
            "store.spill-high-water",
            SettingType.INTEGER,
            "80",
            "1",
            "100",
            "Percent of the arena in use at which spilling begins in the background; it goes on until an eighth of the arena less is in use.");

    /** File size. */
    public static final Setting<Long> FILE_SIZE = Setting.between(
            "store.spill-file-size",
            SettingType.SIZE,
            "100m",
            "1m",
            "1t",
            "Length at which a spill file is closed and the next is begun; a larger object has a file of its own.");

    /** Fsync. */
    public static final Setting<String> SYNC = Setting.of(
            "store.spill-sync",
            SettingType.oneOf("none", "file", "object"),
            "none",
            "none, file or object",
            "When spilled objects are forced to the disk: never, when a file is closed, after each object. No process that dies"
                    + " loses any of them whatever is chosen; a host that crashes loses its memory anyway.");

    /** Checks nothing: the parser has. */
    public SpillSettings {
        directories = List.copyOf(directories);
    }

    static List<Setting<?>> settings() {
        return List.of(ENABLED, DIRECTORIES, QUOTA, HIGH_WATER, FILE_SIZE, SYNC);
    }

    static SpillSettings from(Configuration values) {
        return new SpillSettings(
                values.get(ENABLED),
                values.get(DIRECTORIES),
                values.get(QUOTA),
                values.get(HIGH_WATER),
                values.get(FILE_SIZE),
                values.get(SYNC));
    }
}
