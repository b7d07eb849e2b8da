/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import io.thornback.ActorRef;
import io.thornback.ThornbackException;
import io.thornback.objectstore.ObjectBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs on the workers: two functions. They keep no state; whatever a task needs is in its arguments. */
public final class Job {
    static final String PARSE = "parse";
    static final String REDUCE = "reduce";

    private static final Logger LOG = LoggerFactory.getLogger(Job.class);

    private Job() {}

    /**
     * Counts the references of the class files in one pack, reading them where they lie in shared memory.
     *
     * @param chunk a {@link PackDescriptor pack}
     * @param board told when the task has its result
     * @throws IllegalArgumentException if the object is not a pack, or damaged
     */
    public static Counts parse(ObjectBuffer chunk, ActorRef<ProgressBoard> board) {
        TaskClock clock = new TaskClock(PARSE);
        PackReader pack = new PackReader(chunk.slice(0, Math.toIntExact(chunk.length())));
        ClassCounter counter = new ClassCounter();
        for (int i = 0; i < pack.count(); i++) {
            counter.count(pack.buffer(), pack.offset(i), pack.size(i));
        }
        Counts counts = counter.counts();
        return counts.with(report(clock.stop(pack.length()), board));
    }

    /**
     * Adds up the counts of several tasks.
     *
     * @param parts in any order: the sum does not depend on it
     */
    public static Counts merge(List<Counts> parts) {
        TaskClock clock = new TaskClock(REDUCE);
        Counts sum = Counts.sum(parts);
        long bytes = 0;
        for (Counts part : parts) {
            bytes += part.methods().length + part.types().length;
        }
        return sum.with(clock.stop(bytes));
    }

    /** Nobody waits for the answer: a result must not be lost because progress could not be shown. */
    private static TaskTiming report(TaskTiming timing, ActorRef<ProgressBoard> board) {
        try {
            board.call(ProgressBoard::done, timing);
        } catch (ThornbackException e) {
            LOG.debug("progress of a task is not shown", e);
        }
        return timing;
    }
}
