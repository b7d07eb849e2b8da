/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ConnectOptions;
import io.thornback.LocalOptions;
import io.thornback.NodeNotFoundException;
import io.thornback.NodeStoppedException;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.ThornbackException;
import io.thornback.node.JvmCommand;
import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.ipc.LaneHandler;
import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.wire.DriverHelloEncoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedDecoder;
import io.thornback.transport.wire.WireVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is refused, and with which words. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class AttachTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    static int hold(final long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
        return 1;
    }

    @Test
    void withoutANodeTheMessageSaysHowToStartOne() {
        final NodeNotFoundException e = assertThrows(
                NodeNotFoundException.class,
                () -> Thornback.connect(ConnectOptions.defaults().withDirectory(dir)));
        assertTrue(e.getMessage().contains(dir.toString()), e.getMessage());
        assertTrue(e.getMessage().contains("thornback start --head"), e.getMessage());
    }

    @Test
    void aProgramOfAnotherVersionIsRefusedWithBothVersions() throws IOException {
        try (Thornback node = Thornback.startLocal(LocalOptions.defaults().withCpus(1))) {
            assertEquals(56, node.nodeId().length());
            final Path real = latestLocalNodeFile();
            final String text =
                    Files.readString(real).replace("version.layout=" + WireVersion.LAYOUT, "version.layout=4711");
            Files.createDirectories(dir.resolve("latest"));
            Files.writeString(dir.resolve("latest/node.properties"), text);
            final ThornbackException e = assertThrows(
                    ThornbackException.class,
                    () -> Thornback.connect(ConnectOptions.defaults().withDirectory(dir)));
            assertEquals(ThornbackException.Code.VERSION_MISMATCH, e.code());
            assertTrue(e.getMessage().contains("layout 4711"), e.getMessage());
            assertTrue(e.getMessage().contains("layout " + WireVersion.LAYOUT), e.getMessage());
        }
    }

    @Test
    void theRayletRefusesAHelloOfAnotherSchema() throws IOException {
        try (Thornback node = Thornback.startLocal(LocalOptions.defaults().withCpus(1))) {
            assertEquals(56, node.nodeId().length());
            final Path shm = Path.of(property(latestLocalNodeFile(), "shm"));
            final AtomicReference<String> answer = new AtomicReference<>();
            try (Inbox inbox = Inbox.create(shm, "driver-of-tomorrow", InboxOptions.DEFAULT);
                    OutboundLane lane = OutboundLane.open(shm, "raylet", "driver-of-tomorrow")) {
                final MessageBuffer message = MessageBuffer.local();
                final DriverHelloEncoder hello =
                        new DriverHelloEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
                hello.pid(ProcessHandle.current().pid())
                        .startTicks(1)
                        .layoutVersion(WireVersion.LAYOUT)
                        .schemaVersion(99)
                        .inbox("driver-of-tomorrow")
                        .name("x")
                        .classPath("");
                lane.send(
                        DriverHelloEncoder.TEMPLATE_ID,
                        message.buffer(),
                        0,
                        MessageBuffer.lengthOf(hello.encodedLength()),
                        LONG.toNanos());
                final LaneHandler handler = (from, templateId, buffer, offset, length) -> {
                    assertEquals(RefusedDecoder.TEMPLATE_ID, templateId);
                    final RefusedDecoder refused =
                            new RefusedDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
                    assertEquals(RefusalCode.VERSION_MISMATCH, refused.code());
                    answer.set(refused.message());
                };
                final long deadline = System.nanoTime() + LONG.toNanos();
                while (answer.get() == null && System.nanoTime() < deadline) {
                    if (inbox.poll(handler, 1) == 0) {
                        inbox.park(TimeUnit.MILLISECONDS.toNanos(100));
                    }
                }
            }
            assertTrue(answer.get().contains("schema 99"), answer.get());
            assertTrue(answer.get().contains("schema " + WireVersion.SCHEMA), answer.get());
        }
    }

    @Test
    void aDriverWithoutItsFlagsIsToldTheLineToAdd() throws IOException, InterruptedException {
        final Process driver = new ProcessBuilder(List.of(
                        JvmCommand.java().toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedDriver.class.getName(),
                        dir.toString()))
                .redirectErrorStream(true)
                .start();
        final String output = new String(driver.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertNotEquals(0, driver.waitFor());
        assertTrue(output.contains("started without --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"), output);
        assertTrue(output.contains("thornback run"), output);
    }

    @Test
    void aDriverLearnsThatItsNodeIsGone() {
        final NodeUnderTest node = NodeUnderTest.start();
        try (Thornback driver = node.connect()) {
            final ObjectRef<Integer> slow =
                    driver.task(AttachTest::hold, 60_000L).submit();
            node.close();
            assertThrows(NodeStoppedException.class, () -> slow.get(LONG));
            assertThrows(NodeStoppedException.class, () -> driver.task(AttachTest::hold, 1L)
                    .submit());
        }
    }

    private static Path latestLocalNodeFile() throws IOException {
        final Path root = Path.of(
                System.getProperty("java.io.tmpdir"), "thornback-local-" + io.thornback.config.UserPaths.userId());
        try (Stream<Path> files = Files.walk(root, 2)) {
            return files.filter(path -> path.endsWith("node.properties"))
                    .filter(path -> path.getParent().getFileName().toString().startsWith("session-"))
                    .filter(path -> path.getParent()
                            .getFileName()
                            .toString()
                            .contains("-" + ProcessHandle.current().pid()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String property(final Path file, final String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }
}
