/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.observe.TaskInfo;
import io.thornback.observe.TaskState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChromeTraceTest {
    private static final long NOW = 9_000_000;

    private static TaskInfo task(String name, TaskState state, int worker, TaskInfo.Times times) {
        return new TaskInfo(
                TaskId.create(new JobId(1)),
                Optional.empty(),
                TaskInfo.Kind.TASK,
                state,
                name,
                "cpu=1",
                1,
                worker,
                100 + worker,
                times);
    }

    private static List<Map<String, Object>> written(List<TaskInfo> tasks) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        new ChromeTrace(tasks, NOW).write(out);
        out.flush();
        return JsonReader.readRows(text.toString());
    }

    private static BigDecimal number(String text) {
        return new BigDecimal(text);
    }

    @Test
    void eachTaskIsACompleteEventInARowOfItsWorker() {
        List<Map<String, Object>> events = written(List.of(
                task("outer \"x\"\n", TaskState.FINISHED, 2, new TaskInfo.Times(1_000, 2_000, 3_000, 9_000, 9_500)),
                task("beside it", TaskState.FAILED, 2, new TaskInfo.Times(2_000, 3_000, 5_000, 7_000, 7_000)),
                task("after it", TaskState.RUNNING, 2, new TaskInfo.Times(2_500, 3_000, 7_000, 0, 0)),
                task("waits", TaskState.QUEUED, 0, new TaskInfo.Times(3_000, 0, 0, 0, 0)),
                task("elsewhere", TaskState.FINISHED, 3, new TaskInfo.Times(3_000, 4_000, 5_000, 6_000, 6_001))));
        assertEquals(6, events.size(), "two workers, four tasks that began");
        assertEquals(Map.of("name", "worker 2 (pid 102)"), events.get(0).get("args"));
        assertEquals("M", events.get(0).get("ph"));
        Map<String, Object> outer = events.get(2);
        assertEquals("outer \"x\"\n", outer.get("name"));
        assertEquals("X", outer.get("ph"));
        assertEquals(number("2.000"), outer.get("ts"), "since the first submission");
        assertEquals(number("6.500"), outer.get("dur"));
        assertEquals(number("2"), outer.get("pid"));
        assertEquals(number("0"), outer.get("tid"));
        Map<String, Object> beside = events.get(3);
        assertEquals("beside it", beside.get("name"));
        assertEquals(number("1"), beside.get("tid"), "the row of the other is taken");
        Map<String, Object> elsewhere = events.get(4);
        assertEquals(number("3"), elsewhere.get("pid"));
        assertEquals(number("0"), elsewhere.get("tid"));
        Map<String, Object> after = events.get(5);
        assertEquals(number("1"), after.get("tid"));
        assertEquals(number("8993.000"), after.get("dur"), "it runs until now");
        assertNull(((Map<?, ?>) after.get("args")).get("endedUs"));
    }

    @Test
    void nothingIsAListToo() {
        assertEquals(List.of(), written(List.of()));
    }
}
