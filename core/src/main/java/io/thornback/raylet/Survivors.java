/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.ids.JobId;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What outlives the driver of a job: its detached actors, and the tasks and actors that these have started, and so on. The raylet's agent's.
 */
final class Survivors {
    private final ActorDirectory directory;
    /** Inboxes of the workers that live on. */
    private final Set<String> inboxes = new HashSet<>();

    private Survivors(final ActorDirectory directory) {
        this.directory = directory;
    }

    static Survivors of(final JobId job, final ActorDirectory directory, final Collection<WorkerRecord> workers) {
        final Survivors survivors = new Survivors(directory);
        boolean grows = true;
        while (grows) {
            grows = false;
            for (final WorkerRecord worker : workers) {
                if (worker.serves(job) && worker.tasks.stream().anyMatch(survivors::includes)) {
                    grows |= survivors.inboxes.add(worker.outbox.receiver());
                }
            }
        }
        return survivors;
    }

    /** Whether the task goes on, or will be run, without the driver. */
    boolean includes(final TaskRecord task) {
        if (inboxes.contains(task.ownerInbox)) {
            return true;
        }
        final ActorDirectory.Actor actor = directory.find(task.actor());
        return actor != null && actor.options.detached() && actor.creation == task;
    }

    boolean includes(final WorkerRecord worker) {
        return worker.outbox != null && inboxes.contains(worker.outbox.receiver());
    }
}
