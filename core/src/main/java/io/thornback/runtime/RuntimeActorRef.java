/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.VoidFn1;
import io.thornback.ids.ActorId;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** A reference of this process to an actor. */
final class RuntimeActorRef<A> implements ActorRef<A> {
    private static final int RETRIES_OFFSET = ActorId.LENGTH;
    private static final int PENDING_OFFSET = RETRIES_OFFSET + Integer.BYTES;
    private static final int GROUP_OFFSET = PENDING_OFFSET + Integer.BYTES;

    private final ActorId id;
    private final ClientRuntime runtime;
    private final ActorCalls calls;
    private final String group;

    RuntimeActorRef(final ActorId id, final ClientRuntime runtime, final ActorCalls calls, final String group) {
        this.id = id;
        this.runtime = runtime;
        this.calls = calls;
        this.group = group;
    }

    /** The form in which it travels inside values. */
    byte[] toBytes() {
        final byte[] name = group.getBytes(StandardCharsets.UTF_8);
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[GROUP_OFFSET + name.length]);
        id.write(bytes, 0);
        bytes.putInt(RETRIES_OFFSET, calls.maxTaskRetries());
        bytes.putInt(PENDING_OFFSET, calls.maxPendingCalls());
        bytes.putBytes(GROUP_OFFSET, name);
        return bytes.byteArray();
    }

    /** Reads what {@link #toBytes} wrote, in another process. */
    static RuntimeActorRef<?> of(final byte[] written, final ClientRuntime runtime) {
        final UnsafeBuffer bytes = new UnsafeBuffer(written);
        final ActorId id = ActorId.read(bytes, 0);
        final ActorCalls calls =
                runtime.actors().known(id).limits(bytes.getInt(RETRIES_OFFSET), bytes.getInt(PENDING_OFFSET));
        final String group = new String(written, GROUP_OFFSET, written.length - GROUP_OFFSET, StandardCharsets.UTF_8);
        return new RuntimeActorRef<>(id, runtime, calls, group);
    }

    @Override
    public ActorId id() {
        return id;
    }

    @Override
    public <R> ObjectRef<R> callUntyped(final Serializable function, final Object... arguments) {
        // The actor itself is the first argument; the worker puts it in.
        runtime.checkOpen();
        return new RuntimeRef<>(calls.call(group, function, arguments), runtime.objects());
    }

    @Override
    public ActorRef<A> inGroup(final String name) {
        ActorOptions.checkName("concurrency group", name);
        return new RuntimeActorRef<>(id, runtime, calls, name);
    }

    @Override
    public ObjectRef<Void> terminate() {
        runtime.checkOpen();
        final VoidFn1<Object> leave = ActorExit::leave;
        return new RuntimeRef<>(calls.call("", leave), runtime.objects());
    }

    @Override
    public void kill(final boolean noRestart) {
        runtime.checkOpen();
        runtime.actors().kill(id, !noRestart);
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
