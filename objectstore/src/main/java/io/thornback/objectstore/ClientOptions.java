/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What a client of the store is opened with. Immutable.
 *
 * @param shmDir the node's folder in shared memory
 * @param storeInboxName the store's inbox
 * @param inboxName this process's inbox, to which the store answers
 * @param jobId the job on whose behalf objects are made
 * @param connectTimeout how long to wait for the store to be there and to admit this client
 * @param createTimeout how long a create waits for memory where the call does not say
 * @param onSealRejected told of every seal that lost against another object of the same id, on the thread that feeds
 *     {@link ObjectStoreClient#onMessage}; null: {@link ObjectStoreClient#flush} throws it instead
 * @param isFeeder whether the calling thread feeds the client now, and so must not wait for an answer, where several threads take turns at it; null: the one that fed it last goes on
 * @param traceLeaks whether a buffer that is never closed, and an object that is neither sealed nor closed, is reported with the place
 *     where it was acquired; each get and create then costs some microseconds more
 */
public record ClientOptions(
        Path shmDir,
        String storeInboxName,
        String inboxName,
        int jobId,
        Duration connectTimeout,
        Duration createTimeout,
        Consumer<ObjectId> onSealRejected,
        BooleanSupplier isFeeder,
        boolean traceLeaks) {
    /** System property, true or false: {@link #traceLeaks()} where the options do not say. */
    public static final String TRACE_LEAKS = "thornback.objectstore.traceLeaks";

    /** Checks that nothing but the callbacks is missing. */
    public ClientOptions {
        Objects.requireNonNull(shmDir, "shmDir");
        Objects.requireNonNull(storeInboxName, "storeInboxName");
        Objects.requireNonNull(inboxName, "inboxName");
        Objects.requireNonNull(connectTimeout, "connectTimeout");
        Objects.requireNonNull(createTimeout, "createTimeout");
    }

    /**
     * Options with defaults: 5 s to connect, 10 s to create, rejected seals are thrown by flush.
     *
     * @param shmDir the node's folder in shared memory
     * @param inboxName this process's inbox
     * @param jobId the job on whose behalf objects are made
     */
    public static ClientOptions of(final Path shmDir, final String inboxName, final int jobId) {
        return new ClientOptions(
                shmDir,
                StoreConfig.DEFAULT_INBOX,
                inboxName,
                jobId,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                null,
                null,
                Boolean.getBoolean(TRACE_LEAKS));
    }

    /** The same with other time-outs. */
    public ClientOptions withTimeouts(final Duration newConnectTimeout, final Duration newCreateTimeout) {
        return new ClientOptions(
                shmDir,
                storeInboxName,
                inboxName,
                jobId,
                newConnectTimeout,
                newCreateTimeout,
                onSealRejected,
                isFeeder,
                traceLeaks);
    }

    /** The same with a callback for seals that lost. */
    public ClientOptions withOnSealRejected(final Consumer<ObjectId> callback) {
        return new ClientOptions(
                shmDir,
                storeInboxName,
                inboxName,
                jobId,
                connectTimeout,
                createTimeout,
                callback,
                isFeeder,
                traceLeaks);
    }

    /** The same for a client that several threads feed in turn. */
    public ClientOptions withFeeder(final BooleanSupplier newFeeder) {
        return new ClientOptions(
                shmDir,
                storeInboxName,
                inboxName,
                jobId,
                connectTimeout,
                createTimeout,
                onSealRejected,
                newFeeder,
                traceLeaks);
    }

    /** The same with or without places of acquisition in reports of what was never closed. */
    public ClientOptions withTraceLeaks(final boolean newValue) {
        return new ClientOptions(
                shmDir,
                storeInboxName,
                inboxName,
                jobId,
                connectTimeout,
                createTimeout,
                onSealRejected,
                isFeeder,
                newValue);
    }
}
