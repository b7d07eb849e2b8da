/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the files of {@code deploy/} say to the command line and the settings is understood. */
class DeployFilesTest {
    private static final Path DEPLOY = Path.of("../deploy");
    private static final Pattern LIST = Pattern.compile("(?m)(args:|command:|ENTRYPOINT|CMD) (\\[.*?\\])(?=[,}\\s]|$)");

    private static List<List<String>> commandsOf(String file) throws IOException {
        List<List<String>> commands = new ArrayList<>();
        Matcher lists = LIST.matcher(Files.readString(DEPLOY.resolve(file)));
        while (lists.find()) {
            List<String> words = new ArrayList<>();
            for (Object word : (List<?>) JsonReader.read(lists.group(2))) {
                words.add(word.toString());
            }
            if (words.get(0).equals("thornback")) {
                words.remove(0);
            }
            commands.add(words);
        }
        return commands;
    }

    private static void assertUnderstood(List<String> words) {
        String[] args = words.toArray(String[]::new);
        Main.commandLine(args).parseArgs(args);
    }

    @Test
    void containersAndPodsGiveCommandsThatThereAre() throws IOException {
        List<List<String>> pods = commandsOf("kubernetes/thornback.yaml");
        assertEquals(10, pods.size(), pods.toString());
        pods.forEach(DeployFilesTest::assertUnderstood);
        List<List<String>> image = commandsOf("Containerfile");
        assertEquals(List.of(List.of()), image.subList(0, 1));
        assertUnderstood(image.get(1));
    }

    @Test
    void theServiceStaysWithItsNodeWhetherItIsAHeadOrJoins() throws IOException {
        String unit = Files.readString(DEPLOY.resolve("systemd/thornback.service"));
        String defaults = Files.readString(DEPLOY.resolve("deb/etc/default"));
        assertTrue(unit.contains("\nType=notify\n"), unit);
        Matcher start = Pattern.compile("(?m)^ExecStart=\\S+/bin/thornback (.*)\\$NODE_FLAGS$")
                .matcher(unit);
        assertTrue(start.find(), unit);
        Matcher flags = Pattern.compile("(?m)^#?NODE_FLAGS=(.*)$").matcher(defaults);
        int count = 0;
        while (flags.find()) {
            assertUnderstood(List.of((start.group(1) + flags.group(1)).split(" ", -1)));
            count++;
        }
        assertEquals(2, count);
    }

    @Test
    void theSettingsOfThePackageAreSettings() throws IOException {
        Path file = DEPLOY.resolve("deb/etc/thornback.properties");
        String all = Files.readString(file).replaceAll("(?m)^#(?=\\S)", "");
        Path used = Files.writeString(Files.createTempFile("package", ".properties"), all);
        try {
            Configuration configuration = new ConfigurationSources()
                    .file(Optional.of(used), Map.of(), Optional.empty())
                    .resolve();
            assertEquals(Path.of("/var/lib/thornback"), configuration.node().dir());
            assertEquals("0.0.0.0", configuration.gcs().host());
        } finally {
            Files.delete(used);
        }
    }
}
