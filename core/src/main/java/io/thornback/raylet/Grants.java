/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * What each worker holds of the node's resources. A worker holds what one task of its scheduling class asks for, from the first task of the class that it is given until it has
 * ended the last; while the task that it runs waits in {@code get}, its CPUs are lent to others. The raylet's agent's.
 */
final class Grants {
    private final ResourceManager resources;
    /** Workers whose task goes on and whose CPUs are still lent: they get them as soon as there are any. */
    private final ArrayDeque<WorkerRecord> owed = new ArrayDeque<>();

    Grants(final ResourceManager resources) {
        this.resources = resources;
    }

    /** Whether a worker could be given this now. */
    boolean fits(final ResourceSet request) {
        return resources.canAllocate(request);
    }

    /** Gives the worker the whole, or nothing. */
    boolean give(final WorkerRecord worker, final ResourceSet request) {
        if (worker.granted != null) {
            throw new IllegalStateException(worker + " holds " + worker.granted + " and was to be given " + request);
        }
        if (resources.tryAllocate(request).isPresent()) {
            return false;
        }
        worker.granted = request;
        return true;
    }

    /** Takes back all that the worker holds; nothing if it holds nothing. */
    void takeBack(final WorkerRecord worker) {
        if (worker.granted == null) {
            return;
        }
        owed.remove(worker);
        resources.release(worker.blocked ? worker.granted.minus(cpusOf(worker)) : worker.granted);
        worker.blocked = false;
        worker.granted = null;
    }

    /** The worker's task waits for an object: others may have its CPUs. If they are still lent from the last time, they stay so. */
    void lend(final WorkerRecord worker) {
        if (worker.blocked) {
            owed.remove(worker); // It does not go on after all.
        } else if (worker.granted != null) {
            worker.blocked = true;
            resources.release(cpusOf(worker));
        }
    }

    /** The task goes on; if its CPUs are in use it runs beside the others until some come back. */
    void reclaim(final WorkerRecord worker) {
        if (worker.blocked && !owed.contains(worker)) {
            owed.add(worker);
            payDebts();
        }
    }

    /** Gives what is owed, first come, first served. */
    void payDebts() {
        final Iterator<WorkerRecord> each = owed.iterator();
        while (each.hasNext()) {
            final WorkerRecord worker = each.next();
            if (resources.tryAllocate(cpusOf(worker)).isPresent()) {
                return;
            }
            worker.blocked = false;
            each.remove();
        }
    }

    private static ResourceSet cpusOf(final WorkerRecord worker) {
        return ResourceSet.EMPTY.with(ResourceSet.CPU, worker.granted.get(ResourceSet.CPU));
    }
}
