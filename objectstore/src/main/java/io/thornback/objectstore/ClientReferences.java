/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The objects that this client holds, so that it can say so again to a restarted store. Any thread.
 *
 * <p>What is said of one id is said in the order in which it became true: the message is sent under the map's lock of that id, so that a drop cannot come
 * between an add that is said again and its sending. A message that finds no room is sent later, and then says what is true then.
 */
final class ClientReferences {
    private final ConcurrentHashMap<ObjectId, Boolean> held = new ConcurrentHashMap<>();
    /** Dropped on the feeding thread while there was no store; the old lane may still say that they are held. */
    private final Set<ObjectId> unsaid = ConcurrentHashMap.newKeySet();

    private final StoreLane lane;
    /** Said again with them. */
    final ObjectHolds holds;

    ClientReferences(final StoreLane lane) {
        this.lane = lane;
        this.holds = new ObjectHolds(lane);
    }

    void add(final ObjectId id) {
        say(id, true);
    }

    void drop(final ObjectId id) {
        say(id, false);
    }

    /** To a restarted store, on the feeding thread: everything, and then that this was all. */
    void sayAgain(final long epoch) {
        for (final ObjectId id : held.keySet()) {
            lane.reference(id, this::trySay);
        }
        unsaid.removeIf(id -> lane.reference(id, this::trySay));
        holds.sayAgain();
        lane.referencesComplete(epoch);
    }

    private void say(final ObjectId id, final boolean isHeld) {
        final boolean[] sent = new boolean[1];
        held.compute(id, (key, before) -> {
            sent[0] = lane.tryReference(key, isHeld);
            return isHeld ? Boolean.TRUE : null;
        });
        if (!sent[0] && !lane.reference(id, this::trySay)) {
            unsaid.add(id);
        }
    }

    /** Says what is true now. */
    private boolean trySay(final ObjectId id) {
        final boolean[] sent = new boolean[1];
        held.compute(id, (key, isHeld) -> {
            sent[0] = lane.tryReference(key, isHeld != null);
            return isHeld;
        });
        return sent[0];
    }
}
