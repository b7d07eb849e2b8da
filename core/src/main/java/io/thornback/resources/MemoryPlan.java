/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import static io.thornback.resources.ByteSize.format;

/**
 * Who may use how much of a node's memory, so that all of it fits: system reserve + role JVMs + arena + lanes +
 * workers ≤ memory. What lies in tmpfs is memory too and counts against the same control group as the heaps.
 *
 * <p>Rules. The node's memory is {@code --memory}, else what the host or the control group gives; of a whole host a
 * sixteenth (at most 1 GiB) stays with the system. The arena is {@code --store-memory}, else
 * {@value #DEFAULT_ARENA_PERCENT} % of the memory, at most {@value #MAX_SHM_PERCENT} % of the free space in the
 * shared-memory file system. What is left belongs to workers, an equal share for each CPU. If that share is below
 * {@link WorkerMemory#FLOOR_BYTES}, the node offers fewer CPUs; if {@code --cpus} demanded them, it is refused.
 *
 * <p>Pure: no I/O, same input same plan. Immutable; any thread.
 *
 * @param totalBytes all that the node may use, and the source of that figure
 * @param arenaBytes the object store's arena, a multiple of 1 MiB
 * @param cpus CPUs offered to tasks
 * @param rolesBytes expected of the role JVMs together
 * @param lanesBytes reserved for inboxes, lanes and the store's tables in shared memory
 * @param systemBytes left to the rest of the host
 * @param workersBytes what all workers together may use
 */
public record MemoryPlan(
        Sourced<Long> totalBytes,
        Sourced<Long> arenaBytes,
        Sourced<Integer> cpus,
        long rolesBytes,
        long lanesBytes,
        long systemBytes,
        long workersBytes) {

    static final int DEFAULT_ARENA_PERCENT = 30;
    static final int MAX_SHM_PERCENT = 80;

    /** The smallest arena that is worth the name. */
    static final long MIN_ARENA_BYTES = 16L << 20;

    /** What a role JVM takes, heap included. */
    static final long ROLE_BYTES = 64L << 20;

    /** Lanes of one process that is attached: to raylet, store and peers, and back. */
    static final long LANES_PER_PROCESS_BYTES = 6 * (256L << 10);

    /** Drivers that are counted on when lanes are budgeted. */
    static final int EXPECTED_DRIVERS = 2;

    private static final long MIB = 1L << 20;
    private static final long MAX_SYSTEM_BYTES = 1L << 30;

    /**
     * Decides.
     *
     * @throws MemoryPlanException if it does not fit
     */
    public static MemoryPlan decide(HostResources host, MemoryRequest request) {
        final Sourced<Long> total = total(host, request);
        final long system = total.source().equals("host") ? Math.min(MAX_SYSTEM_BYTES, total.value() / 16) : 0;
        final long roles = request.roles() * ROLE_BYTES;
        final Sourced<Integer> asked =
                request.cpus().isPresent() ? new Sourced<>(request.cpus().getAsInt(), "flag --cpus") : host.cpus();
        final Sourced<Long> arena = arena(host, request, total, lanes(asked.value()));
        final long rest = total.value() - system - roles - arena.value();
        final Sourced<Integer> cpus = affordable(rest, asked, request, total, arena);
        final long lanes = lanes(cpus.value());
        return new MemoryPlan(total, arena, cpus, roles, lanes, system, rest - lanes);
    }

    private static Sourced<Long> total(HostResources host, MemoryRequest request) {
        if (request.memoryBytes().isEmpty()) {
            return host.memoryBytes();
        }
        final long asked = request.memoryBytes().getAsLong();
        if (asked > host.memoryBytes().value()) {
            throw new MemoryPlanException("--memory=" + format(asked) + " is more than there is: limit="
                    + format(host.memoryBytes().value()) + " ("
                    + host.memoryBytes().source()
                    + "); ask for less, or raise that limit");
        }
        return new Sourced<>(asked, "flag --memory");
    }

    private static Sourced<Long> arena(
            HostResources host, MemoryRequest request, Sourced<Long> total, long lanesBytes) {
        final Sourced<Long> free = host.shmFreeBytes();
        if (request.storeBytes().isPresent()) {
            final long asked = Math.max(MIB, request.storeBytes().getAsLong() / MIB * MIB);
            if (asked < MIN_ARENA_BYTES) {
                throw new MemoryPlanException("--store-memory=" + format(asked) + " is too small: minimum="
                        + format(MIN_ARENA_BYTES) + "; ask for at least that");
            }
            if (asked + lanesBytes > free.value()) {
                throw new MemoryPlanException("--store-memory=" + format(asked) + " and " + format(lanesBytes)
                        + " of lanes are more than the shared-memory file system holds: limit=" + format(free.value())
                        + " (" + free.source() + "); ask for less, or mount it larger");
            }
            return new Sourced<>(asked, "flag --store-memory");
        }
        final long share = total.value() / 100 * DEFAULT_ARENA_PERCENT;
        final long cap = free.value() / 100 * MAX_SHM_PERCENT;
        final long arena = Math.min(share, cap) / MIB * MIB;
        if (arena < MIN_ARENA_BYTES) {
            final Sourced<Long> limit = cap < share ? free : total;
            throw new MemoryPlanException("no room for an object store: it would get " + format(arena) + ", minimum="
                    + format(MIN_ARENA_BYTES) + ", limit=" + format(limit.value()) + " (" + limit.source()
                    + "); give the node more, or set --store-memory");
        }
        return new Sourced<>(
                arena,
                cap < share
                        ? MAX_SHM_PERCENT + " % of " + free.source()
                        : DEFAULT_ARENA_PERCENT + " % of memory, " + total.source());
    }

    private static Sourced<Integer> affordable(
            long rest, Sourced<Integer> asked, MemoryRequest request, Sourced<Long> total, Sourced<Long> arena) {
        final long each = WorkerMemory.FLOOR_BYTES + LANES_PER_PROCESS_BYTES;
        final long most = Math.max(0, (rest - lanes(0)) / each);
        if (asked.value() <= most) {
            return asked;
        }
        if (most >= 1 && request.cpus().isEmpty()) {
            return new Sourced<>(
                    (int) most,
                    "memory: " + format(rest) + " left for workers, " + format(WorkerMemory.FLOOR_BYTES)
                            + " each, instead of " + asked.value() + " CPUs");
        }
        final int wanted = request.cpus().isPresent() ? asked.value() : 1;
        throw new MemoryPlanException(wanted + (wanted == 1 ? " worker needs " : " workers need ")
                + format(wanted * each + lanes(0)) + " (" + format(each) + " each), but " + format(Math.max(0, rest))
                + " are left of " + format(total.value()) + " (" + total.source() + ") after the object store's "
                + format(arena.value()) + " (" + arena.source() + ") and the node's own processes; "
                + "lower --store-memory" + (wanted > 1 ? " or --cpus" : "") + ", or raise the memory");
    }

    private static long lanes(int workers) {
        return (workers + EXPECTED_DRIVERS) * LANES_PER_PROCESS_BYTES;
    }

    /** How large worker processes are made. */
    public WorkerSizes workerSizes() {
        return new WorkerSizes(workersBytes, cpus.value());
    }

    /** What the raylet schedules: {@link ResourceSet#CPU} and {@link ResourceSet#MEMORY}. */
    public ResourceSet resources() {
        return ResourceSet.of(ResourceSet.CPU, ResourceAmount.of((long) cpus.value()))
                .with(ResourceSet.MEMORY, ResourceAmount.of(workersBytes));
    }

    /** One line for the log: who gets what, and why. */
    public String describe() {
        final WorkerMemory worker = WorkerMemory.divide(workerSizes().shareBytes());
        return "memory=" + format(totalBytes.value()) + " (" + totalBytes.source() + ") arena="
                + format(arenaBytes.value()) + " (" + arenaBytes.source() + ") cpus=" + cpus + " roles="
                + format(rolesBytes) + " lanes=" + format(lanesBytes) + " system=" + format(systemBytes)
                + " workers=" + format(workersBytes) + " workerHeap=" + format(worker.heapBytes())
                + " workerDirect=" + format(worker.directBytes());
    }
}
