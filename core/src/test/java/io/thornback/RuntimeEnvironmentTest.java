/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuntimeEnvironmentTest {
    @Test
    void comesBackAsItWent() {
        final RuntimeEnvironment environment = RuntimeEnvironment.none()
                .withJvmOption("-Da=b c&d=e%")
                .withVariable("PATH", "/a:/b=c\n&")
                .withVariable("EMPTY", "")
                .withWorkingDirectory(Path.of("/tmp/größe"))
                .withJar(Path.of("/x y/a.jar"))
                .withJar(Path.of("/x/b.jar"));
        final String text = environment.encode();
        assertTrue(text.matches("\\S+"), text);
        assertEquals(environment, RuntimeEnvironment.decode(text));
        assertEquals(RuntimeEnvironment.none(), RuntimeEnvironment.decode(""));
        assertEquals("", RuntimeEnvironment.none().encode());
        assertFalse(environment.isPlain());
        assertTrue(environment.ofProcess().jars().isEmpty());
    }

    @Test
    void whatIsTheNodesToSetIsRefused() {
        for (final String option : List.of("-Xmx5g", "-XX:MaxDirectMemorySize=1g", "-cp", "-jar", "Main")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RuntimeEnvironment.none().withJvmOption(option),
                    option);
        }
        for (final String name : List.of("", "A=B", "THORNBACK_SESSION")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RuntimeEnvironment.none().withVariable(name, ""),
                    name);
        }
        final RuntimeEnvironment huge = RuntimeEnvironment.none().withVariable("A", "x".repeat(7_000));
        assertThrows(IllegalArgumentException.class, huge::encode);
        for (final String text : List.of("x", "q=1", "v=novalue", "o")) {
            assertThrows(IllegalArgumentException.class, () -> RuntimeEnvironment.decode(text), text);
        }
    }
}
