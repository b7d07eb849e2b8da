/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.NodeConfig;
import io.thornback.config.UserPaths;
import io.thornback.posix.ProcessIdentity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Makes the folders of a session, and sweeps what sessions that are dead have left. Blocks on the file system only. */
final class Sessions {

    private static final String PREFIX = "session-";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
    private static final int MOST_IN_ONE_SECOND = 1000;

    private Sessions() {}

    /**
     * Makes the folder that holds sessions, if need be, and checks that it is this user's alone: in /tmp somebody else could have
     * made it first.
     *
     * @throws NodeException that names the folder and the remedy
     */
    static void requireFolder(Path folder, String flag) {
        try {
            if (folder.getParent() != null) {
                Files.createDirectories(folder.getParent());
            }
            try {
                PrivateFiles.createFolder(folder);
            } catch (FileAlreadyExistsException e) {
                checkOwner(folder, flag);
            }
        } catch (IOException e) {
            throw new NodeException(
                    "cannot make the folder " + folder + ": " + reason(e), "choose another with " + flag, e);
        }
        if (!Files.isWritable(folder)) {
            throw new NodeException("cannot write to the folder " + folder, "choose another with " + flag);
        }
    }

    private static void checkOwner(Path folder, String flag) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NodeException(folder + " is not a folder", "choose another with " + flag);
        }
        int owner = (Integer) Files.getAttribute(folder, "unix:uid");
        if (owner != UserPaths.userId()) {
            throw new NodeException(
                    "the folder " + folder + " belongs to user " + owner + ", not to " + UserPaths.userId(),
                    "choose another with " + flag);
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException ? "permission denied" : e.toString();
    }

    /** Makes the folders of a new session; the caller locks it at once. */
    static SessionLayout create(NodeConfig config) throws IOException {
        requireFolder(config.shmDir(), "--shm-dir");
        String time = LocalDateTime.now(java.time.ZoneId.systemDefault()).format(TIME);
        String name = PREFIX + time + "-" + ProcessIdentity.current().pid();
        SessionLayout session = createFolder(config, name);
        PrivateFiles.createFolder(session.shm());
        PrivateFiles.createFolder(session.inboxes());
        PrivateFiles.createFolder(session.lanes());
        PrivateFiles.createFolder(session.store());
        PrivateFiles.createFolder(session.logs());
        return session;
    }

    /** A process may make several sessions in one second (nodes inside a JVM): later ones get a number. */
    private static synchronized SessionLayout createFolder(NodeConfig config, String name) throws IOException {
        for (int number = 1; number < MOST_IN_ONE_SECOND; number++) {
            SessionLayout session =
                    SessionLayout.of(config.dir(), config.shmDir(), number == 1 ? name : name + "-" + number);
            if (!Files.exists(session.session(), LinkOption.NOFOLLOW_LINKS)) {
                PrivateFiles.createFolder(session.session());
                return session;
            }
        }
        throw new IOException("no free name for a session in " + config.dir());
    }

    /**
     * Ends what is left of dead sessions: their processes are killed, their shared memory and what they had spilled are
     * removed, their folders on disk are kept for the logs, up to the configured number. Sessions whose lock is held are left alone.
     *
     * @return names of the sessions whose shared memory was removed
     */
    static List<String> sweep(NodeConfig config) throws IOException {
        List<String> swept = new ArrayList<>();
        for (Path folder : sessionsIn(config.shmDir())) {
            if (SessionLocks.isDead(folder)) {
                SessionLayout session = SessionLayout.of(
                        config.dir(), config.shmDir(), folder.getFileName().toString());
                SessionProcesses.killAll(session);
                PrivateFiles.deleteSharedMemory(folder);
                swept.add(session.name());
            }
        }
        List<Path> dead = new ArrayList<>();
        for (Path folder : sessionsIn(config.dir())) {
            if (SessionLocks.isDead(folder)) {
                SessionLayout session = SessionLayout.of(
                        config.dir(), config.shmDir(), folder.getFileName().toString());
                PrivateFiles.deleteTree(session.spill());
                PrivateFiles.deleteTree(session.catalog());
                Files.deleteIfExists(session.token());
                dead.add(folder);
            }
        }
        dead.sort(Comparator.comparing(Path::getFileName).reversed());
        for (int index = config.keepSessions(); index < dead.size(); index++) {
            PrivateFiles.deleteTree(dead.get(index));
        }
        return swept;
    }

    static List<Path> sessionsIn(Path folder) throws IOException {
        List<Path> sessions = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return sessions;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    sessions.add(entry);
                }
            }
        }
        return sessions;
    }

    /** Points {@code latest} at the session, in one step. */
    static void linkLatest(SessionLayout session) throws IOException {
        Path temporary = session.dir().resolve("latest.tmp");
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, session.session().getFileName());
        Files.move(temporary, session.latest(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
