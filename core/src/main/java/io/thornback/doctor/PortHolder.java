/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out which process listens at a TCP port: its socket is in {@code /proc/net/tcp}, and among the open files of the process. */
final class PortHolder {
    private static final String LISTENING = "0A";
    private static final int ADDRESS_FIELD = 1;
    private static final int STATE_FIELD = 3;
    private static final int INODE_FIELD = 9;

    private PortHolder() {}

    /** "pid 4711 (java)", or the user if the process is another user's; empty if nobody is found. */
    static Optional<String> of(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : lines(Path.of("/proc/net", table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length > INODE_FIELD
                        && fields[STATE_FIELD].equals(LISTENING)
                        && fields[ADDRESS_FIELD].endsWith(String.format(":%04X", port))) {
                    sockets.add("socket:[" + fields[INODE_FIELD] + "]");
                }
            }
        }
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(process(sockets).orElse("a process of another user"));
    }

    private static Optional<String> process(Set<String> sockets) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    return Optional.of("pid " + process.getFileName() + " ("
                            + String.join(" ", lines(process.resolve("comm"))) + ")");
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (isOneOf(file, sockets)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return false; // another user's, or gone
        }
        return false;
    }

    private static boolean isOneOf(Path file, Set<String> sockets) {
        try {
            return sockets.contains(Files.readSymbolicLink(file).toString());
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of(); // gone, or no IPv6 here
        }
    }
}
