/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;

/** A store of this JVM that can be ended, leaving all as a kill would leave it, and started again on what it left. */
final class RestartableStore implements AutoCloseable {
    private static final AtomicInteger NEXT = new AtomicInteger();

    final StoreConfig config;
    private final List<ObjectStoreClient> clients = new ArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private ObjectStoreAgent agent;
    private AgentRunner runner;

    RestartableStore(final long arenaBytes) {
        this(StoreFixture.config(arenaBytes));
    }

    RestartableStore(final StoreConfig config) {
        this.config = config;
        start();
    }

    Path directory() {
        return config.shmDir().resolve(StoreFiles.DIRECTORY);
    }

    void start() {
        agent = new ObjectStoreAgent(config);
        runner = new AgentRunner(agent.idleStrategy(), this::onError, null, new Suspending(agent));
        AgentRunner.startOnThread(runner);
    }

    private void onError(final Throwable error) {
        if (!(error instanceof AgentTerminationException)) {
            errors.add(error);
        }
    }

    /** Ends the store between two messages. What is in the lanes stays unread. */
    void stop() {
        if (runner != null) {
            agent.terminate();
            runner.close();
            runner = null;
        }
    }

    void restart() {
        stop();
        start();
    }

    StoreCounters counters() {
        return agent.counters();
    }

    ObjectStoreClient client() {
        return client(Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    ObjectStoreClient client(final Duration connectTimeout, final Duration createTimeout) {
        final ObjectStoreClient client =
                ObjectStoreClient.connect(ClientOptions.of(config.shmDir(), "restart-" + NEXT.incrementAndGet(), 1)
                        .withTimeouts(connectTimeout, createTimeout));
        clients.add(client);
        return client;
    }

    @Override
    public void close() {
        clients.forEach(ObjectStoreClient::close);
        stop();
        StoreFixture.deleteFolder(config.shmDir());
        assertEquals(List.of(), errors, "errors of the store's agent");
    }

    /** The agent, which is suspended where others are closed. */
    private record Suspending(ObjectStoreAgent agent) implements Agent {
        @Override
        public int doWork() {
            return agent.doWork();
        }

        @Override
        public void onClose() {
            agent.suspend();
        }

        @Override
        public String roleName() {
            return agent.roleName();
        }
    }
}
