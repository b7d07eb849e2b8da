/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class QuickstartCommandTest {
    @TempDir
    Path folder;

    private final StringWriter err = new StringWriter();
    private final CommandLine command = new CommandLine(new QuickstartCommand()).setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--chunk-size=10k",
                "--chunk-size=2g",
                "--chunk-size=99t",
                "--chunk-size=auto",
                "--chunk-size=much",
                "--top=-1",
                "--top=10001",
                "--local --keep",
                "--local --dir=/tmp/x",
                "--local --cpus=3",
                "one two",
                "--xyz"
            })
    void refusesWhatMakesNoSense(String line) {
        assertEquals(QuickstartCommand.EXIT_USAGE, command.execute(line.split(" ", -1)), line);
        assertTrue(err.toString().contains("Usage: quickstart"), err.toString());
    }

    @Test
    void anInputThatDoesNotExistIsSaidBeforeANodeIsStarted() {
        String none = folder.resolve("none").toString();
        assertEquals(QuickstartCommand.EXIT_USAGE, command.execute("--dir=" + folder, none));
        assertTrue(err.toString().contains(none + ": no such folder or jar"), err.toString());
        assertFalse(Files.exists(folder.resolve("node.lock")));
    }

    @Test
    void runsOnANodeInsideThisJvmAndPrintsJson() throws IOException {
        Files.write(folder.resolve("Test.class"), new ClassBytes().bytes());
        StringWriter out = new StringWriter();
        command.setOut(new PrintWriter(out, true));
        assertEquals(
                QuickstartCommand.EXIT_AGREES, command.execute("--local", "--json", folder.toString()), err.toString());
        String json = out.toString();
        assertTrue(json.startsWith("{\"input\":") && json.contains("\"agrees\":true"), json);
        assertTrue(json.contains("{\"name\":\"stop\",\"where\":\"end of the job\""), json);
    }

    @Test
    void anInputWithoutClassesIsAnError() {
        assertEquals(QuickstartCommand.EXIT_USAGE, command.execute("--local", folder.toString()));
        assertTrue(err.toString().contains("name a folder or jar that holds compiled classes"), err.toString());
    }

    @Test
    void explainsItself() {
        String usage = command.getUsageMessage();
        for (String option :
                new String[] {"FOLDER", "--chunk-size", "--top", "--json", "--local", "--keep", "--dir", "--cpus"}) {
            assertTrue(usage.contains(option), usage);
        }
    }
}
