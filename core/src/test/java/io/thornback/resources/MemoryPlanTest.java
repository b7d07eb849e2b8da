/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final MemoryRequest DEFAULTS = MemoryRequest.defaults(4);

    private static HostResources host(int cpus, long memory, String memorySource, long shmFree) {
        return new HostResources(
                new Sourced<>(cpus, "host"),
                new Sourced<>(memory, memorySource),
                new Sourced<>(shmFree, "free space of tmpfs at /dev/shm"),
                shmFree);
    }

    private static final HostResources LARGE = host(8, 32 * GIB, "host", 16 * GIB);

    private static void assertFits(MemoryPlan plan, HostResources host) {
        final long workers = plan.workerSizes().shareBytes() * plan.cpus().value();
        final long sum =
                workers + plan.arenaBytes().value() + plan.lanesBytes() + plan.rolesBytes() + plan.systemBytes();
        assertTrue(sum <= plan.totalBytes().value(), () -> sum + " > " + plan);
        assertTrue(plan.totalBytes().value() <= host.memoryBytes().value(), plan::toString);
        assertTrue(plan.arenaBytes().value() < host.shmFreeBytes().value(), plan::toString);
        assertTrue(plan.cpus().value() >= 1, plan::toString);
        assertTrue(plan.arenaBytes().value() >= MemoryPlan.MIN_ARENA_BYTES, plan::toString);
    }

    private static String refusal(HostResources host, MemoryRequest request) {
        final String message = assertThrows(MemoryPlanException.class, () -> MemoryPlan.decide(host, request))
                .getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }

    @Test
    void dividesALargeHost() {
        final MemoryPlan plan = MemoryPlan.decide(LARGE, DEFAULTS);
        assertFits(plan, LARGE);
        assertEquals(9830 * MIB, plan.arenaBytes().value());
        assertEquals("30 % of memory, host", plan.arenaBytes().source());
        assertEquals(GIB, plan.systemBytes());
        assertEquals(8, plan.cpus().value());
        assertTrue(plan.workerSizes().shareBytes() > GIB, plan::describe);
    }

    @Test
    void theArenaLeavesAFifthOfASmallSharedMemoryFileSystem() {
        final HostResources docker = host(2, 4 * GIB, "cgroup /sys/fs/cgroup/memory.max", 64 * MIB);
        final MemoryPlan plan = MemoryPlan.decide(docker, DEFAULTS);
        assertFits(plan, docker);
        assertEquals(51 * MIB, plan.arenaBytes().value());
        assertEquals(
                "80 % of free space of tmpfs at /dev/shm", plan.arenaBytes().source());
        assertEquals(0, plan.systemBytes(), "a control group's memory is ours alone");
    }

    @Test
    void offersFewerCpusWhereTheirWorkersWouldNotFit() {
        final HostResources small = host(64, 2 * GIB, "cgroup /x", GIB);
        final MemoryPlan plan = MemoryPlan.decide(small, DEFAULTS);
        assertFits(plan, small);
        assertTrue(plan.cpus().value() < 64, plan::toString);
        assertTrue(plan.cpus().source().startsWith("memory: "), plan::toString);
        assertTrue(plan.workerSizes().shareBytes() >= WorkerMemory.FLOOR_BYTES);
    }

    @Test
    void refusesCpusWhoseWorkersDoNotFitWhenTheyWereDemanded() {
        final String message = refusal(host(64, 2 * GIB, "cgroup /x", GIB), DEFAULTS.withCpus(64));
        assertTrue(
                message.startsWith(
                        "64 workers need 8.1 GiB (129.5 MiB each), but 1.2 GiB are left of 2 GiB (cgroup /x)"),
                message);
        assertTrue(message.endsWith("lower --store-memory or --cpus, or raise the memory"), message);
    }

    @Test
    void moreCpusThanTheHostHasMayBeClaimed() {
        assertEquals(
                new Sourced<>(16, "flag --cpus"),
                MemoryPlan.decide(LARGE, DEFAULTS.withCpus(16)).cpus());
    }

    @Test
    void refusesMoreMemoryThanThereIs() {
        assertEquals(
                "--memory=8 GiB is more than there is: limit=4 GiB (cgroup /sys/fs/cgroup/memory.max);"
                        + " ask for less, or raise that limit",
                refusal(host(2, 4 * GIB, "cgroup /sys/fs/cgroup/memory.max", 4 * GIB), DEFAULTS.withMemory(8 * GIB)));
    }

    @Test
    void theMemoryFlagBoundsArenaAndWorkersTogether() {
        final MemoryPlan plan = MemoryPlan.decide(LARGE, DEFAULTS.withMemory(4 * GIB));
        assertFits(plan, LARGE);
        assertEquals(4 * GIB, plan.totalBytes().value());
        assertEquals(1228 * MIB, plan.arenaBytes().value());
    }

    @Test
    void refusesAStoreLargerThanItsFileSystem() {
        assertEquals(
                "--store-memory=20 GiB and 15 MiB of lanes are more than the shared-memory file system holds:"
                        + " limit=16 GiB (free space of tmpfs at /dev/shm); ask for less, or mount it larger",
                refusal(LARGE, DEFAULTS.withStoreMemory(20 * GIB)));
    }

    @Test
    void refusesAStoreThatLeavesNothingForWorkers() {
        final String message = refusal(host(2, 4 * GIB, "host", 8 * GIB), DEFAULTS.withStoreMemory(4 * GIB));
        assertTrue(message.contains("but 0 B are left of 4 GiB (host) after the object store's 4 GiB"), message);
        assertTrue(message.endsWith("lower --store-memory, or raise the memory"), message);
    }

    @Test
    void refusesAStoreThatIsTooSmallToBeOne() {
        assertTrue(refusal(LARGE, DEFAULTS.withStoreMemory(MIB)).contains("minimum=16 MiB"));
        assertTrue(refusal(host(2, 4 * GIB, "host", 4 * MIB), DEFAULTS).contains("free space of tmpfs"));
    }

    @Test
    void refusesAHostThatIsTooSmallForANode() {
        final String message = refusal(host(1, 256 * MIB, "cgroup /x", GIB), DEFAULTS);
        assertTrue(message.startsWith("1 worker needs "), message);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0})
    void refusesFlagsThatAreNotPositive(long value) {
        assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withMemory(value));
        assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withStoreMemory(value));
        assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withCpus((int) value));
        assertThrows(IllegalArgumentException.class, () -> MemoryRequest.defaults((int) value));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "134217728", "536870912", "1073741824", "17179869184"})
    void theWorkerOfATaskTakesWhatTheTaskAskedFor(long asked) {
        final MemoryPlan plan = MemoryPlan.decide(LARGE, DEFAULTS);
        final WorkerMemory worker = WorkerMemory.divide(plan.workerSizes().next(asked, 0));
        final long expected =
                asked == 0 ? plan.workerSizes().shareBytes() / MIB * MIB : Math.max(asked, WorkerMemory.FLOOR_BYTES);
        assertEquals(expected, worker.processBytes());
        assertTrue(worker.heapBytes() >= expected / 2, worker::toString);
        assertTrue(worker.directBytes() >= 16 * MIB, worker::toString);
    }

    @Test
    void offersWhatWorkersMayUseAsResources() {
        final MemoryPlan plan = MemoryPlan.decide(LARGE, DEFAULTS);
        assertEquals(ResourceAmount.of(8L), plan.resources().get(ResourceSet.CPU));
        assertEquals(
                plan.workersBytes(), plan.resources().get(ResourceSet.MEMORY).units() / ResourceAmount.UNITS_PER_WHOLE);
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 11, 42})
    void everyPlanThatIsMadeFits(long seed) {
        final Random random = new Random(seed);
        int made = 0;
        for (int i = 0; i < 20_000; i++) {
            final HostResources host = host(
                    1 + random.nextInt(256),
                    1 + (random.nextLong() >>> (20 + random.nextInt(16))),
                    random.nextBoolean() ? "host" : "cgroup /x",
                    random.nextLong() >>> (20 + random.nextInt(16)));
            MemoryRequest request = MemoryRequest.defaults(1 + random.nextInt(8));
            request = random.nextInt(3) == 0 ? request.withCpus(1 + random.nextInt(64)) : request;
            request = random.nextInt(3) == 0 ? request.withMemory(1 + random.nextInt(1 << 30) * 64L) : request;
            request = random.nextInt(3) == 0 ? request.withStoreMemory(1 + random.nextInt(1 << 30) * 32L) : request;
            try {
                assertFits(MemoryPlan.decide(host, request), host);
                made++;
            } catch (MemoryPlanException e) {
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
        }
        assertTrue(made > 5_000, "seed=" + seed + " made=" + made);
    }
}
