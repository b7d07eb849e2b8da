/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.ConnectOptions;
import io.thornback.ObjectRef;
import io.thornback.RuntimeEnvironment;
import io.thornback.Thornback;
import io.thornback.WorkerDiedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Workers with JVM options, variables, a working directory and jars that a job or a task names. */
class ProcessEnvironmentTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static NodeUnderTest node;

    @BeforeAll
    static void start() {
        node = NodeUnderTest.start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Thornback connect(final RuntimeEnvironment environment) {
        return Thornback.connect(ConnectOptions.defaults()
                .withDirectory(node.dir())
                .withTimeout(LONG)
                .withWorkerOutput(false)
                .withEnvironment(environment));
    }

    static String look(final String resource) throws IOException {
        final ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try (InputStream in = loader.getResourceAsStream(resource)) {
            return System.getenv("MODE") + " " + System.getProperty("speed") + " "
                    + Path.of("").toAbsolutePath() + " "
                    + (in == null ? "no " + resource : new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    static long pid(final int ignored) {
        return ProcessHandle.current().pid();
    }

    static final class Looker {
        String look(final String resource) throws IOException {
            return ProcessEnvironmentTest.look(resource);
        }
    }

    private static Path jarWith(final String name, final String content) throws IOException {
        final Path jar = node.dir().resolve(name);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("greeting.txt"));
            out.write(content.getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
        }
        return jar;
    }

    private static List<String> cached() throws IOException {
        final Path folder = node.file().session().jars();
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    @Test
    void theWorkersOfAJobHaveWhatItNames() throws IOException {
        final Path jar = jarWith("job.jar", "hello");
        final Path where = Files.createDirectories(node.dir().resolve("where"));
        final RuntimeEnvironment environment = RuntimeEnvironment.none()
                .withVariable("MODE", "fast")
                .withJvmOption("-Dspeed=11")
                .withWorkingDirectory(where)
                .withJar(jar);
        try (Thornback driver = connect(environment)) {
            final String expected = "fast 11 " + where.toAbsolutePath() + " hello";
            assertEquals(
                    expected,
                    driver.task(ProcessEnvironmentTest::look, "greeting.txt")
                            .submit()
                            .get(LONG));
            jarWith("job.jar", "another content");
            final ActorRef<Looker> actor = driver.actor(Looker::new).create();
            assertEquals(
                    expected, actor.call(Looker::look, "greeting.txt").get(LONG), "what it was when the job connected");
            assertTrue(cached().stream().anyMatch(name -> name.endsWith("-job.jar")), cached()::toString);
        }
    }

    @Test
    void aTaskMayNameAnotherEnvironmentAndGetsAnotherWorker() throws IOException {
        try (Thornback driver = connect(RuntimeEnvironment.none())) {
            final RuntimeEnvironment special = RuntimeEnvironment.none()
                    .withVariable("MODE", "special")
                    .withJar(jarWith("task.jar", "of the task"));
            final String plain = driver.task(ProcessEnvironmentTest::look, "greeting.txt")
                    .submit()
                    .get(LONG);
            assertTrue(plain.startsWith("null null"), plain);
            assertTrue(plain.endsWith("no greeting.txt"), plain);
            final String other = driver.task(ProcessEnvironmentTest::look, "greeting.txt")
                    .environment(special)
                    .submit()
                    .get(LONG);
            assertTrue(other.startsWith("special null"), other);
            assertTrue(other.endsWith("of the task"), other);
            final long first = driver.task(ProcessEnvironmentTest::pid, 1)
                    .environment(special)
                    .submit()
                    .get(LONG);
            final long again = driver.task(ProcessEnvironmentTest::pid, 1)
                    .environment(special)
                    .submit()
                    .get(LONG);
            assertEquals(first, again, "its worker is kept for the next");
            assertNotEquals(
                    first, driver.task(ProcessEnvironmentTest::pid, 1).submit().get(LONG));
        }
    }

    @Test
    void anOptionWithWhichNoJvmStartsFailsItsTasksAndNoOthersAndSaysWhatTheJvmSaid() {
        try (Thornback driver = connect(RuntimeEnvironment.none())) {
            final ObjectRef<Long> bad = driver.task(ProcessEnvironmentTest::pid, 1)
                    .environment(RuntimeEnvironment.none().withJvmOption("-javaagent:/no/such-agent.jar"))
                    .submit();
            final WorkerDiedException e = assertThrows(WorkerDiedException.class, () -> bad.get(LONG));
            assertTrue(e.getMessage().contains("such-agent.jar"), e.getMessage());
            assertTrue(driver.task(ProcessEnvironmentTest::pid, 1).submit().get(LONG) > 0);
        }
    }

    @Test
    void whatIsNotThereIsRefusedAtOnce() {
        final RuntimeEnvironment noJar =
                RuntimeEnvironment.none().withJar(node.dir().resolve("no.jar"));
        assertThrows(IllegalArgumentException.class, () -> connect(noJar).close());
        try (Thornback driver = connect(RuntimeEnvironment.none())) {
            assertThrows(IllegalArgumentException.class, () -> driver.task(ProcessEnvironmentTest::pid, 1)
                    .environment(noJar));
        }
    }
}
