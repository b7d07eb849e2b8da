/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final long NOON = 1_800_000_000_000_000L;

    @Test
    void saysWhatWasCountedAndWhereTheTimeWent() {
        String text = ReportText.of(report(List.of()));
        assertTrue(text.contains("     1,234  java.lang.Object.hashCode()"), text);
        assertTrue(
                text.contains("Totals: 2 classes (3.0 MB), 20 methods, 10 fields, 12 constants:\n  7 Utf8, 5 Class\n"),
                text);
        assertTrue(text.contains("Left out: 9 other files, 4 truncated\n  a/Bad.class: truncated\n"), text);
        assertTrue(
                text.contains(
                        "parse          2 tasks in 2 workers                     0.50     2.50     2.00     3.00         2\n"),
                text);
        assertTrue(text.contains("agrees in all 101 keys"), text);
        assertTrue(text.contains("sha256 abc"), text);
    }

    @Test
    void aDifferenceIsNotToBeOverlooked() {
        QuickstartReport report = report(List.of("type a/B: job 1, plain count 2"));
        assertFalse(report.agrees());
        String text = ReportText.of(report);
        assertTrue(text.contains("Check FAILED"), text);
        assertTrue(text.contains("  type a/B: job 1, plain count 2\n"), text);
        assertTrue(ReportJson.of(report).contains("\"agrees\":false"));
    }

    @Test
    void jsonHoldsTheSame() {
        String json = ReportJson.of(report(List.of()));
        assertTrue(json.startsWith("{\"input\":\"the \\\"input\\\"\",\"agrees\":true,\"sha256\":\"abc\""), json);
        assertTrue(json.contains("\"topMethods\":[{\"key\":\"java/lang/Object.hashCode:()I\",\"count\":1234}]"), json);
        assertTrue(json.contains("\"constants\":{\"Utf8\":7,"), json);
        assertTrue(json.contains("\"TRUNCATED\":4"), json);
        assertTrue(json.contains("\"name\":\"parse\",\"where\":\"2 tasks in 2 workers\""), json);
        assertTrue(json.contains("\"cpuMs\":null"), json);
        assertEquals("\"\\u001b\\\\\\u00e9\"", ReportJson.string("\u001b\\é"));
    }

    @Test
    void stagesOfTasksRunFromTheFirstBeginningToTheLastEnd() {
        List<TaskTiming> timings = List.of(
                new TaskTiming("parse", 7, 2_000, 5_000, 100, 130, 10),
                new TaskTiming("reduce", 7, 6_000, 7_000, 200, 210, 5),
                new TaskTiming("parse", 8, 1_000, 4_000, 50, 60, 20),
                new TaskTiming("parse", 8, 4_000, 9_000, 60, 80, 30));
        StageTime parse = StageTime.ofTasks("parse", timings, 1);
        assertEquals(new StageTime("parse", "3 tasks in 2 workers", 1_000, 9_000, 60, 60), parse);
        assertEquals(7_500.0, parse.bytesPerSecond());
        assertEquals(
                "1 task in 1 worker", StageTime.ofTasks("reduce", timings, 1).where());
        StageTime shared = StageTime.ofTasks("parse", timings, 8);
        assertEquals("3 tasks in this JVM", shared.where());
        assertEquals(StageTime.UNKNOWN, shared.cpuMs());
    }

    private static QuickstartReport report(List<String> differences) {
        long[] tags = new long[ClassFileReader.TAG_LIMIT];
        tags[ClassFileReader.UTF8] = 7;
        tags[ClassFileReader.CLASS] = 5;
        Totals totals =
                new Totals(2, 3_000_000, 10, 20, tags, new long[SkipReason.COUNT]).plusSkipped(SkipReason.TRUNCATED, 4);
        List<TaskTiming> timings = List.of(
                new TaskTiming("parse", 7, NOON + 500_000, NOON + 2_000_000, 0, 1_000, 1_000_000),
                new TaskTiming("parse", 8, NOON + 900_000, NOON + 2_500_000, 0, 2_000, 3_000_000));
        StageTime parse = StageTime.ofTasks("parse", timings, 1);
        QuickstartReport report = new QuickstartReport(
                "the \"input\"",
                totals,
                9,
                List.of("a/Bad.class: truncated"),
                100,
                1,
                List.of(new Ranked("java/lang/Object.hashCode:()I", 1_234)),
                List.of(new Ranked("java/lang/Object", 2)),
                "abc",
                differences,
                new QuickstartReport.Work(2, 3_000_000, 2, List.of(parse)));
        return report.withStages(List.of(new StageTime("start", "new node", NOON, NOON + 1, StageTime.UNKNOWN, 0)));
    }
}
