/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the workers of a job, or of one task or actor, have beside what every worker has. Workers are pooled by it: those of one environment are not used for another, and one that is named for the first time costs the start of a
 * JVM. Immutable; any thread.
 *
 * @param jvmOptions further options of the workers' JVMs; not those of their memory, which follows from the task's {@code memory}. One that this Java does not know is passed over, as in all JVMs of a node.
 * @param variables further environment variables, or other values for some.
 * @param workingDirectory where they run; empty: where the node does.
 * @param jars further jars on the class path, before the driver's. Their content counts, as it is when the job connects or the task is submitted: each is kept under its hash in the node's session while the job needs it.
 */
public record RuntimeEnvironment(
        List<String> jvmOptions, Map<String, String> variables, Optional<Path> workingDirectory, List<Path> jars) {
    /** The most characters of all of it together, as it travels. */
    public static final int MAX_ENCODED_CHARS = 6_000;

    private static final RuntimeEnvironment NONE =
            new RuntimeEnvironment(List.of(), Map.of(), Optional.empty(), List.of());
    private static final List<String> MEMORY_OPTIONS =
            List.of("-Xmx", "-XX:MaxDirectMemorySize", "-XX:MaxRAM", "-XX:MaxHeapSize");
    private static final List<String> CLASS_OPTIONS =
            List.of("-cp", "-classpath", "--class-path", "-jar", "-m", "--module");

    /**
     * Copies and checks.
     *
     * @throws IllegalArgumentException for what is no JVM option or no variable, or is the node's to set.
     */
    public RuntimeEnvironment {
        jvmOptions = List.copyOf(jvmOptions);
        variables = Map.copyOf(new TreeMap<>(variables));
        jars = List.copyOf(jars);
        for (final String option : jvmOptions) {
            if (!option.startsWith("-") || CLASS_OPTIONS.contains(option)) {
                throw new IllegalArgumentException(
                        "'" + option + "' is no option of a worker's JVM; give classes as jars");
            }
            if (MEMORY_OPTIONS.stream().anyMatch(option::startsWith)) {
                throw new IllegalArgumentException(
                        "'" + option + "': a worker's memory follows from its task's; say memory(bytes) there");
            }
        }
        for (final String name : variables.keySet()) {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.startsWith("THORNBACK_")) {
                throw new IllegalArgumentException(
                        "'" + name + "' is no name of a variable, or one that the node sets itself (THORNBACK_…)");
            }
        }
    }

    /** What every worker has and no more. */
    public static RuntimeEnvironment none() {
        return NONE;
    }

    /** The same with one more JVM option. */
    public RuntimeEnvironment withJvmOption(final String option) {
        return new RuntimeEnvironment(plus(jvmOptions, option), variables, workingDirectory, jars);
    }

    /** The same with one more variable. */
    public RuntimeEnvironment withVariable(final String name, final String value) {
        final Map<String, String> more = new TreeMap<>(variables);
        more.put(name, value);
        return new RuntimeEnvironment(jvmOptions, more, workingDirectory, jars);
    }

    /** The same with another working directory. */
    public RuntimeEnvironment withWorkingDirectory(final Path path) {
        return new RuntimeEnvironment(jvmOptions, variables, Optional.of(path.toAbsolutePath()), jars);
    }

    /** The same with one more jar. */
    public RuntimeEnvironment withJar(final Path jar) {
        return withJars(plus(jars, jar.toAbsolutePath()));
    }

    /** The same with these jars instead. */
    public RuntimeEnvironment withJars(final List<Path> others) {
        return new RuntimeEnvironment(jvmOptions, variables, workingDirectory, others);
    }

    private static <T> List<T> plus(final List<T> list, final T one) {
        final List<T> more = new ArrayList<>(list);
        more.add(one);
        return more;
    }

    /** Whether it is what every worker has. */
    public boolean isPlain() {
        return jvmOptions.isEmpty() && variables.isEmpty() && workingDirectory.isEmpty() && jars.isEmpty();
    }

    /** What must be known when the process starts: all but the jars. */
    public RuntimeEnvironment ofProcess() {
        return jars.isEmpty() ? this : withJars(List.of());
    }

    /**
     * As text of one line, without space; empty if it is plain.
     *
     * @throws IllegalArgumentException if that is longer than {@value #MAX_ENCODED_CHARS}.
     */
    public String encode() {
        final List<String> parts = new ArrayList<>();
        jvmOptions.forEach(option -> parts.add("o=" + escape(option)));
        new TreeMap<>(variables).forEach((name, value) -> parts.add("v=" + escape(name) + "=" + escape(value)));
        workingDirectory.ifPresent(path -> parts.add("w=" + escape(path.toString())));
        jars.forEach(jar -> parts.add("j=" + escape(jar.toString())));
        final String text = String.join("&", parts);
        if (text.length() > MAX_ENCODED_CHARS) {
            throw new IllegalArgumentException(
                    "a runtime environment of length=" + text.length() + ", limit=" + MAX_ENCODED_CHARS
                            + "; use fewer options, one jar in place of several, files in place of long values");
        }
        return text;
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException for anything else.
     */
    public static RuntimeEnvironment decode(final String text) {
        RuntimeEnvironment environment = NONE;
        for (final String part : text.isEmpty() ? new String[0] : text.split("&", -1)) {
            final String value = part.substring(Math.min(2, part.length()));
            if (part.startsWith("o=")) {
                environment = environment.withJvmOption(unescape(value));
            } else if (part.startsWith("v=") && value.indexOf('=') > 0) {
                final int equals = value.indexOf('=');
                environment = environment.withVariable(
                        unescape(value.substring(0, equals)), unescape(value.substring(equals + 1)));
            } else if (part.startsWith("w=")) {
                environment = environment.withWorkingDirectory(Path.of(unescape(value)));
            } else if (part.startsWith("j=")) {
                environment = environment.withJar(Path.of(unescape(value)));
            } else {
                throw new IllegalArgumentException("not a runtime environment: '" + part + "'");
            }
        }
        return environment;
    }

    private static String escape(final String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String unescape(final String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
