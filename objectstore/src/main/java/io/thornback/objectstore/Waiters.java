/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.ObjectReadyEncoder;
import io.thornback.transport.wire.RefusalCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who waits for which object to be sealed. One thread, the agent. */
final class Waiters {
    private record Key(int clientId, long correlationId) {}

    /** Word 0: answered by message. */
    private record Waiter(ClientSession client, long correlationId, int word, int sequence) {}

    private final Map<ObjectId, List<Waiter>> byObject = new HashMap<>();
    private final Map<Key, ObjectId> byRequest = new HashMap<>();
    private final Outbox outbox;

    Waiters(final Outbox outbox) {
        this.outbox = outbox;
    }

    boolean isEmpty() {
        return byObject.isEmpty();
    }

    void add(
            final ClientSession client,
            final long correlationId,
            final ObjectId id,
            final int word,
            final int sequence) {
        if (byRequest.putIfAbsent(new Key(client.id, correlationId), id) == null) {
            byObject.computeIfAbsent(id, ignored -> new ArrayList<>(1))
                    .add(new Waiter(client, correlationId, word, sequence));
        }
    }

    /** The object is there: tells all who wait for it. */
    void sealed(final ObjectId id, final int cell) {
        final List<Waiter> waiters = byObject.remove(id);
        if (waiters != null) {
            for (final Waiter waiter : waiters) {
                byRequest.remove(new Key(waiter.client.id, waiter.correlationId));
                ready(waiter.client, waiter.correlationId, id, cell, waiter.word, waiter.sequence);
            }
        }
    }

    boolean isAwaited(final ObjectId id) {
        return byObject.containsKey(id);
    }

    /** The object will not come: tells all who wait for it. */
    void refuse(final ObjectId id, final RefusalCode code, final long limit, final String why) {
        final List<Waiter> waiters = byObject.remove(id);
        if (waiters != null) {
            for (final Waiter waiter : waiters) {
                byRequest.remove(new Key(waiter.client.id, waiter.correlationId));
                outbox.refused(waiter.correlationId, code, limit, why).tell(waiter.client);
            }
        }
    }

    /** Wakes the thread that waits on the word itself; or tells the client, which then does. */
    void ready(
            final ClientSession client,
            final long correlationId,
            final ObjectId id,
            final int cell,
            final int word,
            final int sequence) {
        if (word > 0 && word <= PinTableDescriptor.WAIT_WORDS) {
            WaitWords.signal(client.pinTable.address(), word - 1, sequence);
            return;
        }
        outbox.fixed(ObjectReadyEncoder.TEMPLATE_ID, ObjectReadyEncoder.BLOCK_LENGTH)
                .putLong(ObjectReadyEncoder.correlationIdEncodingOffset(), correlationId)
                .putInt(ObjectReadyEncoder.cellEncodingOffset(), cell)
                .putId(ObjectReadyEncoder.objectIdEncodingOffset(), id)
                .tell(client);
    }

    /** True if there was such a wait. */
    boolean cancel(final ClientSession client, final long correlationId) {
        final ObjectId id = byRequest.remove(new Key(client.id, correlationId));
        if (id == null) {
            return false;
        }
        byObject.computeIfPresent(id, (ignored, waiters) -> {
            waiters.removeIf(waiter -> waiter.client == client && waiter.correlationId == correlationId);
            return waiters.isEmpty() ? null : waiters;
        });
        return true;
    }

    void forget(final ClientSession client) {
        byRequest.keySet().removeIf(key -> key.clientId == client.id);
        byObject.values().removeIf(waiters -> {
            waiters.removeIf(waiter -> waiter.client == client);
            return waiters.isEmpty();
        });
    }
}
