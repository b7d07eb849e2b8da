/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.ProcessIdentity;
import java.nio.charset.StandardCharsets;
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
    ClientSession admit(final int id, final ProcessIdentity process, final int jobId, final String inboxName) {
        final MappedFile pinTable = files.createPinTable(id, process);
        Steps.reached(Step.ADMIT_PIN_TABLE_MADE);
        final ClientSession session = new ClientSession(id, process, jobId, pinTable, inboxName);
        final long entry = StoreDescriptor.clientAddress(files.storeAddress, id);
        UnsafeApi.putInt(entry + StoreDescriptor.JOB_OFFSET, jobId);
        UnsafeApi.putLong(entry + StoreDescriptor.PID_OFFSET, process.pid());
        UnsafeApi.putLong(entry + StoreDescriptor.START_OFFSET, process.startTicks());
        UnsafeApi.putLong(entry + StoreDescriptor.LEASED_OFFSET, 0);
        putInboxName(entry, inboxName);
        Steps.reached(Step.ADMIT_ENTRY_FILLED);
        state(id, StoreDescriptor.CLIENT_ACTIVE);
        Steps.reached(Step.ADMIT_ACTIVE);
        add(session);
        return session;
    }

    /** Makes a session, without lanes, of each client of the store before, the dead included: what they had sent is still to come. */
    void recover() {
        for (int id = 1; id <= config.maxClients(); id++) {
            final long entry = StoreDescriptor.clientAddress(files.storeAddress, id);
            if (UnsafeApi.getInt(entry + StoreDescriptor.STATE_OFFSET) == StoreDescriptor.CLIENT_FREE) {
                files.deletePinTable(id);
            } else {
                final ProcessIdentity process = FoundFiles.process(entry);
                // Counted anew with its cells; who has none left would keep what it had.
                UnsafeApi.putLongRelease(null, entry + StoreDescriptor.LEASED_OFFSET, 0);
                add(new ClientSession(
                        id,
                        process,
                        UnsafeApi.getInt(entry + StoreDescriptor.JOB_OFFSET),
                        files.reopenPinTable(id, process),
                        inboxName(entry)));
            }
        }
    }

    /** The session that a process has with this inbox, and has not left; or null. */
    ClientSession find(final ProcessIdentity process, final String inboxName) {
        for (final ClientSession session : all) {
            if (session.process.equals(process) && session.inboxName.equals(inboxName) && !session.hasLeft()) {
                return session;
            }
        }
        return null;
    }

    /** Takes a client out; its cells are the caller's to free, before. */
    void remove(final ClientSession session) {
        sessions.remove(session.id);
        all.remove(session);
        session.close();
        Steps.reached(Step.CLIENT_PIN_TABLE_DELETED);
        state(session.id, StoreDescriptor.CLIENT_FREE);
        publish();
    }

    /** Unmaps the pin tables and closes the lanes; all stays for the next store. */
    void suspend() {
        all.forEach(ClientSession::suspend);
        all.clear();
        sessions.clear();
    }

    /** The store before had begun to remove it. */
    boolean isClosing(final int id) {
        return UnsafeApi.getInt(StoreDescriptor.clientAddress(files.storeAddress, id) + StoreDescriptor.STATE_OFFSET)
                == StoreDescriptor.CLIENT_CLOSING;
    }

    void state(final int id, final int state) {
        UnsafeApi.putIntRelease(
                null, StoreDescriptor.clientAddress(files.storeAddress, id) + StoreDescriptor.STATE_OFFSET, state);
    }

    private void add(final ClientSession session) {
        sessions.put(session.id, session);
        all.add(session);
        publish();
    }

    private static void putInboxName(final long entry, final String inboxName) {
        final byte[] name = inboxName.getBytes(StandardCharsets.UTF_8);
        final int length = Math.min(name.length, StoreDescriptor.INBOX_LENGTH);
        for (int i = 0; i < length; i++) {
            UnsafeApi.putByte(entry + StoreDescriptor.INBOX_OFFSET + i, name[i]);
        }
        UnsafeApi.putInt(entry + StoreDescriptor.INBOX_LENGTH_OFFSET, length);
    }

    private static String inboxName(final long entry) {
        final int length = UnsafeApi.getInt(entry + StoreDescriptor.INBOX_LENGTH_OFFSET);
        final byte[] name = new byte[Math.max(0, Math.min(length, StoreDescriptor.INBOX_LENGTH))];
        for (int i = 0; i < name.length; i++) {
            name[i] = UnsafeApi.getByte(entry + StoreDescriptor.INBOX_OFFSET + i);
        }
        return new String(name, StandardCharsets.UTF_8);
    }

    private void publish() {
        UnsafeApi.putLongRelease(null, files.storeAddress + StoreDescriptor.ADMITTED_OFFSET, all.size());
    }
}
