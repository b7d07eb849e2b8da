/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ObjectRef;
import io.thornback.objectstore.ObjectId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A reference of this process to an object. */
final class RuntimeRef<T> implements ObjectRef<T> {
    private final ObjectEntry entry;
    private final ObjectTable objects;

    RuntimeRef(final ObjectEntry entry, final ObjectTable objects) {
        this.entry = entry;
        this.objects = objects;
    }

    ObjectEntry entry() {
        return entry;
    }

    ObjectTable objects() {
        return objects;
    }

    @Override
    public ObjectId id() {
        return entry.id;
    }

    @Override
    public T get() {
        return value(null);
    }

    @Override
    public T get(final Duration timeout) {
        return value(timeout);
    }

    /** The compiler knew the type when the reference was made; here it is gone. */
    @SuppressWarnings("unchecked")
    private T value(final Duration timeout) {
        return (T) objects.value(entry, timeout, Object.class);
    }

    @Override
    public boolean cancel() {
        return objects.cancel(entry, false);
    }

    @Override
    public boolean cancelForcibly() {
        return objects.cancel(entry, true);
    }

    @Override
    public boolean isReady() {
        return entry.isDone();
    }

    @Override
    public CompletableFuture<T> toCompletableFuture() {
        return entry.done().thenApplyAsync(done -> value(Duration.ZERO.plus(Limits.STORE_TIMEOUT)));
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof RuntimeRef<?> ref && ref.entry.id.equals(entry.id);
    }

    @Override
    public int hashCode() {
        return entry.id.hashCode();
    }

    @Override
    public String toString() {
        return "ObjectRef(" + entry.id + ")";
    }
}
