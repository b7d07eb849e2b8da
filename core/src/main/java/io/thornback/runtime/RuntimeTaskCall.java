/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.Label;
import io.thornback.ObjectRef;
import io.thornback.ObjectRefStream;
import io.thornback.RuntimeEnvironment;
import io.thornback.TaskCall;
import io.thornback.ids.ActorId;
import io.thornback.scheduling.Strategy;
import io.thornback.transport.wire.TaskKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Collects what a task needs. */
final class RuntimeTaskCall<R> implements TaskCall<R> {
    private static final int DEFAULT_WINDOW = 64;

    private final ClientRuntime runtime;
    private final Serializable function;
    private final Object[] arguments;
    private final CallRequest request;
    private int window = DEFAULT_WINDOW;

    RuntimeTaskCall(final ClientRuntime runtime, final Serializable function, final Object[] arguments) {
        this.runtime = runtime;
        this.function = function;
        this.arguments = arguments;
        this.request = new CallRequest(TaskKind.TASK, ActorId.none(runtime.job()));
        request.resource(CallRequest.CPU, 1);
    }

    @Override
    public TaskCall<R> cpus(final double cpus) {
        request.resource(CallRequest.CPU, cpus);
        return this;
    }

    @Override
    public TaskCall<R> memory(final long bytes) {
        request.memory(bytes);
        return this;
    }

    @Override
    public TaskCall<R> resource(final String name, final double amount) {
        request.resource(name, amount);
        return this;
    }

    @Override
    public TaskCall<R> retries(final int retries) {
        request.retries(retries);
        return this;
    }

    @Override
    public TaskCall<R> retryOn(final Class<? extends Throwable> type) {
        request.retryOn.add(type.getName());
        return this;
    }

    @Override
    public TaskCall<R> labels(final Label... conditions) {
        request.placement.labels(conditions);
        return this;
    }

    @Override
    public TaskCall<R> retryOnException() {
        return retryOn(Exception.class);
    }

    @Override
    public TaskCall<R> environment(final RuntimeEnvironment environment) {
        request.environment = runtime.stage(environment).encode();
        return this;
    }

    @Override
    public TaskCall<R> spread() {
        request.placement.strategy = Strategy.SPREAD;
        return this;
    }

    @Override
    public TaskCall<R> onNode(final String nodeId) {
        request.placement.node(nodeId, false);
        return this;
    }

    @Override
    public TaskCall<R> preferNode(final String nodeId) {
        request.placement.node(nodeId, true);
        return this;
    }

    @Override
    public TaskCall<R> name(final String name) {
        request.name(name);
        return this;
    }

    @Override
    public TaskCall<R> returns(final int count) {
        request.returns(count);
        return this;
    }

    @Override
    public TaskCall<R> window(final int items) {
        window = CallRequest.checkWindow(items);
        return this;
    }

    @Override
    public <T> ObjectRefStream<T> stream() {
        if (request.returns != 0) {
            throw new IllegalStateException("the task makes returns=" + request.returns
                    + " objects: submitAll() gives their references; a stream needs no number");
        }
        runtime.checkOpen();
        request.window = window;
        return runtime.streams().open(request, function, arguments);
    }

    @Override
    public <T> List<ObjectRef<T>> submitAll() {
        if (request.returns == 0) {
            throw new IllegalStateException("say with returns(n) how many objects the task makes, or submit() it");
        }
        runtime.checkOpen();
        final List<ObjectRef<T>> refs = new ArrayList<>(request.returns);
        for (final ObjectEntry entry : runtime.submitter().submitAll(request, function, arguments)) {
            refs.add(new RuntimeRef<>(entry, runtime.objects()));
        }
        return refs;
    }

    @Override
    public ObjectRef<R> submit() {
        if (request.returns != 0) {
            throw new IllegalStateException(
                    "the task makes returns=" + request.returns + " objects: submitAll() gives their references");
        }
        runtime.checkOpen();
        return new RuntimeRef<>(runtime.submitter().submit(request, function, arguments), runtime.objects());
    }
}
