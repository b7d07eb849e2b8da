/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JvmCommandTest {

    @Test
    void theArgumentFileForApplicationsHoldsTheSameFlags() throws IOException {
        List<String> flags = Files.readAllLines(Path.of("../conf/thornback.args")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        assertEquals(JvmCommand.OPENS, flags);
    }

    @Test
    void theBuildRunsTestsWithTheSameFlags() throws IOException {
        String pom = Files.readString(Path.of("../pom.xml"));
        String flags = pom.substring(
                pom.indexOf("<thornback.jvm.opens>") + "<thornback.jvm.opens>".length(),
                pom.indexOf("</thornback.jvm.opens>"));
        assertEquals(Set.copyOf(JvmCommand.OPENS), Set.copyOf(Arrays.asList(flags.split(" ", -1))));
    }

    @Test
    void thisJvmHasWhatIsNeeded() {
        assertDoesNotThrow(JvmFlagsCheck::require);
    }

    @Test
    void aJvmWithoutTheFlagsIsToldTheLineToAdd() throws Exception {
        Process process = new ProcessBuilder(
                        JvmCommand.java().toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RequireFlags.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertTrue(said.contains("without --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"), said);
        assertTrue(said.contains("thornback run"), said);
    }

    /** Says what is missing. */
    static final class RequireFlags {
        private RequireFlags() {}

        public static void main(String[] args) {
            try {
                JvmFlagsCheck.require();
            } catch (NodeException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
