/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The driver of the job: packs the input, submits the tasks, shows progress, and checks the result. Everything here is
 * what a user's program would do, by the public API. Not thread-safe; one instance a run.
 */
public final class Quickstart {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Thornback tb;
    private final QuickstartOptions options;
    private final Progress progress;
    private final ActorRef<ProgressBoard> board;
    private final long startMicros = TaskClock.nowMicros();
    private final List<StageTime> stages = new ArrayList<>();
    private ObjectRef<ProgressBoard.State> question;
    private ProgressBoard.State state = ProgressBoard.State.NOTHING;

    private Quickstart(Thornback tb, QuickstartOptions options, Progress progress) {
        this.tb = tb;
        this.options = options;
        this.progress = progress;
        this.board = tb.actor(ProgressBoard::new).cpus(0).create();
    }

    /**
     * Runs the job. Blocks until it is done, some seconds for a JDK.
     *
     * @return the result; it says itself whether it agrees with the plain count
     * @throws NoClassFilesException if the input holds none
     * @throws IOException if the input cannot be listed
     * @throws io.thornback.ThornbackException if a task fails or the node goes away
     */
    public static QuickstartReport run(Thornback tb, QuickstartOptions options, Progress progress) throws IOException {
        Quickstart job = new Quickstart(tb, options, progress);
        try {
            return job.run();
        } finally {
            progress.close();
            job.board.kill();
        }
    }

    private QuickstartReport run() throws IOException {
        ChunkSubmitter chunks = new ChunkSubmitter(tb, options.chunkBytes(), board, this::showPacking);
        StageClock packing = new StageClock("read + pack", "driver");
        String description;
        try (ClassFileInput input = ClassFileInput.open(options.input().orElse(null))) {
            description = input.description();
            input.list(chunks);
            chunks.flush();
        }
        stages.add(packing.stop(chunks.fileBytes())
                .in(String.format(Locale.ROOT, "driver, %.2f s of it waiting", chunks.waitedNs() / 1e9)));
        if (chunks.parts().isEmpty()) {
            throw new NoClassFilesException(description, chunks.skipped(), chunks.otherFiles());
        }
        Counts counts = chunks.addSkippedTo(reduce(chunks.parts()));

        progress.show("check", 0, 1, "counting once more, one thread");
        StageClock checking = new StageClock("check", "driver, 1 thread, after the tasks");
        PlainCount plain;
        try (ClassFileInput input = ClassFileInput.open(options.input().orElse(null))) {
            plain = PlainCount.of(input);
        }
        List<String> differences = Comparison.differences(counts, plain);
        stages.add(checking.stop(plain.totals().classBytes()));
        return report(description, counts, plain, differences, chunks);
    }

    /** Joins the parts in a tree whose nodes are tasks; each takes references, so no part passes through the driver. */
    private Counts reduce(List<ObjectRef<Counts>> parts) {
        List<ObjectRef<Counts>> level = parts;
        List<ObjectRef<Counts>> merges = new ArrayList<>();
        while (level.size() > 1) {
            List<ObjectRef<Counts>> next = new ArrayList<>();
            for (int from = 0; from < level.size(); from += options.fanIn()) {
                List<ObjectRef<Counts>> group = level.subList(from, Math.min(level.size(), from + options.fanIn()));
                next.add(
                        group.size() == 1
                                ? group.get(0)
                                : tb.task(Job::merge, group).name(Job.REDUCE).submit());
            }
            level = next;
            merges.addAll(next);
        }
        ObjectRef<Counts> root = level.get(0);
        do {
            showTasks(parts, merges);
        } while (tb.wait(List.of(root), 1, POLL).ready().isEmpty());
        StageClock fetching = new StageClock("fetch result", "driver");
        Counts counts = root.get();
        stages.add(fetching.stop(0));
        return counts;
    }

    private QuickstartReport report(
            String description, Counts counts, PlainCount plain, List<String> differences, ChunkSubmitter chunks) {
        long driver = ProcessHandle.current().pid();
        StageClock ranking = new StageClock("digest + top", "driver");
        String digest = Comparison.digest(counts);
        List<Ranked> topMethods = TopN.of(counts.methods(), options.top());
        List<Ranked> topTypes = TopN.of(counts.types(), options.top());
        stages.add(ranking.stop(0));
        stages.add(StageTime.ofTasks(Job.PARSE, counts.timings(), driver));
        if (counts.timings().stream().anyMatch(t -> t.stage().equals(Job.REDUCE))) {
            stages.add(StageTime.ofTasks(Job.REDUCE, counts.timings(), driver));
        }
        stages.sort(StageTime.byStart());
        int workers =
                (int) counts.timings().stream().map(TaskTiming::pid).distinct().count();
        return new QuickstartReport(
                description,
                counts.totals(),
                plain.otherFiles(),
                plain.skippedSamples(),
                SortedCounts.entries(counts.methods()),
                SortedCounts.entries(counts.types()),
                topMethods,
                topTypes,
                digest,
                differences,
                new QuickstartReport.Work(chunks.parts().size(), chunks.objectBytes(), workers, List.copyOf(stages)));
    }

    private void showPacking(int packed) {
        ask();
        progress.show("pack", state.parsed(), packed, detail());
    }

    private void showTasks(List<ObjectRef<Counts>> parts, List<ObjectRef<Counts>> merges) {
        ask();
        long merged = merges.stream().filter(ObjectRef::isReady).count();
        boolean parsing = parts.stream().anyMatch(part -> !part.isReady());
        if (parsing) {
            progress.show(Job.PARSE, state.parsed(), parts.size(), detail());
        } else {
            progress.show(Job.REDUCE, merged, Math.max(1, merges.size()), detail());
        }
    }

    /** Asks the actor without waiting: the answer is shown when it has come. */
    private void ask() {
        if (question == null) {
            question = board.call(ProgressBoard::state);
        } else if (question.isReady()) {
            state = question.get();
            question = board.call(ProgressBoard::state);
        }
    }

    private String detail() {
        return String.format(
                Locale.ROOT,
                "%,d MB parsed by %d %s, %.1f s",
                state.bytes() / 1_000_000,
                state.workers(),
                state.workers() == 1 ? "worker" : "workers",
                (TaskClock.nowMicros() - startMicros) / 1e6);
    }
}
