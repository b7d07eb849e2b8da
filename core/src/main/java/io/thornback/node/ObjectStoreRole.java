/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.objectstore.ObjectStoreAgent;
import io.thornback.objectstore.StoreConfig;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.agrona.concurrent.AgentRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The object store as a role of the node: one agent on a thread of its own. */
public final class ObjectStoreRole implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectStoreRole.class);

    private ObjectStoreAgent agent;
    private AgentRunner runner;

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
        runner = new AgentRunner(
                agent.idleStrategy(),
                error -> LOG.error("the object store's agent failed on a message", error),
                null,
                agent);
        AgentRunner.startOnThread(runner, threads);
        context.ready(Map.of());
    }

    @Override
    public void stop(long timeoutMs) {
        if (runner != null) {
            runner.close();
        } else if (agent != null) {
            agent.onClose();
        }
    }
}
