/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.ipc.PeerNotFoundException;
import java.util.concurrent.locks.LockSupport;

/** Opens clients: waits for a store that is being started, and leaves nothing open when it does not come. */
final class ClientConnector {
    private static final long RETRY_NS = 5_000_000;

    private ClientConnector() {}

    static ObjectStoreClient start(final ClientOptions options) {
        final long deadlineNs = System.nanoTime() + options.connectTimeout().toNanos();
        while (true) {
            try {
                return attach(options);
            } catch (final PeerNotFoundException | StoreUnavailableException e) {
                if (System.nanoTime() - deadlineNs >= 0) {
                    throw StoreLane.unavailable(e);
                }
            }
            // No event tells that a file has appeared; a store that is being started is there in some milliseconds.
            LockSupport.parkNanos(RETRY_NS);
        }
    }

    static ObjectStoreClient connect(final ClientOptions options) {
        final ClientInbox inbox = ClientInbox.create(options);
        ObjectStoreClient client = null;
        boolean complete = false;
        try {
            client = start(options);
            client.ownInbox(inbox);
            inbox.feed(client);
            client.awaitAdmission();
            complete = true;
            return client;
        } finally {
            if (!complete) {
                if (client != null) {
                    client.close();
                } else {
                    inbox.close();
                }
            }
        }
    }

    private static ObjectStoreClient attach(final ClientOptions options) {
        final OutboundLane outbound =
                OutboundLane.open(options.shmDir(), options.storeInboxName(), options.inboxName());
        ClientFiles files = null;
        boolean complete = false;
        try {
            files = new ClientFiles(options.shmDir().resolve(StoreFiles.DIRECTORY));
            final ObjectStoreClient client = new ObjectStoreClient(options, files, outbound);
            client.sayHello();
            complete = true;
            return client;
        } finally {
            if (!complete) {
                outbound.close();
                if (files != null) {
                    files.close();
                }
            }
        }
    }
}
