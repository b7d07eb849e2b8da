/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntHashSet;
import org.agrona.collections.Object2IntHashMap;

/**
 * Who has references to which objects, and which objects go because nobody has one any more. One thread, the agent.
 *
 * <p>Holders are clients, each with a set of ids, and objects that contain references ({@link Contents}), each with the ids that it contains. A message that comes twice
 * changes nothing; how many hold an object is derived from the sets. What is true at every moment:
 *
 * <ol>
 *   <li>Nothing goes by counting before a hold on it was given up: an object that nobody but its maker ever knew of is not in here, and its maker deletes it.
 *   <li>A container holds what it contains from the message that seals it until it is deleted, in memory or on disk. What it contains is written in it, so a store that
 *       comes after another finds it there.
 *   <li>Whoever passes a reference on holds the object until the receiver's hold is committed in the receiver's lane. So when the last known hold falls, another one that there
 *       may be lies in some lane, below the position up to which that is filled; and the object is deleted only if there is none when every lane has been
 *       read up to there ({@link Undecided}).
 *   <li>A client that dies has had its lane read out before its holds fall.
 *   <li>After a restart of the store nothing goes until every living client has said again what it holds.
 * </ol>
 *
 * <p>The holds of what is deleted fall in the next duty cycle, not in a recursion: references may be nested as deep as a list is long. Containers that hold each other stay until
 * their job ends. So does an object whose last holder died while there was no store.
 */
final class Holds {
    private static final int NOBODY = 0;

    private final Int2ObjectHashMap<Set<ObjectId>> byClient = new Int2ObjectHashMap<>();
    private final Map<ObjectId, ObjectId[]> contents = new HashMap<>();
    private final Object2IntHashMap<ObjectId> holders = new Object2IntHashMap<>(NOBODY);
    /** Clients that have not said again what they hold. */
    private final IntHashSet silent = new IntHashSet();
    /** Nobody held these when they were last looked at. */
    private Set<ObjectId> fallen = new LinkedHashSet<>();
    /** A decision on earlier ones waits for lanes to be read; one at a time, so what waits is bounded. */
    private boolean deciding;

    void hold(final int clientId, final ObjectId id) {
        if (byClient.computeIfAbsent(clientId, ignored -> new HashSet<>()).add(id)) {
            add(id);
        }
    }

    /** Also of what the client was not known to hold: its hold may have been said to a store before this one. */
    void release(final int clientId, final ObjectId id) {
        final Set<ObjectId> held = byClient.get(clientId);
        if (held != null && held.remove(id)) {
            if (held.isEmpty()) {
                byClient.remove(clientId);
            }
            drop(id);
        } else if (holders.getValue(id) == NOBODY) {
            fallen.add(id);
        }
    }

    /** The client is gone. */
    void forget(final int clientId) {
        final Set<ObjectId> held = byClient.remove(clientId);
        if (held != null) {
            held.forEach(this::drop);
        }
        complete(clientId);
    }

    /** The object was sealed, or found, and contains references to these. */
    void contains(final ObjectId container, final ObjectId[] ids) {
        final ObjectId[] distinct = Arrays.stream(ids).distinct().toArray(ObjectId[]::new);
        final ObjectId[] before = contents.put(container, distinct);
        for (final ObjectId id : distinct) {
            add(id);
        }
        dropAll(before);
    }

    /** The object is deleted. */
    void deleted(final ObjectId id) {
        if (!contents.isEmpty()) {
            dropAll(contents.remove(id));
        }
    }

    /** After a restart: these live and will say what they hold. */
    void await(final Iterable<ClientSession> clients) {
        for (final ClientSession client : clients) {
            silent.add(client.id);
        }
    }

    /** The client has said all. */
    void complete(final int clientId) {
        silent.remove(clientId);
    }

    boolean isHeld(final ObjectId id) {
        return !silent.isEmpty() || holders.getValue(id) != NOBODY;
    }

    /**
     * Decides on what has fallen, now or when the lanes have been read up to where they are filled now.
     *
     * @param delete gets each object that nobody holds; it may not be there
     * @return how many were looked at
     */
    int poll(final Undecided undecided, final Consumer<ObjectId> delete) {
        if (fallen.isEmpty() || deciding || !silent.isEmpty()) {
            return 0;
        }
        final List<ObjectId> batch = new ArrayList<>(fallen);
        fallen = new LinkedHashSet<>();
        deciding = true;
        undecided.decideInOrder(null, () -> {
            deciding = false;
            for (final ObjectId id : batch) {
                if (holders.getValue(id) == NOBODY) {
                    delete.accept(id);
                }
            }
        });
        return batch.size();
    }

    private void add(final ObjectId id) {
        holders.put(id, holders.getValue(id) + 1);
    }

    private void dropAll(final ObjectId[] ids) {
        if (ids != null) {
            for (final ObjectId id : ids) {
                drop(id);
            }
        }
    }

    private void drop(final ObjectId id) {
        final int after = holders.getValue(id) - 1;
        if (after == NOBODY) {
            holders.removeKey(id);
            fallen.add(id);
        } else {
            holders.put(id, after);
        }
    }
}
