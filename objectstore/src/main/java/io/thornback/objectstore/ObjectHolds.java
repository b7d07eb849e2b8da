/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.HoldObjectEncoder;
import io.thornback.transport.wire.ReleaseObjectEncoder;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The references that this client's process has, counted by object: the store hears of the first and of the end of the last. An object that was held goes when no client and no
 * object that contains references holds it any more. Any thread.
 *
 * <p>When {@link #hold} has returned, the hold is in the lane to the store, or the next store will be told: whoever passed the reference on may let go then. That
 * is not so on the thread that feeds the client while there is no store, for that thread cannot wait.
 *
 * <p>What is said of one id is said under the map's lock of that id, in the order in which it became true; what found no room is said later, and then what is true then.
 */
public final class ObjectHolds {
    private static final class Holding {
        int count;
        /** In the lane; a second reference need not be told, but must not be used before the first was. */
        boolean isTold;
    }

    private final ConcurrentHashMap<ObjectId, Holding> held = new ConcurrentHashMap<>();
    /** Ends that could not be told at once, for want of room or of a store; the feeding thread tells them. */
    private final Set<ObjectId> unsaid = ConcurrentHashMap.newKeySet();

    private final StoreLane lane;

    ObjectHolds(final StoreLane lane) {
        this.lane = lane;
    }

    /**
     * There is one more reference. The object need not be there yet. Waits for room in the lane, or for a store.
     *
     * @throws StoreUnavailableException if there is none in time; the reference does not count then
     */
    public void hold(final ObjectId id) {
        final boolean[] told = new boolean[1];
        held.compute(id, (key, before) -> {
            final Holding now = before == null ? new Holding() : before;
            now.count++;
            now.isTold = now.isTold || lane.tryTold(HoldObjectEncoder.TEMPLATE_ID, key);
            told[0] = now.isTold;
            return now;
        });
        if (!told[0]) {
            boolean counted = false;
            try {
                lane.reference(id, this::trySay);
                counted = true;
            } finally {
                if (!counted) {
                    release(id); // another thread may have told it meanwhile
                }
            }
        }
    }

    /** One reference is gone. Never waits: an end that finds no room, or no store, is told later. */
    public void release(final ObjectId id) {
        held.computeIfPresent(id, (key, now) -> {
            if (--now.count > 0) {
                return now;
            }
            if (now.isTold && !lane.tryTold(ReleaseObjectEncoder.TEMPLATE_ID, key)) {
                unsaid.add(key);
            }
            return null;
        });
    }

    /** To a restarted store, on the feeding thread: everything. */
    void sayAgain() {
        for (final ObjectId id : held.keySet()) {
            lane.reference(id, this::trySay);
        }
        say(id -> lane.reference(id, this::trySay));
    }

    /**
     * Tells ends that could not be told at once, as far as there is room. Called by the thread that feeds the client, at least once a second.
     *
     * @return how many
     */
    public int sayUnsaid() {
        return unsaid.isEmpty() ? 0 : say(this::trySay);
    }

    private int say(final Predicate<ObjectId> attempt) {
        int said = 0;
        for (final Iterator<ObjectId> each = unsaid.iterator(); each.hasNext(); ) {
            final ObjectId id = each.next();
            each.remove(); // first: it may have to be said once more while it is said
            if (!attempt.test(id)) {
                unsaid.add(id);
                return said;
            }
            said++;
        }
        return said;
    }

    /** Says what is true now. */
    private boolean trySay(final ObjectId id) {
        final boolean[] told = new boolean[1];
        held.compute(id, (key, now) -> {
            told[0] = lane.tryTold(now == null ? ReleaseObjectEncoder.TEMPLATE_ID : HoldObjectEncoder.TEMPLATE_ID, key);
            if (now != null && told[0]) {
                now.isTold = true;
            }
            return now;
        });
        return told[0];
    }
}
