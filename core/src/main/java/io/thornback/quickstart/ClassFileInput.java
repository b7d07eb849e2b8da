/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where the class files come from: the running JDK, a folder, or a jar. {@link #list} may be called more than once, as
 * the check reads all of the input again. Not thread-safe; each thread opens its own.
 */
interface ClassFileInput extends AutoCloseable {
    /** Files larger than this are not taken for class files; the largest in the JDK has 0.6 MiB. */
    int MAX_FILE_BYTES = 256 * 1024 * 1024;

    /** Takes what a listing finds. */
    interface Listener {
        void onClassFile(ClassFile file) throws IOException;

        /** A file that is not named like a class file. */
        default void onOtherFile(String name) {}

        /** A class file that is left out before it is read. */
        default void onSkipped(String name, SkipReason reason) {}
    }

    /** In a few words, for the report. */
    String description();

    /** Calls the listener for each file. The order is not defined. */
    void list(Listener listener) throws IOException;

    @Override
    void close() throws IOException;

    /**
     * Opens a folder, a jar, or for null the running JDK.
     *
     * @throws NoSuchFileException if there is nothing at {@code path}
     * @throws IOException if it is neither a folder nor a jar, or cannot be opened
     */
    static ClassFileInput open(Path path) throws IOException {
        if (path == null) {
            return new JdkInput();
        }
        if (Files.isDirectory(path)) {
            return new FolderInput(path);
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "no such folder or jar");
        }
        if (isArchive(path)) {
            return new JarInput(path);
        }
        throw new IOException(path + " is neither a folder nor a jar; name one that holds class files");
    }

    static boolean isArchive(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return Files.isRegularFile(path) && (name.endsWith(".jar") || name.endsWith(".zip") || name.endsWith(".jmod"));
    }

    static boolean isClassFile(String name) {
        return name.endsWith(".class");
    }

    /** Reports one file by its name and size. */
    static void report(Listener listener, ClassFile file, long sizeBytes) throws IOException {
        if (sizeBytes > MAX_FILE_BYTES) {
            listener.onSkipped(file.name(), SkipReason.TOO_LARGE);
        } else {
            listener.onClassFile(file);
        }
    }
}
