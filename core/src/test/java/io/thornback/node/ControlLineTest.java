/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControlLineTest {

    @Test
    void anyTextSurvivesTheLine() {
        for (String value : List.of("", "a b", "x=y", "100%", "line\nend\r\t", "ä€", "%0a", "=")) {
            ControlLine line = new ControlLine("READY", Map.of("key", value));
            String text = line.toString();
            assertEquals(-1, text.indexOf('\n'));
            assertEquals(line, ControlLine.parse(text));
        }
    }

    @Test
    void aLineThatIsNoneIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ControlLine.parse("READY port"));
        assertThrows(IllegalArgumentException.class, () -> ControlLine.parse("READY =5"));
        assertThrows(IllegalArgumentException.class, () -> ControlLine.parse("READY a=%2"));
        assertThrows(IllegalArgumentException.class, () -> ControlLine.parse("READY a=%zz"));
        assertThrows(IllegalArgumentException.class, () -> ControlLine.parse("x".repeat(ControlLine.MAX_LENGTH + 1)));
        assertThrows(
                IllegalArgumentException.class, () -> ControlLine.parse("READY").value("port"));
    }
}
