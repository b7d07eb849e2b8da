/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM, with the flags and class path of this one; told by lines what to do, answers by one line each. Ends when its input does. */
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter orders;
    private final String first;

    Child(Class<?> main, String... arguments) throws IOException {
        this(main, List.of(), arguments);
    }

    /** With flags beyond those of this JVM. */
    Child(Class<?> main, List<String> flags, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--") || flag.startsWith("-XX:+Ignore")) {
                command.add(flag);
            }
        }
        command.addAll(flags);
        command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        first = answer();
    }

    /** What it said when it was ready. */
    String first() {
        return first;
    }

    /** Gives an order and goes on. */
    void begin(String order) {
        orders.println(order);
    }

    /** The next answer; waits for it. */
    String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("process " + process.pid() + " has ended without an answer");
        }
        return line;
    }

    /** Gives an order and waits until it is done. */
    String obey(String order) throws IOException {
        begin(order);
        return answer();
    }

    /** SIGKILL; returns when it is gone. */
    void kill() throws IOException {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        answers.close();
    }

    @Override
    public void close() throws IOException {
        orders.close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        answers.close();
    }
}
