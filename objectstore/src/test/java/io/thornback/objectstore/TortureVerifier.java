/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.objectstore.TortureLedger.Fate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Looks at the store when nobody works, through its files and as a client of its own. */
final class TortureVerifier {
    private static final Duration BOUND = Duration.ofSeconds(TortureChild.BOUND_SECONDS);
    private static final int MAX_KEPT = 300;

    final TortureLedger ledger = new TortureLedger();
    long objectsVerified;

    private final TortureNode node;
    private int connected;

    TortureVerifier(final TortureNode node) {
        this.node = node;
    }

    /** Every living client is paused. Nothing may be lost, torn, leaked or come back. */
    void verify(final Random random) {
        for (int number = 1; number <= node.lastNumber(); number++) {
            final Path log = node.log(number);
            if (log.toFile().exists()) {
                ledger.read(log, number);
                if (!node.isAlive(number)) {
                    TortureLog.delete(log);
                }
            }
        }
        final Map<Integer, Integer> pinsOf = new HashMap<>();
        node.clients.forEach(client -> pinsOf.put(client.clientId, client.pins));
        audit(pinsOf, number -> true); // that is: all the dead are gone, and what they had said is applied
        try (ObjectStoreClient client = connect()) {
            for (final long number : ledger.numbers()) {
                look(client, number);
            }
            for (int which = 0; which < TortureObjects.CONTESTED; which++) {
                try (ObjectBuffer object = client.get(TortureObjects.contestedId(which))) {
                    if (object != null) {
                        TortureObjects.checkContested(object, which);
                        objectsVerified++;
                    }
                }
            }
            deleteSome(client, random, MAX_KEPT);
        }
        audit(pinsOf, number -> ledger.fate(number) != Fate.GONE);
    }

    /** All clients have left. When all is deleted nothing is used, and the whole arena is one piece again. */
    void verifyThatAllCanGo(final Random random, final long arenaBytes) {
        verify(random);
        try (ObjectStoreClient client = connect()) {
            deleteSome(client, random, 0);
            for (int which = 0; which < TortureObjects.CONTESTED; which++) {
                client.delete(TortureObjects.contestedId(which));
            }
            client.flush(BOUND);
            final long half = arenaBytes / 2;
            try (WritableObject low = client.create(TortureObjects.id(1), half, BOUND);
                    WritableObject high = client.create(TortureObjects.id(2), half, BOUND)) {
                low.putLong(half - Long.BYTES, 1);
                high.putLong(half - Long.BYTES, 1);
            }
        }
        audit(Map.of(), number -> false);
        final StoreCounters end = StoreCounters.read(node.shm);
        if (end.usedBytes() != 0 || end.leasedBytes() != 0 || end.objects() != 0) {
            throw new AssertionError("something is left of nothing: " + end);
        }
    }

    private ObjectStoreClient connect() {
        return ObjectStoreClient.connect(ClientOptions.of(node.shm, "verifier-" + ++connected, TortureObjects.JOB)
                .withTimeouts(BOUND, BOUND));
    }

    private void look(final ObjectStoreClient client, final long number) {
        final ObjectId id = TortureObjects.id(number);
        final Fate fate = ledger.fate(number);
        if (fate == Fate.THERE) {
            try (ObjectBuffer object = client.get(id, BOUND)) {
                TortureObjects.check(object, number);
                objectsVerified++;
            } catch (final ObjectTimeoutException e) {
                throw new AssertionError("object " + Long.toHexString(number) + " was promised, and is lost", e);
            }
        } else if (fate == Fate.GONE) {
            eventually("object " + Long.toHexString(number) + " is gone", () -> !client.contains(id));
            ledger.forget(number);
        } else {
            try (ObjectBuffer object = client.contains(id) ? client.get(id, BOUND) : null) {
                if (object != null) {
                    TortureObjects.check(object, number);
                    objectsVerified++;
                }
                ledger.seen(number, object != null, node::isAlive);
            }
        }
    }

    /** So that neither arena nor ledger grow for ever. */
    private void deleteSome(final ObjectStoreClient client, final Random random, final int kept) {
        if (ledger.size() <= kept) {
            return;
        }
        final List<Long> numbers = ledger.numbers();
        Collections.sort(numbers);
        Collections.shuffle(numbers, random);
        for (final long number : numbers.subList(kept / 2, numbers.size())) {
            if (ledger.fate(number) == Fate.THERE) {
                for (int place = 0; place < TortureBoard.OBJECTS; place++) {
                    node.board.take(place, number);
                }
                client.delete(TortureObjects.id(number));
                ledger.forget(number);
            }
        }
        client.flush(BOUND);
    }

    private void audit(final Map<Integer, Integer> pinsOf, final java.util.function.LongPredicate mayBeThere) {
        final long deadlineNs = System.nanoTime() + BOUND.toNanos();
        while (true) {
            final List<String> complaints;
            try (TortureAudit audit = new TortureAudit(node.shm)) {
                complaints = audit.run(pinsOf, mayBeThere);
            }
            if (complaints.isEmpty()) {
                return;
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("the store's files at rest:\n  " + String.join("\n  ", complaints));
            }
            TortureNode.pause(2);
        }
    }

    private static void eventually(final String what, final java.util.function.BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(TortureChild.BOUND_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("not after " + BOUND + ": " + what);
            }
            TortureNode.pause(1);
        }
    }
}
