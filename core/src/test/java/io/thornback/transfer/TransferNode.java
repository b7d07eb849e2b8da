/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.objectstore.ClientOptions;
import io.thornback.objectstore.CreateOptions;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreAgent;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.StoreConfig;
import io.thornback.objectstore.WritableObject;
import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.net.NetServer;
import io.thornback.transport.trust.JoinToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.UnsafeBuffer;

/** A store in shared memory, a port that gives its objects, and what fetches others': all that a node has of this. */
final class TransferNode implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(30);
    static final String HOST = "127.0.0.1";
    private static final int BLOCK_BYTES = 1 << 16;

    final String nodeId;
    final Path folder;
    final ObjectStoreClient store;
    final ObjectServer objects;
    final Puller puller;
    final NetLoop loop;
    private final NetServer server;
    private final ObjectStoreAgent agent;
    private final AgentRunner runner;
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private boolean stopped;

    TransferNode(int number, long arenaBytes, NetAccess access, JoinToken token, PullOptions options) {
        nodeId = String.format("%056x", number);
        try {
            folder = Files.createTempDirectory(Path.of("/dev/shm"), "thornback-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        agent = new ObjectStoreAgent(StoreConfig.of(folder, arenaBytes).withMaxObjects(1_024));
        runner = new AgentRunner(agent.idleStrategy(), this::onError, null, agent);
        AgentRunner.startOnThread(runner);
        store = ObjectStoreClient.connect(
                ClientOptions.of(folder, "transfer", 1).withOnSealRejected(id -> {}));
        loop = NetLoop.start("transfer-" + number);
        objects = new ObjectServer(store, nodeId);
        final NetInbox[] inbox = new NetInbox[1];
        inbox[0] = new NetInbox(64, () -> inbox[0].poll(objects, 64));
        server = NetServer.bind(loop, NetAddress.resolve(HOST, 0), access, NetLimits.CONTROL, inbox[0]);
        puller = new Puller(loop, store, token.text(), options);
    }

    private void onError(Throwable error) {
        if (!(error instanceof AgentTerminationException)) {
            errors.add(error);
        }
    }

    Peer peer() {
        return new Peer(nodeId, HOST, server.port());
    }

    Peer peerAt(int port) {
        return new Peer(nodeId, HOST, port);
    }

    static ObjectId id(long number) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[ObjectId.LENGTH_BYTES]);
        bytes.putLong(0, number * 0x9E3779B97F4A7C15L);
        bytes.putLong(8, number);
        bytes.putInt(20, 1);
        return ObjectId.of(bytes, 0);
    }

    /** Random bytes that follow from the id. */
    void put(ObjectId id, long sizeBytes, CreateOptions options) {
        try (WritableObject object = store.create(id, sizeBytes, options)) {
            final Random random = new Random(id.hashCode());
            final byte[] block = new byte[BLOCK_BYTES];
            for (long at = 0; at < sizeBytes; at += BLOCK_BYTES) {
                random.nextBytes(block);
                object.put(at, block, 0, (int) Math.min(BLOCK_BYTES, sizeBytes - at));
            }
            object.format(77).seal();
        }
        store.flush(LONG);
    }

    /** Whether the other node has the very same. */
    void assertSame(ObjectId id, TransferNode other) {
        try (ObjectBuffer mine = store.get(id, LONG);
                ObjectBuffer copy = other.store.get(id, LONG)) {
            assertEquals(mine.length(), copy.length());
            assertEquals(mine.format(), copy.format());
            assertEquals(mine.isContainer(), copy.isContainer());
            assertEquals(ByteBuffer.wrap(mine.metadata()), ByteBuffer.wrap(copy.metadata()));
            final int length = (int) mine.length();
            assertEquals(-1, mine.lend(0, length).mismatch(copy.lend(0, length)), "the first byte that differs");
        }
    }

    /** Bytes that objects and leases take in its store. */
    long memory() {
        return agent.counters().usedBytes() + agent.counters().leasedBytes();
    }

    /** Stops giving and fetching, as a process that ends. */
    void stop() {
        if (!stopped) {
            stopped = true;
            puller.close();
            objects.close();
            server.close();
            loop.close();
        }
    }

    @Override
    public void close() {
        stop();
        store.close();
        agent.terminate();
        runner.close();
        deleteFolder();
        assertEquals(List.of(), errors, "errors of the store's agent");
    }

    private void deleteFolder() {
        eventually("the folder is deleted", () -> {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
                return true;
            } catch (IOException | UncheckedIOException e) {
                return !Files.exists(folder);
            }
        });
    }

    static void eventually(String what, BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "did not happen in time: " + what);
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
