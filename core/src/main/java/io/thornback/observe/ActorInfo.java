/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import io.thornback.ids.ActorId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;

/**
 * An actor as a node shows it.
 *
 * @param id which; with its job.
 * @param phase where it is in its life.
 * @param name that it was given; empty: none; at most 63 bytes.
 * @param what creates it; at most 63 bytes.
 * @param worker number of its worker; 0: none now.
 * @param pid of its worker; 0: none now.
 * @param restarts how often it was made again.
 * @param createdNs when it was asked for, by the host's monotonic clock.
 * @param changedNs when its phase changed last.
 * @param reason why it is dead; empty while it is not; at most 127 bytes.
 */
public record ActorInfo(
        ActorId id,
        ActorPhase phase,
        String name,
        String what,
        int worker,
        long pid,
        int restarts,
        long createdNs,
        long changedNs,
        String reason) {

    /**
     * The actors of a node, in the order of their creation; of the dead, those that died last. Reads shared memory; the raylet may be stuck or dead.
     *
     * @param shmDir the session's shared memory.
     * @throws ObserveException if the file is of another release, or damaged.
     */
    public static List<ActorInfo> list(final Path shmDir) {
        final List<ActorInfo> actors = new ArrayList<>();
        SlotReader.open(ObserveFiles.actors(shmDir), SlotFileDescriptor.ACTORS, ActorSlotDescriptor.LENGTH)
                .ifPresent(reader -> {
                    try (reader) {
                        reader.forEach(slot -> read(slot).ifPresent(actors::add));
                    }
                });
        actors.sort(Comparator.comparingLong(ActorInfo::createdNs));
        return actors;
    }

    private static Optional<ActorInfo> read(final DirectBuffer slot) {
        final ActorPhase phase = ActorPhase.of(slot.getInt(ActorSlotDescriptor.STATE_OFFSET));
        if (phase == null) {
            return Optional.empty(); // not written by this release
        }
        return Optional.of(new ActorInfo(
                ActorId.read(slot, ActorSlotDescriptor.ACTOR_ID_OFFSET),
                phase,
                Text.get(slot, ActorSlotDescriptor.NAME_OFFSET, ActorSlotDescriptor.NAME_LENGTH),
                Text.get(slot, ActorSlotDescriptor.WHAT_OFFSET, ActorSlotDescriptor.WHAT_LENGTH),
                slot.getInt(ActorSlotDescriptor.WORKER_OFFSET),
                slot.getLong(ActorSlotDescriptor.PID_OFFSET),
                slot.getInt(ActorSlotDescriptor.RESTARTS_OFFSET),
                slot.getLong(ActorSlotDescriptor.CREATED_NS_OFFSET),
                slot.getLong(ActorSlotDescriptor.CHANGED_NS_OFFSET),
                Text.get(slot, ActorSlotDescriptor.REASON_OFFSET, ActorSlotDescriptor.REASON_LENGTH)));
    }
}
