/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Seals that lost against another object of the same id, until somebody is told. Any thread. */
final class RejectedSeals {
    private final Queue<ObjectId> untold = new ConcurrentLinkedQueue<>();
    /** Null: who flushes is told. */
    private final Consumer<ObjectId> listener;

    RejectedSeals(final Consumer<ObjectId> listener) {
        this.listener = listener;
    }

    /** On the feeding thread. */
    void add(final ObjectId id) {
        if (listener != null) {
            listener.accept(id);
        } else {
            untold.add(id);
        }
    }

    /** Throws what there is, the first with the others as suppressed exceptions. */
    void throwAll() {
        ObjectExistsException first = null;
        for (ObjectId id = untold.poll(); id != null; id = untold.poll()) {
            final ObjectExistsException next = new ObjectExistsException(id);
            if (first == null) {
                first = next;
            } else {
                first.addSuppressed(next);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
