/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Opens the files of a job before it is this worker's, for to open a large jar is a good part of what the first call of a worker waits for. What was opened counts only while the files are what they were then: one that has been
 * built again has other classes. Thread-safe.
 */
final class ExpectedClasses {
    private static final String NOWHERE = "io.thornback.worker.InNoJar";

    private final ClassLoader parent;
    private final Set<String> ownClassPath = JobClassLoader.ownClassPath();
    private volatile Opened opened;

    /** @param stamps of its files, as text: the first comparison of two of a kind of record takes 6 ms, for which a call would wait here */
    private record Opened(String classPath, List<String> stamps, JobClassLoader loader) {}

    /** @param parent of the loaders; has what is on this process's own class path. */
    ExpectedClasses(final ClassLoader parent) {
        this.parent = parent;
    }

    /** Opens what is on this class path, as it is now; returns when it is open. */
    JobClassLoader open(final String classPath) {
        final List<String> stamps = stamps(classPath); // before the files are opened: a change between the two is seen
        final JobClassLoader loader = make(classPath);
        lookThroughAll(loader);
        opened = new Opened(classPath, stamps, loader);
        return loader;
    }

    /** The loader of this class path: what was opened, if it was this and has not changed, or a new one. */
    JobClassLoader take(final String classPath) {
        final Opened known = opened;
        opened = null;
        return known != null
                        && known.classPath().equals(classPath)
                        && known.stamps().equals(stamps(classPath))
                ? known.loader()
                : make(classPath);
    }

    /** The parent's files too: each class of a job is looked for there first. */
    private static void lookThroughAll(final ClassLoader loader) {
        try {
            loader.loadClass(NOWHERE);
        } catch (final ClassNotFoundException e) {
            return;
        }
        throw new IllegalStateException("somebody has made " + NOWHERE);
    }

    private JobClassLoader make(final String classPath) {
        return JobClassLoader.of(classPath, ownClassPath, parent);
    }

    private List<String> stamps(final String classPath) {
        final List<String> stamps = new ArrayList<>();
        for (final String entry : classPath.split(File.pathSeparator, -1)) {
            if (!ownClassPath.contains(entry)) {
                stamps.add(stamp(entry));
            }
        }
        return stamps;
    }

    /** What says that a file is still the same; of a folder nothing does, and nothing need: no loader keeps what it found there. */
    private static String stamp(final String entry) {
        try {
            final BasicFileAttributes now = Files.readAttributes(Path.of(entry), BasicFileAttributes.class);
            return now.isRegularFile()
                    ? now.fileKey() + " " + now.lastModifiedTime().toMillis() + " " + now.size()
                    : "folder";
        } catch (final IOException e) {
            return "missing";
        }
    }
}
