/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JoinTokenTest {
    private static final String FINGERPRINT = "f1".repeat(32);
    private static final String SECRET = "5e".repeat(32);

    @Test
    void isOneLineThatReadsBack() {
        final String text = JoinToken.encrypted(FINGERPRINT, SECRET).text();
        assertEquals("thornback1." + FINGERPRINT + "." + SECRET, text);
        final JoinToken read = JoinToken.parse(" " + text + "\n");
        assertFalse(read.isPlainText());
        assertEquals(FINGERPRINT, read.fingerprint());
        assertEquals(SECRET, read.secret());
    }

    @Test
    void aTokenForPlainTextHasNoFingerprint() {
        final JoinToken read = JoinToken.parse(JoinToken.plainText(SECRET).text());
        assertTrue(read.isPlainText());
        assertEquals(SECRET, read.secret());
        assertThrows(IllegalStateException.class, read::fingerprint);
    }

    @Test
    void neverPrintsTheSecret() {
        assertFalse(JoinToken.encrypted(FINGERPRINT, SECRET).toString().contains("5e5e"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', is empty",
        "F.5e5e 5e5e, is more than one word",
        "5e5e, does not begin with thornback1.",
        "thornback2.F.S, 'is of another version: it begins with thornback2, this release knows thornback1'",
        "thornback1.F, has 2 parts between points instead of 3",
        "thornback1.F.S.5e5e, has 4 parts between points instead of 3",
        "thornback1.5e5e.S, has a fingerprint of 4 characters instead of 64",
        "thornback1.F.S5e5e, has a secret of 68 characters instead of 64",
        "thornback1.F.5e5e, has a secret of 4 characters instead of 64",
        "thornback1.plain.S, has a fingerprint of 5 characters instead of 64",
        "thornback1.G.S, has a fingerprint that is not hexadecimal",
        "thornback1.F.G, has a secret that is not hexadecimal"
    })
    void saysWhatIsWrongWithoutTheSecret(String pattern, String problem) {
        final String text =
                pattern.replace("F", FINGERPRINT).replace("G", "xy".repeat(32)).replace("S", SECRET);
        final String message = assertThrows(IllegalArgumentException.class, () -> JoinToken.parse(text))
                .getMessage();
        assertEquals(
                "the join token " + problem + "; copy the whole line of the file 'token' in the head's session folder",
                message);
        assertFalse(message.contains("5e5e"), message);
    }
}
