/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.node.SessionLayout;
import io.thornback.node.SessionProcesses;
import io.thornback.posix.ControlGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what a worker has started and left behind. Each worker has a control group, where the host lets us make some: nothing that it starts can leave that. Elsewhere its children are
 * known by their environment; what has made itself an orphan without it goes with the raylet. The launcher's thread.
 */
final class WorkerGroups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerGroups.class);
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final SessionLayout session;
    /** Null where there are none. */
    private final ControlGroup all;

    private final Map<String, ControlGroup> groups = new HashMap<>();

    private WorkerGroups(final SessionLayout session, final ControlGroup all) {
        this.session = session;
        this.all = all;
    }

    /** Makes the group that holds those of the workers, and leaves word of it for whoever has to end the session. */
    static WorkerGroups open(final SessionLayout session) {
        ControlGroup all = null;
        try {
            all = ControlGroup.create("thornback-" + session.name());
            Files.writeString(session.controlGroup(), all.folder() + "\n");
            return new WorkerGroups(session, all);
        } catch (final IOException e) {
            LOG.info("no control groups for workers, their children are known by their environment: {}", e.toString());
            if (all != null && !all.remove()) {
                LOG.warn("cannot remove {}", all.folder());
            }
            return none(session);
        }
    }

    /** Has none, and goes by the environment. */
    static WorkerGroups none(final SessionLayout session) {
        return new WorkerGroups(session, null);
    }

    /** A worker has just been started, and has started nothing itself. */
    void started(final String worker, final long pid) {
        if (all == null) {
            return;
        }
        try {
            final ControlGroup group = all.child(worker);
            group.add(pid);
            groups.put(worker, group);
        } catch (final IOException e) {
            LOG.warn(
                    "{} is in no control group: {}",
                    worker,
                    e.toString()); // it has ended already, or there are too many
        }
    }

    /** It has ended: so does what it has left. */
    void ended(final String worker) {
        final ControlGroup group = groups.remove(worker);
        if (group != null) {
            end(group);
            return;
        }
        final int killed = SessionProcesses.killRole(session, worker);
        if (killed > 0) {
            LOG.info("killed {} processes that {} had left", killed, worker);
        }
    }

    private static void end(final ControlGroup group) {
        try {
            if (!group.end(PATIENCE)) {
                LOG.debug("what is left in {} goes with the session", group.folder());
            }
        } catch (final IOException e) {
            LOG.warn("cannot kill what is left in {}: {}", group.folder(), e.toString());
        }
    }

    /** All workers have ended: so does what any has left. */
    @Override
    public void close() {
        if (all != null) {
            end(all);
        } else {
            SessionProcesses.killWorkers(session);
        }
    }
}
