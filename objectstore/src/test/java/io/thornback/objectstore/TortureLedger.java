/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** What the logs of all clients, dead and alive, add up to: which objects must be there, which may, and, all others, which must not. */
final class TortureLedger {
    /** What is known of an object. */
    enum Fate {
        THERE,
        PERHAPS,
        GONE
    }

    private static final class Entry {
        private boolean put;
        private boolean never;
        private boolean deleted;
        /** Clients that were about to delete it. */
        private final Set<Integer> deleting = new HashSet<>();

        Fate fate() {
            if (deleted || never) {
                return Fate.GONE;
            }
            return put && deleting.isEmpty() ? Fate.THERE : Fate.PERHAPS;
        }
    }

    private final Map<Long, Entry> entries = new HashMap<>();
    private final Map<Path, Long> positions = new HashMap<>();

    /** Reads what has come to the log of a client. */
    void read(final Path log, final int client) {
        positions.put(
                log,
                TortureLog.read(log, positions.getOrDefault(log, 0L), (kind, number) -> add(kind, number, client)));
    }

    private void add(final int kind, final long number, final int client) {
        final Entry entry = entries.computeIfAbsent(number, ignored -> new Entry());
        switch (kind) {
            case TortureLog.PUTTING -> {}
            case TortureLog.PUT -> entry.put = true;
            case TortureLog.NEVER -> entry.never = true;
            case TortureLog.DELETING, TortureLog.DELETING_BLINDLY -> entry.deleting.add(client);
            case TortureLog.DELETED -> entry.deleted = true;
            default -> throw new AssertionError("kind=" + kind);
        }
    }

    Fate fate(final long number) {
        final Entry entry = entries.get(number);
        return entry == null ? Fate.GONE : entry.fate();
    }

    List<Long> numbers() {
        return new ArrayList<>(entries.keySet());
    }

    int size() {
        return entries.size();
    }

    /** The harness has deleted it, or has seen that it is gone for good. */
    void forget(final long number) {
        entries.remove(number);
    }

    /**
     * It was looked for when everything that the dead had said was applied: what only the dead were about to do is decided for
     * good.
     */
    void seen(final long number, final boolean there, final IntPredicate isAlive) {
        final Entry entry = entries.get(number);
        entry.deleting.removeIf(client -> !isAlive.test(client));
        final boolean makerIsDone = entry.put || !isAlive.test(TortureObjects.maker(number));
        if (there) {
            entry.put |= makerIsDone;
        } else if (makerIsDone) {
            entries.remove(number);
        }
    }
}
