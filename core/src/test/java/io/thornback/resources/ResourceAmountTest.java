/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceAmountTest {
    @ParameterizedTest
    @CsvSource({
        "0,0,0",
        "2,20000,2",
        "0.5,5000,0.5",
        " 1.2500 ,12500,1.25",
        "0.0001,1,0.0001",
        "10.0,100000,10",
        "1e3,10000000,1000"
    })
    void readsDecimalsAndPrintsThemWithoutTrailingZeros(String text, long units, String printed) {
        assertEquals(units, ResourceAmount.parse(text).units());
        assertEquals(printed, ResourceAmount.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "abc", "-1", "0.00001", "1/2", "NaN", "0,5", "--1", "-0.0001", "1e-5"})
    void refusesWhatIsNoAmount(String text) {
        assertThrows(IllegalArgumentException.class, () -> ResourceAmount.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "562949953421313", "9223372036854775807"})
    void refusesWhatIsTooLargeWithoutOverflowing(String text) {
        assertThrows(ArithmeticException.class, () -> ResourceAmount.parse(text));
    }

    @Test
    void takesTheShortestDecimalOfADouble() {
        assertEquals(1_000, ResourceAmount.of(0.1).units());
        assertEquals(33_333, ResourceAmount.of(3.3333).units());
        assertThrows(IllegalArgumentException.class, () -> ResourceAmount.of(1.0 / 3));
        assertThrows(IllegalArgumentException.class, () -> ResourceAmount.of(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> ResourceAmount.of(Double.POSITIVE_INFINITY));
    }

    @Test
    void aThousandTenthsAreExactlyAHundred() {
        ResourceAmount sum = ResourceAmount.ZERO;
        for (int i = 0; i < 1_000; i++) {
            sum = sum.plus(ResourceAmount.of(0.1));
        }
        assertEquals(ResourceAmount.of(100L), sum);
    }

    @Test
    void sumsAndDifferencesStayInRange() {
        final ResourceAmount most = ResourceAmount.of(ResourceAmount.MAX_WHOLE);
        assertThrows(ArithmeticException.class, () -> most.plus(ResourceAmount.ofUnits(1)));
        assertThrows(IllegalArgumentException.class, () -> ResourceAmount.ZERO.minus(ResourceAmount.ONE));
        assertThrows(ArithmeticException.class, () -> ResourceAmount.of(Long.MAX_VALUE));
        assertEquals(ResourceAmount.of(0.75), ResourceAmount.ONE.minus(ResourceAmount.of(0.25)));
    }
}
