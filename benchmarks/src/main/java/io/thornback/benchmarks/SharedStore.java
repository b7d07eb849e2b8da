/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.node.JvmCommand;
import io.thornback.objectstore.ClientOptions;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.StoreCounters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A store in another process, and clients of it, in this one and in others. */
final class SharedStore implements AutoCloseable {
    private final ShmFolder folder;
    private final String[] arguments;
    private Child store;
    private final List<Child> others = new ArrayList<>();
    private final List<ObjectStoreClient> clients = new ArrayList<>();

    SharedStore(long arenaBytes, int maxObjects, boolean spin) throws IOException {
        folder = new ShmFolder();
        arguments = new String[] {
            folder.path.toString(), Long.toString(arenaBytes), Integer.toString(maxObjects), spin ? "spin" : "park"
        };
        startAgain();
    }

    /** One that spills. */
    SharedStore(long arenaBytes, int maxObjects, Path spillFolder) throws IOException {
        folder = new ShmFolder();
        arguments = new String[] {
            folder.path.toString(),
            Long.toString(arenaBytes),
            Integer.toString(maxObjects),
            "park",
            spillFolder.toString()
        };
        startAgain();
    }

    SharedStore(long arenaBytes, int maxObjects) throws IOException {
        this(arenaBytes, maxObjects, false);
    }

    /** Its files stay, and its clients live on. */
    void kill() throws IOException {
        store.kill();
    }

    /** Returns when it is ready. */
    void startAgain() throws IOException {
        store = new Child(StoreProcess.class, JvmCommand.CATALOG, arguments);
    }

    /** A client in this process. */
    ObjectStoreClient client() {
        ObjectStoreClient client =
                ObjectStoreClient.connect(ClientOptions.of(folder.path, "client-" + (clients.size() + 1), Ids.JOB));
        clients.add(client);
        return client;
    }

    /** A client in a process of its own. */
    Child other() throws IOException {
        Child other = new Child(ClientProcess.class, folder.path.toString(), "other-" + (others.size() + 1));
        others.add(other);
        return other;
    }

    /** Has another process put objects numbered from 0. */
    void fill(int count, long sizeBytes) throws IOException {
        other().obey("fill 0 " + count + " " + sizeBytes);
    }

    StoreCounters counters() {
        return StoreCounters.read(folder.path);
    }

    Path path() {
        return folder.path;
    }

    @Override
    public void close() throws IOException {
        for (ObjectStoreClient client : clients) {
            client.close();
        }
        for (Child other : others) {
            other.close();
        }
        store.close();
        folder.close();
    }
}
