/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which classes of a job's values may be written and read. Always allowed are primitive types, the values, collections and exceptions of the Java library, and what Thornback itself puts into
 * values. Immutable; any thread.
 */
public final class ClassFilter {
    /** Allows every class. */
    public static final ClassFilter ANY = new ClassFilter(Set.of(), List.of());

    private static final Pattern VALID =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*(\\.\\*)?");
    private static final String EVERYTHING_BELOW = ".*";

    private static final List<String> LIBRARY = List.of(
            "java.lang.",
            "java.util.",
            "java.math.",
            "java.time.",
            "java.io.",
            "java.nio.",
            "java.net.",
            "java.sql.",
            "org.apache.fory.",
            "io.thornback.ids.",
            "io.thornback.objectstore.");

    /** Of those packages: what starts programs, runs, loads classes or calls by name. */
    private static final Set<String> NOT_OF_LIBRARY = Set.of(
            "java.lang.Process",
            "java.lang.ProcessBuilder",
            "java.lang.Runtime",
            "java.lang.Thread",
            "java.lang.ThreadGroup",
            "java.lang.ClassLoader",
            "java.net.URLClassLoader");

    private static final List<String> NO_LIBRARY =
            List.of("java.lang.reflect.", "java.lang.invoke.Method", "java.lang.invoke.Var");

    private static final Set<String> OWN = Set.of(
            "io.thornback.runtime.RuntimeRef",
            "io.thornback.runtime.RuntimeActorRef",
            "io.thornback.serialization.RemoteException");

    private final Set<String> classes;
    private final List<String> packages;

    private ClassFilter(final Set<String> classes, final List<String> packages) {
        this.classes = classes;
        this.packages = packages;
    }

    /**
     * @param patterns binary names of classes, which stand for the classes nested in them too; or {@code a.b.*}, for all classes of a package and of those below it. None: every class is allowed.
     * @throws IllegalArgumentException if one is neither.
     */
    public static ClassFilter of(final List<String> patterns) {
        if (patterns.isEmpty()) {
            return ANY;
        }
        final Set<String> classes = new LinkedHashSet<>();
        final List<String> packages = new ArrayList<>();
        for (final String pattern : patterns) {
            if (!VALID.matcher(pattern).matches()) {
                throw new IllegalArgumentException("'" + pattern
                        + "' must be the name of a class, as com.acme.Order, or of a package, as com.acme.*");
            }
            if (pattern.endsWith(EVERYTHING_BELOW)) {
                packages.add(pattern.substring(0, pattern.length() - 1));
            } else {
                classes.add(pattern);
            }
        }
        return new ClassFilter(Set.copyOf(classes), List.copyOf(packages));
    }

    /** Whether every class is allowed. */
    public boolean isAny() {
        return this == ANY;
    }

    /** @param className as {@link Class#getName()} gives it: of arrays and lambdas too. */
    public boolean allows(final String className) {
        return isAny() || allowsElement(elementOf(className));
    }

    private boolean allowsElement(final String name) {
        if (name.length() <= 1 || classes.contains(outermostKnown(name)) || startsWithAny(name, packages)) {
            return true; // A single letter is a primitive type of an array.
        }
        if (NOT_OF_LIBRARY.contains(name) || startsWithAny(name, NO_LIBRARY)) {
            return false;
        }
        return startsWithAny(name, LIBRARY) || OWN.contains(name) || isOfTheApi(name);
    }

    /** The class itself if it is listed, else the class around it, as far as there is one: then the outermost is given. */
    private String outermostKnown(final String name) {
        String found = name;
        for (int end = name.lastIndexOf('$');
                end > 0 && !classes.contains(found);
                end = name.lastIndexOf('$', end - 1)) {
            found = name.substring(0, end);
        }
        return found;
    }

    private static boolean isOfTheApi(final String name) {
        final String api = "io.thornback.";
        return name.startsWith(api) && name.indexOf('.', api.length()) < 0;
    }

    private static boolean startsWithAny(final String name, final List<String> prefixes) {
        for (final String prefix : prefixes) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    private static String elementOf(final String className) {
        final int element = className.lastIndexOf('[') + 1;
        if (element == 0) {
            return className;
        }
        final boolean reference = className.charAt(element) == 'L' && className.endsWith(";");
        return reference ? className.substring(element + 1, className.length() - 1) : className.substring(element);
    }
}
