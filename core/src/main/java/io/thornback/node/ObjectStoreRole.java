/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.objectstore.ObjectStoreAgent;
import io.thornback.objectstore.StoreConfig;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;

/** The object store as a role of the node: one agent on a thread of its own. */
public final class ObjectStoreRole implements Role {
    private ObjectStoreAgent agent;
    private AgentRunner runner;
    private volatile boolean stopping;

    /** Made by its host. */
    public ObjectStoreRole() {}

    @Override
    public void prepare(RoleContext context) {
        agent = new ObjectStoreAgent(StoreConfig.of(
                        context.session().shm(),
                        context.plan().memory().arenaBytes().value())
                .withMaxObjects(context.configuration().store().maxObjects())
                .withMaxClients(context.configuration().store().maxClients()));
    }

    @Override
    public void start(RoleContext context) {
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, "objectstore");
            thread.setDaemon(true);
            return thread;
        };
        runner = new AgentRunner(agent.idleStrategy(), error -> onError(context, error), null, new Stoppable());
        AgentRunner.startOnThread(runner, threads);
        context.ready(Map.of());
    }

    private static void onError(RoleContext context, Throwable error) {
        if (!(error instanceof AgentTerminationException)) {
            context.failed("the object store's agent ended", error);
        }
    }

    @Override
    public void stop(long timeoutMs) {
        if (runner != null) {
            stopping = true;
            agent.wake(); // an interrupt, which is what the runner has, does not end a futex's wait
            runner.close();
        } else if (agent != null) {
            agent.onClose();
        }
    }

    /** The store's agent, ended from outside. */
    private final class Stoppable implements Agent {
        @Override
        public int doWork() throws Exception {
            if (stopping) {
                throw new AgentTerminationException();
            }
            return agent.doWork();
        }

        @Override
        public void onStart() {
            agent.onStart();
        }

        @Override
        public void onClose() {
            agent.onClose();
        }

        @Override
        public String roleName() {
            return agent.roleName();
        }
    }
}
