/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.labels.LabelManager;
import io.thornback.posix.ProcessIdentity;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import io.thornback.runtime.Links;
import io.thornback.scheduling.Requirements;
import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.ValuePlace;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much one worker is sent ahead and when it is asked for back, without a process: its inbox is read by nobody. */
class AheadTest {
    private static final JobId JOB = new JobId(1);
    private static final long MS = 1_000_000;
    /** Of which a worker is sent 64 ahead. */
    private static final long SHORT_NS = 1_000;

    @TempDir
    private Path dir;

    private final ResourceManager resources = new ResourceManager(ResourceSet.cpus(2));
    private final JobTable jobs = new JobTable(0);
    private Links links;
    private Inbox inbox;
    private NodeRecorder recorder;
    private Dispatcher dispatcher;
    private WorkerRecord worker;
    /** Not ready yet. */
    private WorkerRecord other;

    private WorkerPool pool;

    private static final class NoProcesses implements WorkerLauncher {
        @Override
        public void launch(
                final int number,
                final long processBytes,
                final RuntimeEnvironment environment,
                final Listener listener) {}

        @Override
        public void kill(final int number) {}

        @Override
        public boolean hasProcesses() {
            return false;
        }

        @Override
        public String logOf(final int number) {
            return "";
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void makeOneWorker() {
        links = new Links(dir, "raylet", () -> {});
        inbox = Inbox.create(dir, "worker-1", InboxOptions.DEFAULT);
        recorder = NodeRecorder.create(dir, 256, 4);
        final RayletConfig config = TwoCpus.config(2, dir);
        pool = new WorkerPool(config, new NoProcesses(), TwoCpus.NO_EVENTS);
        dispatcher =
                TwoCpus.dispatcher(config, resources, new LabelManager("ab", Map.of()), pool, jobs, links, recorder);
        jobs.add(new Job(
                JOB, ProcessIdentity.current(), "driver-1", "job", "cp", "space", "", RuntimeEnvironment.none(), 0));
        pool.refill(1);
        worker = pool.get(1);
        worker.outbox = links.to(inbox.name());
        other = pool.get(2);
        other.outbox = worker.outbox;
        pool.ready(worker, 1);
    }

    @AfterEach
    void close() {
        recorder.close();
        links.close();
        inbox.close();
    }

    private void submit(final int count) {
        for (int i = 0; i < count; i++) {
            final TaskRecord task = new TaskRecord(
                    TaskId.create(JOB),
                    TaskKind.TASK,
                    "task",
                    "driver-1",
                    Requirements.of(ResourceSet.cpus(1)),
                    3,
                    new TaskRecord.Spec(ValuePlace.INLINE, new byte[0], new byte[0]));
            dispatcher.submit(task, 1);
        }
    }

    private void end(final long tookNs, final long nowNs) {
        dispatcher.ended(worker, worker.task().id, true, tookNs, nowNs);
        dispatcher.dispatch(nowNs);
    }

    @Test
    void aWorkerIsFilledUpWhenItHasRunHalfOfWhatItHad() {
        submit(200);
        dispatcher.dispatch(1);
        assertEquals(1, worker.tasks.size(), "nothing is known of how long they take");
        end(SHORT_NS, 2);
        assertEquals(65, worker.tasks.size());
        for (int left = 64; left >= 33; left--) {
            end(SHORT_NS, 2);
            assertEquals(left, worker.tasks.size());
        }
        end(SHORT_NS, 2);
        assertEquals(65, worker.tasks.size());
        assertEquals(64, dispatcher.ahead());
    }

    @Test
    void aWorkerThatMayHaveOneAheadHasOneAhead() {
        submit(5);
        dispatcher.dispatch(1);
        for (int left = 4; left > 1; left--) {
            end(MS, 2);
            assertEquals(2, worker.tasks.size());
        }
        end(MS, 2);
        end(MS, 2);
        assertEquals(0, worker.tasks.size());
        assertEquals(ResourceSet.EMPTY, resources.inUse());
    }

    @Test
    void whatWaitsBehindALongTaskIsAskedForAtOnceWhereOthersCouldRunIt() {
        submit(20);
        dispatcher.dispatch(1);
        end(SHORT_NS, 2);
        assertEquals(0, dispatcher.askBack(4 * MS));
        assertEquals(1, dispatcher.askBack(6 * MS));
        assertEquals(0, dispatcher.askBack(60 * MS), "once");
    }

    @Test
    void whereNobodyElseCouldRunItLater() {
        assertTrue(resources.tryAllocate(ResourceSet.cpus(1)).isEmpty(), "another has the other CPU");
        submit(20);
        dispatcher.dispatch(1);
        end(SHORT_NS, 2);
        assertEquals(0, dispatcher.askBack(49 * MS));
        assertEquals(1, dispatcher.askBack(51 * MS));
    }

    @Test
    void nobodyIsWokenForWhatAWorkerThatRunsWillHaveBegunSooner() {
        submit(1);
        dispatcher.dispatch(1);
        end(SHORT_NS, 2);
        pool.ready(other, 3);
        submit(60);
        dispatcher.dispatch(4);
        assertEquals(50, worker.tasks.size(), "50 µs of work");
        assertEquals(10, other.tasks.size());
        assertEquals(ResourceSet.cpus(2), resources.inUse());
    }

    @Test
    void longerTasksWakeAllWorkers() {
        submit(1);
        dispatcher.dispatch(1);
        end(30_000, 2);
        pool.ready(other, 3);
        submit(4);
        dispatcher.dispatch(4);
        assertEquals(2, worker.tasks.size());
        assertEquals(2, other.tasks.size());
    }

    @Test
    void howLongATaskTookIsWhatItsWorkerSays() {
        submit(200);
        dispatcher.dispatch(1);
        end(SHORT_NS, 40 * MS); // by the raylet's clock it took 40 ms
        assertEquals(65, worker.tasks.size());
    }
}
