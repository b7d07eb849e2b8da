/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourceSetTest {
    private static final ResourceSet CPU_AND_GPU = ResourceSet.cpus(2).with("gpu", ResourceAmount.of(0.5));

    @Test
    void setsAreEqualWhenTheyMeanTheSame() {
        assertEquals(ResourceSet.cpus(2), CPU_AND_GPU.with("gpu", ResourceAmount.ZERO));
        assertEquals(ResourceSet.EMPTY, ResourceSet.copyOf(Map.of("cpu", ResourceAmount.ZERO)));
        assertEquals("{cpu=2, gpu=0.5}", CPU_AND_GPU.toString());
    }

    @Test
    void isNotChangedThroughTheMapItWasMadeFrom() {
        final Map<String, ResourceAmount> map = new HashMap<>(Map.of("cpu", ResourceAmount.ONE));
        final ResourceSet set = ResourceSet.copyOf(map);
        map.put("gpu", ResourceAmount.ONE);
        assertEquals(ResourceSet.cpus(1), set);
        assertThrows(UnsupportedOperationException.class, () -> set.asMap().put("gpu", ResourceAmount.ONE));
    }

    @Test
    void addsSubtractsAndCovers() {
        final ResourceSet sum = CPU_AND_GPU.plus(ResourceSet.cpus(1));
        assertEquals(ResourceAmount.of(3L), sum.get("cpu"));
        assertEquals(CPU_AND_GPU, sum.minus(ResourceSet.cpus(1)));
        assertTrue(sum.covers(CPU_AND_GPU));
        assertFalse(CPU_AND_GPU.covers(sum));
        assertTrue(ResourceSet.EMPTY.covers(ResourceSet.EMPTY));
        assertThrows(IllegalArgumentException.class, () -> ResourceSet.EMPTY.minus(CPU_AND_GPU));
    }

    @Test
    void refusesBadNamesAndTooMany() {
        assertThrows(IllegalArgumentException.class, () -> ResourceSet.of("", 1));
        assertThrows(IllegalArgumentException.class, () -> ResourceSet.of("two words", 1));
        assertThrows(IllegalArgumentException.class, () -> ResourceSet.of("a".repeat(129), 1));
        final Map<String, ResourceAmount> many = new HashMap<>();
        for (int i = 0; i <= ResourceSet.MAX_NAMES; i++) {
            many.put("r" + i, ResourceAmount.ONE);
        }
        assertThrows(IllegalArgumentException.class, () -> ResourceSet.copyOf(many));
    }
}
