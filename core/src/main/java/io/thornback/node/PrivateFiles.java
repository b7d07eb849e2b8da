/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.objectstore.ObjectStoreAgent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and folders that only their user may touch: modes 0600 and 0700, whatever the umask. */
final class PrivateFiles {

    private static final FileAttribute<Set<PosixFilePermission>> FOLDER_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");

    private PrivateFiles() {}

    /** Makes one folder that must not exist yet. */
    static void createFolder(Path folder) throws IOException {
        Files.createDirectory(folder, FOLDER_MODE);
    }

    /** Writes a file under another name and renames it; a reader sees all of it or none. */
    static void writeAtomically(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        write(temporary, text, false);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes a file that must not exist yet; it is on the disk when this returns, if its folder is synced too. */
    static void writeDurably(Path file, String text) throws IOException {
        write(file, text, true);
    }

    private static void write(Path file, String text, boolean durably) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE_MODE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (durably) {
                channel.force(true);
            }
        }
    }

    /** Makes the names in a folder durable: fsync(2) on the folder. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Whether nobody but the owner may touch a file or folder. */
    static boolean isPrivate(Path path) throws IOException {
        return OWNER.containsAll(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    /** Deletes a session's shared memory, with the huge pages of its store, which are elsewhere. No process of it may live. */
    static void deleteSharedMemory(Path shm) throws IOException {
        try {
            ObjectStoreAgent.deleteHugePages(shm);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        deleteTree(shm);
    }

    /** Deletes a file or a folder with all that is in it; follows no links; what is gone already is no error. */
    static void deleteTree(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    deleteTree(entry);
                }
            } catch (NoSuchFileException e) {
                return; // another process deletes it too
            }
        }
        Files.deleteIfExists(path);
    }
}
