/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The logs in a session's folder, each with what it was rotated into. */
record LogList(List<Log> logs) {
    private static final Pattern NAME = Pattern.compile("((.+)\\.(?:log|out))(\\.\\d+)?");

    /**
     * One.
     *
     * @param process who writes it: gcs, worker-3
     * @param file the newest file
     * @param sizeBytes of all files
     * @param rotated how many older files there are
     * @param writtenMs when something was last added, since 1970
     */
    record Log(String process, Path file, long sizeBytes, int rotated, long writtenMs) {

        private Log and(Log other) {
            return new Log(
                    process,
                    file,
                    sizeBytes + other.sizeBytes,
                    rotated + other.rotated,
                    Math.max(writtenMs, other.writtenMs));
        }
    }

    static LogList of(Path folder) throws IOException {
        Map<String, Log> logs = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    add(logs, folder, name, file);
                }
            }
        }
        return new LogList(List.copyOf(logs.values()));
    }

    private static void add(Map<String, Log> logs, Path folder, Matcher name, Path file) throws IOException {
        try {
            Log found = new Log(
                    name.group(2),
                    folder.resolve(name.group(1)),
                    Files.size(file),
                    name.group(3) == null ? 0 : 1,
                    Files.getLastModifiedTime(file).toMillis());
            logs.merge(name.group(1), found, Log::and);
        } catch (NoSuchFileException e) {
            return; // rotated, or deleted, between the list and the look
        }
    }

    /** Who has written any. */
    List<String> processes() {
        return logs.stream().map(Log::process).distinct().toList();
    }

    /** Files to read: of these processes, or of all if none is named; what they logged or what they printed. */
    static List<Path> files(Path folder, List<String> wanted, boolean printed) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Log log : of(folder).logs()) {
            boolean isWanted = wanted.isEmpty() || wanted.contains(log.process());
            if (isWanted && log.file().toString().endsWith(printed ? ".out" : ".log")) {
                files.add(log.file());
            }
        }
        return files;
    }
}
