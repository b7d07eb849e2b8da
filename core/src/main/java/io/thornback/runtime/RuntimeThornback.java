/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ActorCreation;
import io.thornback.ActorRef;
import io.thornback.GetTimeoutException;
import io.thornback.ObjectRef;
import io.thornback.ObjectStore;
import io.thornback.RuntimeContext;
import io.thornback.TaskCall;
import io.thornback.Thornback;
import io.thornback.WaitResult;
import io.thornback.ids.JobId;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link Thornback} on top of a {@link ClientRuntime}. */
public final class RuntimeThornback implements Thornback {
    /** How long the raylet may take to say where an actor is. */
    static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(10);

    private final ClientRuntime runtime;
    private final ObjectStore store;
    private final Runnable onClose;

    /**
     * @param runtime of this process.
     * @param onClose what else ends with the connection: a node in this JVM.
     */
    public RuntimeThornback(final ClientRuntime runtime, final Runnable onClose) {
        this.runtime = runtime;
        this.store = new RuntimeStore(runtime);
        this.onClose = onClose;
    }

    ClientRuntime runtime() {
        return runtime;
    }

    @Override
    public <R> TaskCall<R> taskUntyped(final Serializable function, final Object... arguments) {
        return new RuntimeTaskCall<>(runtime, function, arguments);
    }

    @Override
    public <A> ActorCreation<A> actorUntyped(final Serializable constructor, final Object... arguments) {
        return new RuntimeActorCreation<>(runtime, constructor, arguments);
    }

    @Override
    public <T> ObjectRef<T> put(final T value) {
        runtime.checkOpen();
        return new RuntimeRef<>(runtime.put(value), runtime.objects());
    }

    @Override
    public <T> List<T> get(final List<? extends ObjectRef<T>> refs) {
        return getAll(refs, null);
    }

    @Override
    public <T> List<T> get(final List<? extends ObjectRef<T>> refs, final Duration timeout) {
        return getAll(refs, timeout);
    }

    @SuppressWarnings("unchecked") // as in RuntimeRef: the compiler knew the type when the references were made
    private <T> List<T> getAll(final List<? extends ObjectRef<T>> refs, final Duration timeout) {
        checkNoNull(refs);
        final List<ObjectEntry> entries = new ArrayList<>(refs.size());
        for (final ObjectRef<T> ref : refs) {
            entries.add(((RuntimeRef<T>) ref).entry());
        }
        return (List<T>) runtime.objects().values(entries, timeout);
    }

    @Override
    public <T> WaitResult<T> wait(final List<? extends ObjectRef<T>> refs, final int count, final Duration timeout) {
        checkNoNull(refs);
        final List<ObjectRef<T>> all = List.copyOf(refs);
        if (all.isEmpty()) {
            return new WaitResult<>(List.of(), List.of());
        }
        if (count < 1 || count > all.size()) {
            throw new IllegalArgumentException(
                    "count=" + count + " must be from 1 to the number of references, " + all.size());
        }
        awaitSome(all, count, timeout);
        final List<ObjectRef<T>> ready = new ArrayList<>();
        final List<ObjectRef<T>> pending = new ArrayList<>();
        for (final ObjectRef<T> ref : all) {
            (ready.size() < count && ref.isReady() ? ready : pending).add(ref);
        }
        return new WaitResult<>(ready, pending);
    }

    private <T> void awaitSome(final List<ObjectRef<T>> refs, final int count, final Duration timeout) {
        if (countReady(refs, count) == count || timeout.isZero()) {
            return;
        }
        final CountedGoal waiter = new CountedGoal(count);
        runtime.blockListener().blocked();
        try {
            for (final ObjectRef<T> ref : refs) {
                if (!((RuntimeRef<T>) ref).entry().addWaiter(waiter)) {
                    waiter.run();
                }
            }
            runtime.await(waiter, timeout.toNanos()); // what is ready by then is the answer
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GetTimeoutException(
                    "interrupted while waiting for " + count + " of " + refs.size() + " objects", e);
        } finally {
            refs.forEach(ref -> ((RuntimeRef<T>) ref).entry().removeWaiter(waiter));
            runtime.blockListener().unblocked();
        }
    }

    private static <T> int countReady(final List<ObjectRef<T>> refs, final int most) {
        int ready = 0;
        for (int i = 0; i < refs.size() && ready < most; i++) {
            ready += refs.get(i).isReady() ? 1 : 0;
        }
        return ready;
    }

    private static <T> void checkNoNull(final List<? extends ObjectRef<T>> refs) {
        for (int i = 0; i < refs.size(); i++) {
            if (refs.get(i) == null) {
                throw new NullPointerException("refs[" + i + "] of " + refs.size() + " is null");
            }
        }
    }

    @Override
    public ObjectStore store() {
        return store;
    }

    @Override
    public <A> Optional<ActorRef<A>> getActor(final String name, final Class<A> type) {
        return getActor(name, runtime.namespace(), type);
    }

    @Override
    public <A> Optional<ActorRef<A>> getActor(final String name, final String namespace, final Class<A> type) {
        runtime.checkOpen();
        ActorOptions.checkLength("name", name, 0);
        ActorOptions.checkLength("namespace", namespace, 0);
        return runtime.actors().find(namespace, name, LOOKUP_TIMEOUT).map(runtime::actorRef);
    }

    @Override
    public void exitActor() {
        ActorExit.request();
    }

    @Override
    public String namespace() {
        return runtime.namespace();
    }

    @Override
    public JobId job() {
        return runtime.job();
    }

    @Override
    public RuntimeContext runtimeContext() {
        return runtime.context();
    }

    @Override
    public String nodeId() {
        return runtime.nodeId();
    }

    @Override
    public void close() {
        if (runtime.close()) {
            Connector.closed(this);
            onClose.run();
        }
    }
}
