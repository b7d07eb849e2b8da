/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ActorCreation;
import io.thornback.ActorRef;
import io.thornback.ids.ActorId;
import io.thornback.transport.wire.TaskKind;
import java.io.Serializable;

/** Collects what an actor needs. */
final class RuntimeActorCreation<A> implements ActorCreation<A> {
    private final ClientRuntime runtime;
    private final Serializable constructor;
    private final Object[] arguments;
    private final CallRequest request;
    private final ActorOptionsBuilder options;

    RuntimeActorCreation(final ClientRuntime runtime, final Serializable constructor, final Object[] arguments) {
        this.runtime = runtime;
        this.constructor = constructor;
        this.arguments = arguments;
        this.options = new ActorOptionsBuilder(runtime.namespace());
        this.request = new CallRequest(TaskKind.ACTOR_CREATION, ActorId.create(runtime.job()));
        request.retries = 0;
    }

    @Override
    public ActorCreation<A> cpus(final double cpus) {
        request.resource(CallRequest.CPU, cpus);
        return this;
    }

    @Override
    public ActorCreation<A> memory(final long bytes) {
        request.memory(bytes);
        return this;
    }

    @Override
    public ActorCreation<A> resource(final String name, final double amount) {
        request.resource(name, amount);
        return this;
    }

    @Override
    public ActorCreation<A> name(final String name) {
        ActorOptions.checkName("name", name);
        request.actorName = name;
        return this;
    }

    @Override
    public ActorCreation<A> namespace(final String namespace) {
        options.namespace = namespace;
        return this;
    }

    @Override
    public ActorCreation<A> maxRestarts(final int restarts) {
        options.maxRestarts = restarts;
        return this;
    }

    @Override
    public ActorCreation<A> maxTaskRetries(final int retries) {
        options.maxTaskRetries = retries;
        return this;
    }

    @Override
    public ActorCreation<A> maxPendingCalls(final int calls) {
        options.maxPendingCalls = calls;
        return this;
    }

    @Override
    public ActorRef<A> create() {
        runtime.checkOpen();
        request.actorOptions = options.build();
        final ActorCalls calls =
                runtime.actors().created(request.actor).limits(options.maxTaskRetries, options.maxPendingCalls);
        final ObjectEntry outcome = runtime.submitter().submit(request, constructor, arguments);
        outcome.onDone(() -> creationEnded(outcome, calls), runtime.background());
        return new RuntimeActorRef<>(request.actor, runtime, calls, "");
    }

    private void creationEnded(final ObjectEntry outcome, final ActorCalls calls) {
        final Failure failure = outcome.failure();
        if (failure != null) {
            runtime.actors().notCreated(request.actor, calls, failure);
        }
    }
}
