/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.SpillSettings;
import io.thornback.config.StoreSettings;
import io.thornback.objectstore.CatalogConfig;
import io.thornback.objectstore.HugePages;
import io.thornback.objectstore.ObjectStoreAgent;
import io.thornback.objectstore.SpillConfig;
import io.thornback.objectstore.SpillSync;
import io.thornback.objectstore.StoreConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;

/** The object store as a role of the node: one agent on a thread of its own. */
public final class ObjectStoreRole implements Role {
    private ObjectStoreAgent agent;
    private AgentRunner runner;
    private volatile boolean leaving;

    /** Made by its host. */
    public ObjectStoreRole() {}

    @Override
    public void prepare(RoleContext context) {
        agent = new ObjectStoreAgent(config(context));
    }

    private static StoreConfig config(RoleContext context) {
        StoreSettings settings = context.configuration().store();
        SessionLayout session = context.session();
        SpillSettings spill = settings.spill();
        List<Path> directories = spill.directories().isEmpty() ? List.of(session.spill()) : spill.directories();
        return StoreConfig.of(
                        session.shm(), context.plan().memory().arenaBytes().value())
                .withMaxObjects(settings.maxObjects())
                .withMaxClients(settings.maxClients())
                .withHugePages(HugePages.valueOf(settings.hugePages().toUpperCase(Locale.ROOT)))
                .withJobQuotaBytes(settings.jobQuotaBytes() == Long.MAX_VALUE ? 0 : settings.jobQuotaBytes())
                .withSpill(new SpillConfig(
                        spill.enabled() ? directories : List.of(),
                        spill.fileBytes(),
                        spill.quotaBytes(),
                        spill.highWaterPercent(),
                        SpillSync.valueOf(spill.sync().toUpperCase(Locale.ROOT))))
                .withCatalog(
                        settings.catalogEntries() == 0
                                ? CatalogConfig.NONE
                                : new CatalogConfig(
                                        session.catalog().resolve("catalog.dat"), settings.catalogEntries()));
    }

    @Override
    public void start(RoleContext context) {
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, "objectstore");
            thread.setDaemon(true);
            return thread;
        };
        runner = new AgentRunner(agent.idleStrategy(), error -> onError(context, error), null, new Leaving());
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
            agent.terminate();
            runner.close();
        } else if (agent != null) {
            close();
        }
    }

    @Override
    public void leave(long timeoutMs) {
        leaving = true;
        stop(timeoutMs);
    }

    private void close() {
        if (leaving) {
            agent.suspend();
        } else {
            agent.onClose();
        }
    }

    /** The store's agent, which leaves everything to a successor if that is how it ends. */
    private final class Leaving implements Agent {
        @Override
        public int doWork() {
            return agent.doWork();
        }

        @Override
        public void onStart() {
            agent.onStart();
        }

        @Override
        public void onClose() {
            close();
        }

        @Override
        public String roleName() {
            return agent.roleName();
        }
    }
}
