/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import io.thornback.ids.ActorId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/** The node's actors in shared memory, where the raylet writes them. The raylet's agent's. */
public final class ActorBoard implements AutoCloseable {
    private final SlotFile slots;
    private final Map<ActorId, Integer> living = new HashMap<>();
    /** In the order of their deaths. */
    private final Map<ActorId, Integer> dead = new LinkedHashMap<>();

    private int used;

    private ActorBoard(final SlotFile slots) {
        this.slots = slots;
    }

    /**
     * Makes the file.
     *
     * @param shmDir the session's shared memory.
     * @param capacity most actors that are shown.
     */
    public static ActorBoard create(final Path shmDir, final int capacity) {
        return new ActorBoard(SlotFile.create(
                ObserveFiles.actors(shmDir), SlotFileDescriptor.ACTORS, ActorSlotDescriptor.LENGTH, capacity));
    }

    /** Brings an actor up to date. */
    public void put(final ActorInfo actor) {
        final int slot = slotFor(actor.id(), actor.phase() == ActorPhase.DEAD);
        if (slot < 0) {
            slots.countLost();
            return;
        }
        final int at = slots.begin(slot);
        if (at == SlotFile.IN_USE) {
            return; // never, with one writer
        }
        final UnsafeBuffer buffer = slots.buffer();
        actor.id().write(buffer, at + ActorSlotDescriptor.ACTOR_ID_OFFSET);
        buffer.putLong(at + ActorSlotDescriptor.PID_OFFSET, actor.pid());
        buffer.putLong(at + ActorSlotDescriptor.CREATED_NS_OFFSET, actor.createdNs());
        buffer.putLong(at + ActorSlotDescriptor.CHANGED_NS_OFFSET, actor.changedNs());
        buffer.putInt(at + ActorSlotDescriptor.STATE_OFFSET, actor.phase().code());
        buffer.putInt(at + ActorSlotDescriptor.WORKER_OFFSET, actor.worker());
        buffer.putInt(at + ActorSlotDescriptor.RESTARTS_OFFSET, actor.restarts());
        Text.put(buffer, at + ActorSlotDescriptor.NAME_OFFSET, ActorSlotDescriptor.NAME_LENGTH, actor.name());
        Text.put(buffer, at + ActorSlotDescriptor.WHAT_OFFSET, ActorSlotDescriptor.WHAT_LENGTH, actor.what());
        Text.put(buffer, at + ActorSlotDescriptor.REASON_OFFSET, ActorSlotDescriptor.REASON_LENGTH, actor.reason());
        slots.end(at);
    }

    private int slotFor(final ActorId id, final boolean isDead) {
        final Integer known = living.containsKey(id) ? living.remove(id) : dead.remove(id);
        final int slot = known != null ? known : newSlot();
        if (slot >= 0) {
            (isDead ? dead : living).put(id, slot);
        }
        return slot;
    }

    private int newSlot() {
        if (used < slots.capacity()) {
            return used++;
        }
        final Iterator<Integer> oldest = dead.values().iterator();
        if (!oldest.hasNext()) {
            return -1;
        }
        final int slot = oldest.next();
        oldest.remove();
        return slot;
    }

    @Override
    public void close() {
        slots.close();
    }
}
