/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ActorCreation;
import io.thornback.ActorRef;
import io.thornback.Gather;
import io.thornback.Label;
import io.thornback.RuntimeEnvironment;
import io.thornback.Spread;
import io.thornback.ids.ActorId;
import io.thornback.scheduling.Strategy;
import io.thornback.transport.wire.TaskKind;
import java.io.Serializable;
import java.util.Optional;

/** Collects what an actor needs. */
final class RuntimeActorCreation<A> implements ActorCreation<A> {
    private final ClientRuntime runtime;
    private final Serializable constructor;
    private final Object[] arguments;
    private final CallRequest request;
    private final ActorOptionsBuilder options;
    private boolean getsIfExists;

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
    public ActorCreation<A> labels(final Label... conditions) {
        request.placement.labels(conditions);
        return this;
    }

    @Override
    public ActorCreation<A> environment(final RuntimeEnvironment environment) {
        request.environment = runtime.stage(environment).encode();
        return this;
    }

    @Override
    public ActorCreation<A> spread() {
        request.placement.strategy = Strategy.SPREAD;
        return this;
    }

    @Override
    public ActorCreation<A> onNode(final String nodeId) {
        request.placement.node(nodeId, false);
        return this;
    }

    @Override
    public ActorCreation<A> preferNode(final String nodeId) {
        request.placement.node(nodeId, true);
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
    public ActorCreation<A> maxConcurrency(final int threads) {
        options.maxConcurrency = threads;
        return this;
    }

    @Override
    public ActorCreation<A> concurrencyGroup(final String name, final int threads) {
        options.groups.put(name, threads);
        return this;
    }

    @Override
    public ActorCreation<A> detached() {
        options.detached = true;
        return this;
    }

    @Override
    public ActorCreation<A> getIfExists() {
        getsIfExists = true;
        return this;
    }

    @Override
    public ActorRef<A> create() {
        runtime.checkOpen();
        request.actorOptions = options.build();
        if (!getsIfExists) {
            return make();
        }
        if (request.actorName.isEmpty()) {
            throw new IllegalArgumentException("getIfExists() needs a name(...) under which the actor may be there");
        }
        return find().orElseGet(this::makeOrFind);
    }

    private Optional<ActorRef<A>> find() {
        return runtime.actors()
                .find(options.namespace, request.actorName, RuntimeThornback.LOOKUP_TIMEOUT)
                .map(runtime::actorRef);
    }

    /** Others may make it meanwhile: whoever comes first at the raylet has the name, and what is asked after that tells who that is. */
    private ActorRef<A> makeOrFind() {
        for (final Object argument : arguments) {
            awaitReferences(argument); // the creation is sent only when these are there
        }
        final ActorRef<A> made = make();
        return find().orElse(made);
    }

    private void awaitReferences(final Object argument) {
        if (argument instanceof RuntimeRef<?> ref) {
            runtime.objects().await(ref.entry(), null);
        } else if (argument instanceof Gather<?> gather) {
            gather.refs().forEach(this::awaitReferences);
        } else if (argument instanceof Spread<?> spread) {
            spread.arguments().forEach(this::awaitReferences);
        }
    }

    private ActorRef<A> make() {
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
