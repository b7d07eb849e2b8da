/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.thornback.posix.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/** A store in a temporary folder of /dev/shm, its agent on a thread, and the clients of one test. */
final class StoreFixture implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(20);
    private static final AtomicInteger NEXT = new AtomicInteger();

    final Path shmDir;
    final ObjectStoreAgent agent;
    private final AgentRunner runner;
    private final List<ObjectStoreClient> clients = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();

    StoreFixture(final long arenaBytes) {
        this(config(arenaBytes));
    }

    StoreFixture(final StoreConfig config) {
        this(config, SystemNanoClock.INSTANCE);
    }

    StoreFixture(final StoreConfig config, final NanoClock clock) {
        shmDir = config.shmDir();
        agent = new ObjectStoreAgent(config, clock);
        runner = new AgentRunner(agent.idleStrategy(), this::onError, null, agent);
        AgentRunner.startOnThread(runner);
    }

    static StoreConfig config(final long arenaBytes) {
        return StoreConfig.of(folder(), arenaBytes).withMaxObjects(1 << 14);
    }

    static Path folder() {
        try {
            return Files.createDirectory(Path.of(
                    "/dev/shm", "thornback-test-" + ProcessIdentity.current().pid() + "-" + NEXT.incrementAndGet()));
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    ObjectStoreClient client() {
        return client(ClientOptions.of(shmDir, "test-" + NEXT.incrementAndGet(), 1)
                .withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(2)));
    }

    ObjectStoreClient client(final ClientOptions options) {
        final ObjectStoreClient client = ObjectStoreClient.connect(options);
        clients.add(client);
        return client;
    }

    /** Puts an object that another node has too. */
    static void putCopy(final ObjectStoreClient client, final ObjectId id, final byte[] value) {
        try (WritableObject object = client.create(id, value.length, CreateOptions.DEFAULT.asCopy())) {
            object.put(0, value);
            object.seal();
        }
    }

    static ObjectId id(final int jobId, final long task, final int index) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[ObjectId.LENGTH_BYTES]);
        bytes.putLong(0, task * 0x9E3779B97F4A7C15L);
        bytes.putLong(8, task);
        bytes.putInt(20, jobId);
        bytes.putInt(24, index);
        return ObjectId.of(bytes, 0);
    }

    static ObjectId id(final long task) {
        return id(1, task, 0);
    }

    static byte[] bytes(final int length, final int seed) {
        final byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    static void eventually(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                fail("did not happen in time: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    StoreCounters counters() {
        return agent.counters();
    }

    @Override
    public void close() {
        clients.forEach(ObjectStoreClient::close);
        agent.terminate();
        runner.close();
        deleteFolder(shmDir);
        synchronized (errors) {
            assertEquals(List.of(), errors, "errors of the store's agent");
        }
    }

    /** Also while clients that are closing delete their own files in it. */
    static void deleteFolder(final Path folder) {
        final long deadlineNs = System.nanoTime() + LONG.toNanos();
        while (!tryDeleteFolder(folder)) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "cannot delete " + folder);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static boolean tryDeleteFolder(final Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
            return true;
        } catch (final UncheckedIOException | NoSuchFileException | DirectoryNotEmptyException e) {
            return !Files.exists(folder);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private void onError(final Throwable error) {
        if (error instanceof AgentTerminationException) {
            return;
        }
        synchronized (errors) {
            errors.add(error);
        }
    }
}
