/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActorOptionsTest {
    private static final ActorOptions OPTIONS =
            new ActorOptions(-1, 3, 4, 100, true, Map.of("io", 2, "compute", 1), "words");

    @Test
    void whatWasWrittenIsReadAndWhatIsCutOffIsRefused() {
        final byte[] whole = OPTIONS.encode();
        assertEquals(OPTIONS, ActorOptions.decode(whole));
        for (int length = 0; length < whole.length; length++) {
            final byte[] part = Arrays.copyOf(whole, length);
            final IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> ActorOptions.decode(part));
            assertTrue(e.getMessage().contains("length=" + part.length), e.getMessage());
        }
    }
}
