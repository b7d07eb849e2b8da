/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.labels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Label;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelsTest {
    private static final Map<String, String> LABELS = Map.of("zone", "a", "disk", "");

    @Test
    void eachOperatorMeansWhatItSays() {
        assertTrue(Label.is("zone", "a").matches(LABELS));
        assertFalse(Label.is("zone", "b").matches(LABELS));
        assertFalse(Label.is("rack", "a").matches(LABELS));
        assertTrue(Label.isNot("zone", "b").matches(LABELS));
        assertFalse(Label.isNot("zone", "a").matches(LABELS));
        assertTrue(Label.isNot("rack", "a").matches(LABELS), "there is none");
        assertTrue(Label.in("zone", "b", "a").matches(LABELS));
        assertFalse(Label.in("zone", "b", "c").matches(LABELS));
        assertFalse(Label.in("rack", "a").matches(LABELS));
        assertTrue(Label.notIn("zone", "b", "c").matches(LABELS));
        assertFalse(Label.notIn("zone", "b", "a").matches(LABELS));
        assertTrue(Label.notIn("rack", "a").matches(LABELS), "there is none");
        assertTrue(Label.exists("disk").matches(LABELS), "an empty value is one");
        assertFalse(Label.exists("rack").matches(LABELS));
        assertTrue(Label.absent("rack").matches(LABELS));
        assertFalse(Label.absent("disk").matches(LABELS));
    }

    @Test
    void aSelectorIsMetWhenAllOfItIsAndSaysWhatIsNot() {
        final LabelSelector selector = new LabelSelector(List.of(Label.is("zone", "a"), Label.exists("gpu")));
        assertFalse(selector.matches(LABELS));
        assertEquals(Label.exists("gpu"), selector.unmet(LABELS).orElseThrow());
        assertTrue(LabelSelector.ANY.matches(Map.of()));
    }

    @Test
    void theOrderInWhichConditionsAreGivenMakesNoOtherClass() {
        assertEquals(
                new LabelSelector(List.of(Label.in("zone", "b", "a"), Label.exists("gpu"))),
                new LabelSelector(List.of(Label.exists("gpu"), Label.in("zone", "a", "b", "a"))));
    }

    @Test
    void whatCannotTravelOrBeReadIsRefused() {
        for (final String key : List.of("", "a b", "a,b", "a=b", "-a", "a/", "ü", "x".repeat(129))) {
            assertThrows(IllegalArgumentException.class, () -> Label.exists(key), key);
        }
        for (final String value : List.of("a,b", "a b", "a=b", "x".repeat(129))) {
            assertThrows(IllegalArgumentException.class, () -> Label.is("zone", value), value);
        }
        assertThrows(IllegalArgumentException.class, () -> Label.in("zone"));
        assertThrows(IllegalArgumentException.class, () -> new Label("zone", Label.Operator.EXISTS, List.of("a")));
    }

    @Test
    void operatorsTravelByTheirCodes() {
        for (final Label.Operator operator : Label.Operator.values()) {
            assertEquals(operator, Label.Operator.ofCode(operator.code()));
        }
        assertThrows(IllegalArgumentException.class, () -> Label.Operator.ofCode(77));
    }

    @Test
    void aNodesLabelsChangeWhileItRunsButNotItsOwn() {
        final LabelManager labels = new LabelManager("ab", Map.of("zone", "a"));
        assertEquals(Map.of("zone", "a", LabelManager.NODE_ID, "ab"), labels.labels());
        final long version = labels.version();
        labels.replace(Map.of("zone", "a"));
        assertEquals(version, labels.version(), "nothing changed");
        labels.replace(Map.of("zone", "b"));
        assertTrue(labels.version() > version);
        labels.replace(Map.of());
        assertEquals(Map.of(LabelManager.NODE_ID, "ab"), labels.labels());
        assertThrows(IllegalArgumentException.class, () -> labels.replace(Map.of(LabelManager.NODE_ID, "cd")));
        assertThrows(IllegalArgumentException.class, () -> labels.replace(Map.of("a b", "c")));
        assertEquals(Map.of(LabelManager.NODE_ID, "ab"), labels.labels(), "a refused change changes nothing");
    }
}
