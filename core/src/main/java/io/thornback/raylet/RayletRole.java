/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.config.LogSettings;
import io.thornback.config.RayletSettings;
import io.thornback.config.WorkerSettings;
import io.thornback.ids.JobId;
import io.thornback.node.Role;
import io.thornback.node.RoleContext;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.resources.MemoryPlan;
import io.thornback.resources.MemoryReader;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import io.thornback.runtime.InboxAgent;
import io.thornback.runtime.StoreConnection;
import io.thornback.transport.trust.ClientTls;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The raylet as a role of the node. */
public final class RayletRole implements Role {
    /** Name of the raylet's inbox. */
    public static final String INBOX = "raylet";

    private static final long TELL_TIMEOUT_MS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(RayletRole.class);

    private InboxAgent agent;
    private ObjectStoreClient store;
    private WorkerLauncher launcher;
    private GcsLink cluster;
    private NodeRecorder recorder;
    private MemoryMonitor memory;
    private DeadInboxes deadInboxes;
    private Path jars;
    private volatile Raylet raylet;

    /** Made by its host. */
    public RayletRole() {}

    @Override
    public void prepare(final RoleContext context) {
        agent = new InboxAgent(context.session().shm(), INBOX);
        if (!context.configuration().gcs().insecure()) {
            ClientTls.warmUp();
        }
    }

    @Override
    public void start(final RoleContext context) {
        final WorkerSettings workers = context.configuration().worker();
        jars = context.session().jars();
        final RayletConfig config = configOf(context);
        cluster = GcsLink.open(context, config.total());
        recorder = NodeRecorder.create(
                context.session().shm(), context.configuration().raylet().taskEvents(), 2 * config.maxWorkers());
        store = StoreConnection.open(agent, context.session().shm(), JobId.NONE);
        launcher = workers.inThreads()
                ? new ThreadWorkerLauncher(context.session().shm())
                : new ProcessWorkerLauncher(
                        context.session(), workers, context.configuration().log());
        // Ready only when it is there: the hello of a driver that came before would be for nobody.
        CompletableFuture.runAsync(
                        () -> raylet = new Raylet(
                                config,
                                agent,
                                launcher,
                                cluster,
                                store::releaseJob,
                                recorder,
                                SystemNanoClock.INSTANCE),
                        agent::execute)
                .join();
        cluster.follow((anew, nodes) -> agent.execute(() -> raylet.nodesChanged(anew, nodes)));
        watchMemory(context);
        deadInboxes = new DeadInboxes(context.session().shm());
        deadInboxes.start();
        context.ready(Map.of());
    }

    private void watchMemory(final RoleContext context) {
        if (launcher instanceof ProcessWorkerLauncher processes) {
            final RayletSettings settings = context.configuration().raylet();
            memory = new MemoryMonitor(
                    new NodeMemory(
                            MemoryReader.ofHost(),
                            context.configuration().worker().memoryLimitBytes(),
                            processes::pids),
                    new MemoryPolicy(settings.memoryThreshold()),
                    usage -> agent.execute(() -> raylet.memoryUsed(usage)),
                    settings.memoryInterval().toMillis());
            memory.start();
        }
    }

    private static RayletConfig configOf(final RoleContext context) {
        final RayletSettings raylet = context.configuration().raylet();
        final WorkerSettings workers = context.configuration().worker();
        final MemoryPlan memory = context.plan().memory();
        ResourceSet total = memory.resources();
        for (final Map.Entry<String, Double> resource :
                context.configuration().node().resources().entrySet()) {
            total = total.with(resource.getKey(), ResourceAmount.of(resource.getValue()));
        }
        final int cpus = memory.cpus().value();
        return new RayletConfig(
                context.plan().nodeId(),
                total,
                memory.workerSizes(),
                workers.prestart() < 0 ? cpus : workers.prestart(),
                workers.maxProcesses(),
                workers.maxStarting() == 0 ? cpus : workers.maxStarting(),
                workers.startTimeout().toNanos(),
                workers.idleTimeout().toNanos(),
                raylet.maxQueuedTasks(),
                raylet.maxTasksInFlight(),
                new SchedulerConfig(
                        context.configuration().node().labels(),
                        raylet.patience().toNanos(),
                        raylet.infeasibleTimeout().toNanos(),
                        raylet.memoryThreshold(),
                        context.session().jars()));
    }

    @Override
    public void drain(final Runnable done) {
        agent.execute(() -> raylet.drain(done));
    }

    @Override
    public void reload(final LogSettings logs) {
        if (launcher != null) {
            launcher.reload(logs);
        }
    }

    @Override
    public void stop(final long timeoutMs) throws InterruptedException {
        if (raylet != null) {
            final CountDownLatch told = new CountDownLatch(1);
            agent.execute(() -> {
                raylet.stop();
                told.countDown();
            });
            if (!told.await(Math.min(timeoutMs, TELL_TIMEOUT_MS), TimeUnit.MILLISECONDS)) {
                LOG.warn("the raylet's agent is too busy to tell the drivers; they will notice by themselves");
            }
        }
        if (memory != null) {
            memory.close();
        }
        if (deadInboxes != null) {
            deadInboxes.close();
        }
        if (launcher != null) {
            launcher.close();
        }
        if (jars != null) {
            JarFolder.deleteAll(jars);
        }
        if (cluster != null) {
            cluster.close();
        }
        if (store != null) {
            store.close();
        }
        if (agent != null) {
            agent.close();
        }
        if (recorder != null) {
            recorder.close(); // after the agent, who writes it
        }
    }
}
