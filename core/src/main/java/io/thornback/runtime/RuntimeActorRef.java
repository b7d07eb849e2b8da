/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.ids.ActorId;
import java.io.Serializable;

/** A reference of this process to an actor. */
final class RuntimeActorRef<A> implements ActorRef<A> {
    private final ActorId id;
    private final ClientRuntime runtime;
    private final ActorCalls calls;

    RuntimeActorRef(final ActorId id, final ClientRuntime runtime, final ActorCalls calls) {
        this.id = id;
        this.runtime = runtime;
        this.calls = calls;
    }

    @Override
    public ActorId id() {
        return id;
    }

    @Override
    public <R> ObjectRef<R> callUntyped(final Serializable function, final Object... arguments) {
        // The actor itself is the first argument; the worker puts it in.
        runtime.checkOpen();
        return new RuntimeRef<>(calls.call(function, arguments), runtime.objects());
    }

    @Override
    public void kill() {
        runtime.checkOpen();
        runtime.actors().kill(id);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof RuntimeActorRef<?> ref && ref.id.equals(id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "ActorRef(" + id + ")";
    }
}
