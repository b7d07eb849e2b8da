/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.OutboundLane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.agrona.UnsafeApi;
import org.agrona.collections.Int2ObjectHashMap;

/** The clients that are admitted, and their table in {@code store.dat}. One thread, the agent. */
final class ClientRegistry {
    /** All numbers are in use. */
    static final int NONE = 0;

    private final Int2ObjectHashMap<ClientSession> sessions = new Int2ObjectHashMap<>();
    /** The same, for loops that must not allocate. */
    private final List<ClientSession> all = new ArrayList<>();

    private final StoreFiles files;
    private final StoreConfig config;

    ClientRegistry(final StoreFiles files, final StoreConfig config) {
        this.files = files;
        this.config = config;
    }

    Collection<ClientSession> all() {
        return Collections.unmodifiableCollection(all);
    }

    List<ClientSession> list() {
        return all;
    }

    ClientSession find(final int clientId) {
        return sessions.get(clientId);
    }

    /** The lowest number that is free, or NONE. */
    int freeId() {
        for (int id = 1; id <= config.maxClients(); id++) {
            if (!sessions.containsKey(id)) {
                return id;
            }
        }
        return NONE;
    }

    /** Enters a client: its pin table first, then its entry, whose state is stored last. */
    ClientSession admit(final int id, final ProcessIdentity process, final int jobId, final OutboundLane lane) {
        final MappedFile pinTable = files.createPinTable(id, process);
        final ClientSession session = new ClientSession(id, process, jobId, pinTable, lane);
        final long entry = StoreDescriptor.clientAddress(files.storeAddress, id);
        UnsafeApi.putInt(entry + StoreDescriptor.JOB_OFFSET, jobId);
        UnsafeApi.putLong(entry + StoreDescriptor.PID_OFFSET, process.pid());
        UnsafeApi.putLong(entry + StoreDescriptor.START_OFFSET, process.startTicks());
        UnsafeApi.putLong(entry + StoreDescriptor.LEASED_OFFSET, 0);
        state(id, StoreDescriptor.CLIENT_ACTIVE);
        sessions.put(id, session);
        all.add(session);
        publish();
        return session;
    }

    /** Takes a client out; its cells are the caller's to free, before. */
    void remove(final ClientSession session) {
        sessions.remove(session.id);
        all.remove(session);
        session.close();
        state(session.id, StoreDescriptor.CLIENT_FREE);
        publish();
    }

    void state(final int id, final int state) {
        UnsafeApi.putIntRelease(
                null, StoreDescriptor.clientAddress(files.storeAddress, id) + StoreDescriptor.STATE_OFFSET, state);
    }

    private void publish() {
        UnsafeApi.putLongRelease(null, files.storeAddress + StoreDescriptor.ADMITTED_OFFSET, all.size());
    }
}
