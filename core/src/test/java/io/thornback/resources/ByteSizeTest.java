/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0,0,0 B",
        "1000,1000,1000 B",
        "512m,536870912,512 MiB",
        "1.5GiB,1610612736,1.5 GiB",
        "2 kb,2048,2 KiB",
        "3T,3298534883328,3 TiB"
    })
    void readsAndPrints(String text, long bytes, String printed) {
        assertEquals(bytes, ByteSize.parse(text));
        assertEquals(printed, ByteSize.format(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "-1m", "1x", "1..5g", "99999t", "1 g b"})
    void refuses(String text) {
        assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
    }
}
