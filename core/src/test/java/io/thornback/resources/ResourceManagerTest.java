/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceManagerTest {
    private static final ResourceSet FOUR_CPUS_ONE_GPU = ResourceSet.cpus(4).with("gpu", ResourceAmount.ONE);

    private final ResourceManager manager = new ResourceManager(FOUR_CPUS_ONE_GPU);

    @Test
    void grantsWholeRequestsUntilNothingIsLeft() {
        for (int i = 0; i < 8; i++) {
            assertEquals(Optional.empty(), manager.tryAllocate(ResourceSet.cpus(0.5)));
        }
        final Refusal refusal = manager.tryAllocate(ResourceSet.cpus(0.0001)).orElseThrow();
        assertEquals("waits for cpu=0.0001: available=0 of 4", refusal.message());
        assertTrue(refusal.isFeasible());
        assertEquals(ResourceSet.of("gpu", 1), manager.available());
    }

    @Test
    void takesNothingWhenOneOfSeveralIsMissing() {
        final ResourceSet request = ResourceSet.cpus(1).with("gpu", ResourceAmount.of(2L));
        final Refusal refusal = manager.tryAllocate(request).orElseThrow();
        assertEquals(
                "asks for gpu=2, but the node has 1 in all; ask for less or add a node that has it", refusal.message());
        assertEquals(FOUR_CPUS_ONE_GPU, manager.available());
    }

    @Test
    void refusesWhatTheNodeDoesNotKnow() {
        assertFalse(manager.tryAllocate(ResourceSet.of("tpu", 1)).orElseThrow().isFeasible());
    }

    @Test
    void anEmptyRequestIsAlwaysGranted() {
        assertEquals(Optional.empty(), new ResourceManager(ResourceSet.EMPTY).tryAllocate(ResourceSet.EMPTY));
    }

    @Test
    void refusesToTakeBackMoreThanIsInUseAndChangesNothing() {
        assertTrue(manager.tryAllocate(FOUR_CPUS_ONE_GPU).isEmpty());
        final ResourceSet tooMuch = ResourceSet.cpus(1).with("gpu", ResourceAmount.of(2L));
        assertThrows(IllegalStateException.class, () -> manager.release(tooMuch));
        assertThrows(IllegalStateException.class, () -> manager.release(ResourceSet.of("tpu", 1)));
        assertEquals(FOUR_CPUS_ONE_GPU, manager.inUse());
    }

    @Test
    void loweredTotalsTakeNothingFromHoldersAndGrantNothingNew() {
        assertTrue(manager.tryAllocate(ResourceSet.cpus(4)).isEmpty());
        manager.setTotal(ResourceSet.cpus(1));
        assertEquals(ResourceSet.cpus(3), manager.overcommitted());
        assertEquals(4.0, manager.criticalUtilisation());
        manager.release(ResourceSet.cpus(3));
        assertTrue(manager.tryAllocate(ResourceSet.cpus(0.5)).isPresent());
        manager.release(ResourceSet.cpus(1));
        assertTrue(manager.tryAllocate(ResourceSet.cpus(1)).isEmpty());
        assertEquals(ResourceSet.EMPTY, manager.overcommitted());
    }

    @Test
    void raisedTotalsAreAvailableAtOnce() {
        assertTrue(manager.tryAllocate(ResourceSet.cpus(4)).isEmpty());
        manager.setTotal(ResourceSet.cpus(6));
        assertTrue(manager.tryAllocate(ResourceSet.cpus(2)).isEmpty());
        assertEquals(1.0, manager.utilisation("cpu"));
    }

    @Test
    void aResourceThatWasTakenAwayWhileInUseComesBackToNothing() {
        assertTrue(manager.tryAllocate(ResourceSet.of("gpu", 1)).isEmpty());
        manager.setTotal(ResourceSet.cpus(4));
        assertEquals(1.0, manager.utilisation("gpu"));
        manager.release(ResourceSet.of("gpu", 1));
        assertEquals(ResourceSet.EMPTY, manager.inUse());
        assertEquals(0.0, manager.criticalUtilisation());
    }

    @Test
    void theVersionMovesWithEachChangeOnly() {
        final long before = manager.version();
        assertTrue(manager.tryAllocate(ResourceSet.cpus(5)).isPresent());
        assertEquals(before, manager.version());
        assertTrue(manager.tryAllocate(ResourceSet.cpus(1)).isEmpty());
        assertNotEquals(before, manager.version());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20261123, 0x7405EED})
    void neverLosesOrInventsAnythingUnderRandomLoad(long seed) {
        final Random random = new Random(seed);
        final List<ResourceSet> held = new ArrayList<>();
        final String[] names = {"cpu", "gpu", "memory", "ssd"};
        for (int step = 0; step < 20_000; step++) {
            final int action = random.nextInt(100);
            if (action < 55) {
                final ResourceSet request = randomSet(random, names, 30_000);
                final ResourceSet before = manager.available();
                final Optional<Refusal> refusal = manager.tryAllocate(request);
                assertEquals(before.covers(request), refusal.isEmpty(), "seed=" + seed + " step=" + step);
                if (refusal.isEmpty()) {
                    held.add(request);
                }
            } else if (action < 97) {
                if (!held.isEmpty()) {
                    manager.release(held.remove(random.nextInt(held.size())));
                }
            } else {
                manager.setTotal(randomSet(random, names, 200_000));
            }
            checkInvariants(held, "seed=" + seed + " step=" + step);
        }
        held.forEach(manager::release);
        assertEquals(ResourceSet.EMPTY, manager.inUse(), "seed=" + seed);
        assertEquals(manager.total(), manager.available(), "seed=" + seed);
    }

    private void checkInvariants(List<ResourceSet> held, String where) {
        ResourceSet sum = ResourceSet.EMPTY;
        for (ResourceSet set : held) {
            sum = sum.plus(set);
        }
        assertEquals(sum, manager.inUse(), where);
        assertEquals(
                manager.total().plus(manager.overcommitted()), manager.inUse().plus(manager.available()), where);
    }

    private static ResourceSet randomSet(Random random, String[] names, int maxUnits) {
        ResourceSet set = ResourceSet.EMPTY;
        for (String name : names) {
            if (random.nextBoolean()) {
                set = set.with(name, ResourceAmount.ofUnits(random.nextInt(maxUnits)));
            }
        }
        return set;
    }

    @Test
    void remembersTheLastChangesAndNoMore() {
        final long[] now = {5};
        final ResourceManager manager = new ResourceManager(ResourceSet.cpus(4), () -> now[0]++);
        assertTrue(manager.tryAllocate(ResourceSet.cpus(1)).isEmpty());
        assertTrue(manager.tryAllocate(ResourceSet.cpus(9)).isPresent());
        manager.release(ResourceSet.cpus(1));
        assertEquals(
                List.of(
                        new ResourceChange(1, 5, ResourceChange.Kind.TOTAL, ResourceSet.cpus(4)),
                        new ResourceChange(2, 6, ResourceChange.Kind.GRANTED, ResourceSet.cpus(1)),
                        new ResourceChange(3, 7, ResourceChange.Kind.RELEASED, ResourceSet.cpus(1))),
                manager.history());
        for (int i = 0; i < ResourceManager.HISTORY; i++) {
            manager.setTotal(ResourceSet.of("gpu", i));
        }
        assertEquals(ResourceManager.HISTORY, manager.history().size());
        assertEquals(4, manager.history().get(0).version());
        assertEquals(
                manager.version(),
                manager.history().get(ResourceManager.HISTORY - 1).version());
    }
}
