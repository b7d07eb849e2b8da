/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ModifiedUtf8Test {
    @Test
    void readsEveryCharacterAsTheJdkWritesIt() throws IOException {
        for (int c = 0; c <= 0xFFFF; c++) {
            byte[] bytes = encode("x" + (char) c);
            assertTrue(isValid(bytes), "character " + c);
            assertEquals("x" + (char) c, ModifiedUtf8.decode(bytes, 0, bytes.length));
        }
    }

    @Test
    void readsASupplementaryCharacterAsTwoSurrogates() throws IOException {
        byte[] bytes = encode("\uD83D\uDC1F");
        assertEquals(6, bytes.length);
        assertTrue(isValid(bytes));
        assertEquals("\uD83D\uDC1F", ModifiedUtf8.decode(bytes, 0, 6));
    }

    @Test
    void refusesLongerFormsThanNeeded() {
        assertFalse(isValid(0xC1, 0x81)); // 'A' in two bytes
        assertFalse(isValid(0xE0, 0x81, 0x81)); // 'A' in three
        assertFalse(isValid(0xE0, 0x80, 0x80)); // U+0000 in three
        assertTrue(isValid(0xC0, 0x80)); // its only form
    }

    @Test
    void refusesBytesThatCannotStandThere() {
        assertFalse(isValid(0));
        assertFalse(isValid(0x80));
        assertFalse(isValid(0xC3));
        assertFalse(isValid(0xC3, 'a'));
        assertFalse(isValid(0xE2, 0x82));
        assertFalse(isValid(0xE2, 'a', 0x82));
        assertFalse(isValid(0xE2, 0x82, 'a'));
        assertFalse(isValid(0xF0, 0x9F, 0x90, 0x9F)); // four bytes, as in plain UTF-8
        assertFalse(isValid(0xFF));
    }

    @Test
    void decodingCutShortIsAnErrorAndNotAGuess() {
        byte[] bytes = {(byte) 0xE2, (byte) 0x82};
        assertThrows(IllegalArgumentException.class, () -> ModifiedUtf8.decode(bytes, 0, 2));
    }

    private static byte[] encode(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(text);
        }
        return Arrays.copyOfRange(bytes.toByteArray(), 2, bytes.size());
    }

    private static boolean isValid(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return isValid(bytes);
    }

    private static boolean isValid(byte[] bytes) {
        return ModifiedUtf8.isValid(new UnsafeBuffer(bytes), 0, bytes.length);
    }
}
