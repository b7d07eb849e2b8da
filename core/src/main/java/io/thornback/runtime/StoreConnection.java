/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ids.JobId;
import io.thornback.objectstore.ClientOptions;
import io.thornback.objectstore.ObjectStoreClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Attaches a process to the object store, with answers through the process's one inbox. */
public final class StoreConnection {
    private static final Logger LOG = LoggerFactory.getLogger(StoreConnection.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private StoreConnection() {}

    /**
     * Connects; the agent feeds the client from now on. The caller closes it, before the agent.
     *
     * @throws io.thornback.objectstore.ObjectStoreException if the store is not there, of another version, or full of clients.
     */
    public static ObjectStoreClient open(final InboxAgent agent, final Path shmDir, final JobId job) {
        final ClientOptions options = ClientOptions.of(shmDir, agent.name(), job.value())
                .withTimeouts(CONNECT_TIMEOUT, Limits.STORE_TIMEOUT)
                .withFeeder(agent::isReading)
                .withOnSealRejected(id -> LOG.debug("object {} was there already: the same task was run twice", id));
        final CompletableFuture<ObjectStoreClient> started = new CompletableFuture<>();
        agent.execute(() -> start(agent, options, started));
        final ObjectStoreClient client;
        try {
            client = started.join();
        } catch (final CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
        client.awaitAdmission();
        agent.addDuty(client.holds()::sayUnsaid);
        return client;
    }

    /** On the agent's thread: so no answer can come between the hello and the handler that waits for it. */
    private static void start(
            final InboxAgent agent, final ClientOptions options, final CompletableFuture<ObjectStoreClient> started) {
        try {
            final ObjectStoreClient client = ObjectStoreClient.start(options);
            agent.addHandler(new StoreMessages(client));
            started.complete(client);
        } catch (final RuntimeException e) {
            started.completeExceptionally(e);
        }
    }

    /** Feeds the client. */
    private record StoreMessages(ObjectStoreClient client) implements MessageHandler {
        @Override
        public boolean onMessage(final Message message) {
            return client.onMessage(message.templateId(), message.buffer(), message.offset(), message.length());
        }

        @Override
        public void onUnreadable(final Message message) {
            client.onMessage(message.templateId(), message.buffer(), message.offset(), message.length());
        }
    }
}
