/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.observe.TaskInfo;
import io.thornback.observe.TaskState;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tasks as a trace in the JSON array form of the Trace Event Format (Google, "Trace Event Format"): a complete event ("X") for each that has begun, a process for each worker, and as many
 * rows in it as it ran tasks at once. Times are microseconds since the earliest submission.
 */
final class ChromeTrace {
    private static final int NANOSECONDS_OF_MICROSECOND_DIGITS = 3;

    private final List<TaskInfo> begun;
    private final Map<Integer, Long> workers = new TreeMap<>();
    private final long nowNs;
    private final long originNs;

    /** @param nowNs the end of what still runs. */
    ChromeTrace(List<TaskInfo> tasks, long nowNs) {
        this.nowNs = nowNs;
        this.originNs = tasks.stream()
                .mapToLong(task -> task.times().submittedNs())
                .filter(time -> time != 0)
                .min()
                .orElse(nowNs);
        this.begun = tasks.stream()
                .filter(task -> beginOf(task) != 0)
                .sorted(Comparator.comparingLong(ChromeTrace::beginOf))
                .toList();
        begun.forEach(task -> workers.put(task.worker(), task.pid()));
    }

    /** How many tasks it has. */
    int tasks() {
        return begun.size();
    }

    /** How many workers ran them. */
    int workers() {
        return workers.size();
    }

    /** Writes it, one event a line. */
    void write(PrintWriter out) {
        List<Map<String, Object>> events = new ArrayList<>();
        workers.forEach((worker, pid) -> events.add(named(worker, pid)));
        Map<Integer, List<Long>> rows = new LinkedHashMap<>();
        for (TaskInfo task : begun) {
            events.add(event(task, rowOf(task, rows.computeIfAbsent(task.worker(), w -> new ArrayList<>()))));
        }
        out.print("[");
        for (int i = 0; i < events.size(); i++) {
            out.print(i == 0 ? "\n" : ",\n");
            out.print(Json.writeLine(events.get(i)));
        }
        out.println("\n]");
    }

    /** The first row of the worker that is free when the task begins; {@code ends} has the end of each row's last task. */
    private int rowOf(TaskInfo task, List<Long> ends) {
        for (int row = 0; row < ends.size(); row++) {
            if (ends.get(row) <= beginOf(task)) {
                ends.set(row, endOf(task));
                return row;
            }
        }
        ends.add(endOf(task));
        return ends.size() - 1;
    }

    /** The raylet hears when a task began only when it has ended: what runs is shown from when it was sent. 0: it has not begun. */
    private static long beginOf(TaskInfo task) {
        TaskInfo.Times times = task.times();
        return times.startedNs() == 0 && task.state() == TaskState.RUNNING ? times.scheduledNs() : times.startedNs();
    }

    private long endOf(TaskInfo task) {
        long known = Math.max(task.times().endedNs(), task.times().storedNs());
        long end = known != 0 ? known : task.state().isOver() ? beginOf(task) : nowNs;
        return Math.max(end, beginOf(task));
    }

    private static Map<String, Object> named(int worker, long pid) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("name", "process_name");
        event.put("ph", "M");
        event.put("pid", worker);
        event.put("tid", 0);
        event.put("args", Map.of("name", "worker " + worker + " (pid " + pid + ")"));
        return event;
    }

    private Map<String, Object> event(TaskInfo task, int row) {
        TaskInfo.Times times = task.times();
        Map<String, Object> args = new LinkedHashMap<>();
        args.put("task", task.id().toString());
        args.put("parent", task.parent().map(Object::toString).orElse(null));
        args.put("job", task.id().job().value());
        args.put("state", task.state().toString());
        args.put("attempt", task.attempt());
        args.put("resources", task.resources());
        args.put("submittedUs", microseconds(times.submittedNs() - originNs));
        args.put("scheduledUs", microseconds(times.scheduledNs() - originNs));
        args.put("endedUs", times.endedNs() == 0 ? null : microseconds(times.endedNs() - originNs));
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("name", task.name());
        event.put("cat", task.kind().toString());
        event.put("ph", "X");
        event.put("ts", microseconds(beginOf(task) - originNs));
        event.put("dur", microseconds(endOf(task) - beginOf(task)));
        event.put("pid", task.worker());
        event.put("tid", row);
        event.put("args", args);
        return event;
    }

    private static BigDecimal microseconds(long ns) {
        return BigDecimal.valueOf(ns, NANOSECONDS_OF_MICROSECOND_DIGITS);
    }
}
