/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntHashSet;
import org.agrona.collections.Object2IntHashMap;

/**
 * Which clients hold which objects: sets of (client, id), so that a message that comes twice changes nothing. The number of holders per object is derived
 * from the sets. Object and reference are independent: an id can be held before it is sealed and after it is deleted.
 *
 * <p>After a restart of the store every object counts as held, until each client that lives has said again what it holds. One thread, the agent.
 */
final class References {
    private static final int NO_HOLDERS = 0;

    private final Int2ObjectHashMap<Set<ObjectId>> byClient = new Int2ObjectHashMap<>();
    private final Object2IntHashMap<ObjectId> holders = new Object2IntHashMap<>(NO_HOLDERS);
    /** Clients that have not said yet what they hold. */
    private final IntHashSet silent = new IntHashSet();

    /** True if the object had no holder before. */
    boolean add(final int clientId, final ObjectId id) {
        if (!byClient.computeIfAbsent(clientId, ignored -> new HashSet<>()).add(id)) {
            return false;
        }
        final int before = holders.getValue(id);
        holders.put(id, before + 1);
        return before == NO_HOLDERS;
    }

    /** True if the object has no holder any more. */
    boolean drop(final int clientId, final ObjectId id) {
        final Set<ObjectId> held = byClient.get(clientId);
        if (held == null || !held.remove(id)) {
            return false;
        }
        if (held.isEmpty()) {
            byClient.remove(clientId);
        }
        return release(id);
    }

    /**
     * The client is gone.
     *
     * @param unheld gets each object that has no holder any more
     * @return true if it was the last whose references were awaited: {@link #isHeld} may answer otherwise now, for any object
     */
    boolean forget(final int clientId, final Consumer<ObjectId> unheld) {
        final Set<ObjectId> held = byClient.remove(clientId);
        if (held != null) {
            for (final ObjectId id : held) {
                if (release(id)) {
                    unheld.accept(id);
                }
            }
        }
        return complete(clientId);
    }

    /** After a restart: these clients live and will say what they hold. */
    void await(final Iterable<ClientSession> clients) {
        for (final ClientSession client : clients) {
            silent.add(client.id);
        }
    }

    /** The client has said all; true if it was the last. */
    boolean complete(final int clientId) {
        return silent.remove(clientId) && silent.isEmpty();
    }

    boolean isHeld(final ObjectId id) {
        return !silent.isEmpty() || holders.getValue(id) != NO_HOLDERS;
    }

    private boolean release(final ObjectId id) {
        final int after = holders.getValue(id) - 1;
        if (after == NO_HOLDERS) {
            holders.removeKey(id);
        } else {
            holders.put(id, after);
        }
        return after == NO_HOLDERS;
    }
}
