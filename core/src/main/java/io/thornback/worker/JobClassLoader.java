/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The classes of one job, as its driver found them; Thornback's own come from the worker. */
final class JobClassLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    private JobClassLoader(final URL[] urls, final ClassLoader parent) {
        super("job", urls, parent);
    }

    /**
     * @param classPath the driver's {@code java.class.path}: absolute paths, separated as on this host.
     * @param known entries that the parent has: nothing could be found there that it has not found, and to look through forty jars is what a first call would wait for.
     * @throws IllegalArgumentException if an entry is no path.
     */
    static JobClassLoader of(final String classPath, final Set<String> known, final ClassLoader parent) {
        final List<URL> urls = new ArrayList<>();
        for (final String entry : classPath.split(File.pathSeparator, -1)) {
            if (!entry.isEmpty() && !known.contains(entry)) {
                try {
                    urls.add(Path.of(entry).toUri().toURL());
                } catch (final MalformedURLException e) {
                    throw new IllegalArgumentException("class path entry '" + entry + "' is no path", e);
                }
            }
        }
        return new JobClassLoader(urls.toArray(URL[]::new), parent);
    }

    /** The entries of this process's class path. */
    static Set<String> ownClassPath() {
        return Set.copyOf(List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)));
    }
}
