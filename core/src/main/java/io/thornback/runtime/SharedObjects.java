/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectStoreClient;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The objects that this process shares with others: its own, of which references have left it, and those of others, of which references have come. It holds each of them in the
 * store as long as their entry here is reachable. Thread-safe.
 *
 * <p>Rules, on which {@code Holds} in the store relies:
 *
 * <ol>
 *   <li>An object is held before the bytes of a reference to it are given to anybody ({@link #escape}).
 *   <li>What is told to somebody contains references only if it is held until they have their own hold: a call's arguments by its caller, until the result has come; any
 *       other value by the store, which knows what an object contains.
 *   <li>A reference that is read is held before the reader goes on ({@link #borrowed}). So whoever has run a task holds what its arguments contained before it sends a result.
 * </ol>
 */
final class SharedObjects {
    private final ObjectStoreClient store;
    private final Owner self;
    private final Promoter promoter;
    private final Executor background;
    private final Map<ObjectId, WeakReference<ObjectEntry>> entries = new ConcurrentHashMap<>();

    /** Puts the value of an entry that is done into the store, if it is not there; or its failure. */
    interface Promoter {
        void promote(ObjectEntry entry);
    }

    SharedObjects(final ObjectStoreClient store, final Owner self, final Promoter promoter, final Executor background) {
        this.store = store;
        this.self = self;
        this.promoter = promoter;
        this.background = background;
    }

    /** A reference that is about to leave the process inside a value: others will look for the object in the store. */
    byte[] escape(final ObjectEntry entry) {
        if (share(entry)) {
            if (entry.isDone()) {
                promoter.promote(entry);
            } else {
                entry.onDone(() -> promoter.promote(entry), background);
            }
        }
        return entry.owner(self).reference(entry.id);
    }

    /**
     * Holds the object in the store from now on, as one that others may know; the lock makes a second thread wait until the hold is told.
     *
     * @return false if it was before
     */
    boolean share(final ObjectEntry entry) {
        final ObjectEntry.ObjectLife life = entry.life();
        if (life.escaped) {
            return false;
        }
        synchronized (life) {
            if (life.escaped) {
                return false;
            }
            store.holds().hold(entry.id);
            entries.put(entry.id, new WeakReference<>(entry));
            life.escaped = true;
            return true;
        }
    }

    /**
     * The entry of a reference that has come.
     *
     * @param maker makes an entry that ends with {@link #released}; its object is held already
     */
    ObjectEntry borrowed(final ObjectId id, final Maker maker) {
        final ObjectEntry known = find(id);
        if (known != null) {
            return known; // held as long as this entry is reachable
        }
        store.holds().hold(id);
        final ObjectEntry entry = maker.make(id);
        entries.put(id, new WeakReference<>(entry));
        return entry;
    }

    /** Makes an entry. */
    interface Maker {
        ObjectEntry make(ObjectId id);
    }

    /** The entry, if it is reachable; else null. */
    ObjectEntry find(final ObjectId id) {
        final WeakReference<ObjectEntry> known = entries.get(id);
        return known == null ? null : known.get();
    }

    /** An entry that was shared is unreachable. */
    void released(final ObjectId id) {
        entries.computeIfPresent(id, (key, entry) -> entry.get() == null ? null : entry);
        store.holds().release(id);
    }
}
