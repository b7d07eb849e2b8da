/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of the torture. Its answers are awaited with a bound; it is killed with the thread that started it, by the kernel, and by its pid when the harness ends in any
 * other way.
 */
final class TortureChild implements AutoCloseable {
    /** Longer than anything here takes on a busy machine: who is not there then hangs. */
    static final long BOUND_SECONDS = 60;

    /** Answers begin with it; what does not is the log's. */
    private static final String MARK = "> ";

    private static final String END = "(end of output)";
    private static final Set<TortureChild> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(child -> child.process.destroyForcibly())));
    }

    final String name;
    private final Process process;
    private final ProcessIdentity identity;
    private final PrintWriter orders;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Path log;

    TortureChild(
            final String name,
            final Path folder,
            final Class<?> main,
            final List<String> flags,
            final List<String> arguments) {
        this.name = name;
        this.log = folder.resolve(name + ".log");
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx64m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-ea",
                "-XX:-UsePerfData",
                "-XX:ErrorFile=" + folder.resolve(name + ".crash")));
        for (final String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--") || flag.startsWith("-XX:+Ignore")) {
                command.add(flag);
            }
        }
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        try {
            process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
        ALIVE.add(this);
        identity = ProcessIdentity.of(process.pid()).orElseThrow();
        orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        final Thread reader = new Thread(this::read, "reads-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** For the children's main methods: die with the harness, also when stopped. */
    static void dieWithHarness() {
        ProcessControl.dieWithParent(ProcessControl.parentPid());
    }

    /** For the children's main methods. */
    static void reply(final String answer) {
        System.out.println(MARK + answer);
        System.out.flush();
    }

    void say(final String order) {
        orders.println(order);
    }

    /** The next answer, or null if the child is dead. */
    String answer() {
        return answer(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    /** The next answer; null if the child is dead, empty when the time is over. */
    String answer(final long time, final TimeUnit unit) {
        try {
            final String answer = answers.poll(time, unit);
            if (answer == null) {
                return "";
            }
            if (answer.equals(END)) {
                answers.add(END);
                return null;
            }
            return answer;
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for an answer that begins like this, and returns the rest of it. */
    String expect(final String beginning) {
        final String answer = answer();
        if (answer == null || !answer.startsWith(beginning)) {
            throw new AssertionError(this + ": expected '" + beginning + "', got "
                    + (answer == null ? "its end, exit code " + awaitEnd() : "'" + answer + "'") + "; see " + log);
        }
        return answer.substring(beginning.length()).trim();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.destroyForcibly();
    }

    void stop() {
        ProcessControl.signal(identity, Signals.STOP);
    }

    /** Whether somebody, or it itself, has stopped it. */
    boolean isStopped() {
        try {
            final String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (final IOException e) {
            return false; // it is no more
        }
    }

    void proceed() {
        ProcessControl.signal(identity, Signals.CONT);
    }

    /** Reaps it; its exit code. */
    int awaitEnd() {
        try {
            if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(this + " does not end; see " + log);
            }
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
        ALIVE.remove(this);
        return process.exitValue();
    }

    /** Whether it was ended by SIGKILL, and not by an error of its own. */
    boolean wasKilled() {
        return awaitEnd() == 128 + Signals.KILL;
    }

    @Override
    public void close() {
        kill();
        awaitEnd();
    }

    @Override
    public String toString() {
        return name + " (pid " + process.pid() + ")";
    }

    private void read() {
        try (BufferedReader reader =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                PrintWriter other = new PrintWriter(log + ".out", StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(MARK)) {
                    answers.add(line.substring(MARK.length()));
                } else {
                    other.println(line);
                }
            }
        } catch (final IOException e) {
            answers.add("(" + e + ")");
        } finally {
            answers.add(END);
        }
    }
}
