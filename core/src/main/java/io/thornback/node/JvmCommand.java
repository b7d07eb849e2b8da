/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line of a JVM of this node: the same Java, class path and class-data archive as this process, and the flags
 * that every process of Thornback needs. A builder; one thread.
 */
public final class JvmCommand {

    /**
     * What Agrona, jffi, Netty and Fory need opened, and how later JVMs are kept quiet about it; also in {@code
     * conf/thornback.args} for applications. The flag that makes older JVMs skip what they do not know works wherever it
     * stands.
     */
    public static final List<String> OPENS = List.of(
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--sun-misc-unsafe-memory-access=allow");

    /**
     * What Chronicle Map needs in the one process that opens a map: packages of the JDK; no word to its maker, none to the log; and locks
     * that are given up after seconds, not minutes.
     */
    public static final List<String> CATALOG = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "-Dchronicle.analytics.disable=true",
            "-Dchronicle.announcer.disable=true",
            "-Dnet.openhft.chronicle.map.lockTimeoutSeconds=2");

    /**
     * Flags of a process that is small and starts often: one collector thread, no files in /tmp, small stacks, and one look in five seconds, instead of four in each, for monitors that nobody waits for any more and for what waits for a safepoint: six JVMs
     * that each wake up four times a second for that were a tenth of what an idle node cost.
     */
    public static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xss512k",
            "-Xshare:auto",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:AsyncDeflationInterval=5000",
            "-XX:GuaranteedSafepointInterval=5000");

    /**
     * Beside an archive. One that does not fit is left out, quietly. It is mapped where it was made for, if that place is free: anywhere else (what a JVM does by itself, so that nobody can know where its metadata is) each process writes to most of its
     * pages before it can begin, which takes a third of the start of a small one, and has these 34 MiB for itself; so the processes of a node share what they do not write to.
     */
    private static final List<String> WITH_ARCHIVE = List.of(
            "-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0");

    /** The installation's folder. */
    public static final String HOME_PROPERTY = "thornback.home";

    /** A class-data archive, or on JVMs that have them an ahead-of-time cache ({@code .aot}). */
    public static final String ARCHIVE_PROPERTY = "thornback.cds";

    /** The cluster's token, for {@code thornback start}; no process that Thornback starts has it in its environment. */
    public static final String TOKEN_VARIABLE = "THORNBACK_TOKEN";

    /** Properties that a child JVM has from its parent. */
    private static final List<String> INHERITED_PROPERTIES = List.of(
            HOME_PROPERTY,
            ARCHIVE_PROPERTY,
            "jffi.boot.library.path",
            "java.library.path",
            "java.io.tmpdir",
            "thornback.log.level",
            "thornback.log.max-file-size",
            "thornback.log.max-files",
            "thornback.log.format",
            "thornback.node");

    private final List<String> flags = new ArrayList<>(OPENS);
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<String> arguments = new ArrayList<>();
    private final String mainClass;
    private String classPath = System.getProperty("java.class.path");

    private JvmCommand(String mainClass) {
        this.mainClass = mainClass;
        for (String name : INHERITED_PROPERTIES) {
            String value = System.getProperty(name);
            if (value != null) {
                properties.put(name, value);
            }
        }
        String archive = System.getProperty(ARCHIVE_PROPERTY);
        if (archive != null && Files.isReadable(Path.of(archive))) {
            flags.add((archive.endsWith(".aot") ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive);
            flags.addAll(WITH_ARCHIVE);
        }
    }

    /** Starts a command line for a main class. */
    public static JvmCommand of(String mainClass) {
        return new JvmCommand(mainClass);
    }

    /** The java program of this process's Java. */
    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /**
     * The whole environment of a process of a session: this process's, and the names by which the session's processes are found
     * and killed whatever they become.
     *
     * @param role what the process is called: gcs, worker-3
     */
    public static Map<String, String> environment(SessionLayout session, String role) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.remove(TOKEN_VARIABLE);
        environment.putAll(SessionProcesses.environment(session, role));
        environment.putIfAbsent("MALLOC_ARENA_MAX", "2"); // glibc would keep an arena of its own for every thread
        return environment;
    }

    /** Adds flags. */
    public JvmCommand flags(List<String> more) {
        flags.addAll(more);
        return this;
    }

    /** Sets the largest heap, {@code -Xmx}, in bytes; rounded up to 1 KiB. */
    public JvmCommand heap(long sizeBytes) {
        flags.add("-Xmx" + (sizeBytes + 1023) / 1024 + "k");
        return this;
    }

    /** Sets the size of the heap's young part, in bytes: what a process that is hardly ever busy fills before it collects, and keeps. */
    public JvmCommand youngHeap(long sizeBytes) {
        flags.add("-Xmn" + (sizeBytes + 1023) / 1024 + "k");
        return this;
    }

    /** Sets the most memory of direct buffers, in bytes. */
    public JvmCommand directMemory(long sizeBytes) {
        flags.add("-XX:MaxDirectMemorySize=" + sizeBytes);
        return this;
    }

    /** Sets a system property. */
    public JvmCommand property(String name, String value) {
        properties.put(name, value);
        return this;
    }

    /** Logs as that role into the session's folder of logs. */
    public JvmCommand logsAs(String role, SessionLayout session) {
        property("thornback.role", role);
        property("thornback.log.dir", session.logs().toString());
        flags.add("-XX:ErrorFile=" + session.crash(role)); // else it is left in whatever folder the JVM runs in
        property("slf4j.provider", "ch.qos.logback.classic.spi.LogbackServiceProvider");
        return property("slf4j.internal.verbosity", "WARN");
    }

    /** Sets another class path than this process's. */
    public JvmCommand classPath(String path) {
        this.classPath = path;
        return this;
    }

    /** Adds arguments of the program. */
    public JvmCommand arguments(List<String> more) {
        arguments.addAll(more);
        return this;
    }

    /** Arguments of the java program, in order, without the program itself. */
    public List<String> toArguments() {
        List<String> words = new ArrayList<>(flags);
        properties.forEach((name, value) -> words.add("-D" + name + "=" + value));
        words.addAll(List.of("-cp", classPath, mainClass));
        words.addAll(arguments);
        return words;
    }
}
