/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassFilterTest {
    private final ClassFilter filter = ClassFilter.of(List.of("com.acme.Order", "com.acme.model.*"));

    @Test
    void allowsWhatIsListedAndWhatIsNestedInIt() {
        assertTrue(filter.allows("com.acme.Order"));
        assertTrue(filter.allows("com.acme.Order$Line"));
        assertTrue(filter.allows("com.acme.Order$Line$Part"));
        assertTrue(filter.allows("com.acme.Order$$Lambda$14/0x0000000800c8"));
        assertTrue(filter.allows("com.acme.Order$$Lambda/0x00007f0001a3"));
        assertTrue(filter.allows("com.acme.model.Customer"));
        assertTrue(filter.allows("com.acme.model.deep.er.Address"));
        assertTrue(filter.allows("[Lcom.acme.Order;"));
        assertTrue(filter.allows("[[Lcom.acme.model.Customer;"));
    }

    @Test
    void refusesEverythingElse() {
        assertFalse(filter.allows("com.acme.Orders"));
        assertFalse(filter.allows("com.acme.OrderItem"));
        assertFalse(filter.allows("com.acme.modelling.Tool"));
        assertFalse(filter.allows("com.acme.Cart$Order"));
        assertFalse(filter.allows("[Lcom.acme.Orders;"));
        assertFalse(filter.allows("javax.naming.InitialContext"));
        assertFalse(filter.allows("io.thornback.runtime.ClientRuntime"));
    }

    @Test
    void valuesOfTheLibraryNeedNoListing() {
        assertTrue(filter.allows("java.lang.String"));
        assertTrue(filter.allows("java.util.ArrayList"));
        assertTrue(filter.allows("java.util.ImmutableCollections$ListN"));
        assertTrue(filter.allows("java.math.BigDecimal"));
        assertTrue(filter.allows("java.time.LocalDate"));
        assertTrue(filter.allows("java.lang.RuntimeException"));
        assertTrue(filter.allows("java.lang.invoke.SerializedLambda"));
        assertTrue(filter.allows("[I"));
        assertTrue(filter.allows("[[D"));
        assertTrue(filter.allows("io.thornback.TaskException"));
        assertFalse(filter.allows("java.lang.ProcessBuilder"));
        assertFalse(filter.allows("java.lang.reflect.Method"));
        assertFalse(filter.allows("java.net.URLClassLoader"));
    }

    @Test
    void withoutAListAnythingGoes() {
        assertTrue(ClassFilter.of(List.of()).isAny());
        assertTrue(ClassFilter.ANY.allows("com.acme.Orders"));
    }

    @Test
    void whatIsNoNameIsRefused() {
        for (final String wrong : List.of("", "com.acme.", "*", "com.*.Order", "com/acme/Order", "com.acme.Order ")) {
            assertThrows(IllegalArgumentException.class, () -> ClassFilter.of(List.of(wrong)), wrong);
        }
    }
}
