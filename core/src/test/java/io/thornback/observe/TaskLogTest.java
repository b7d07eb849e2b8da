/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskLogTest {
    private static final JobId JOB = new JobId(7);

    @TempDir
    private Path shm;

    private static TaskEvent event(final long number) {
        return new TaskEvent()
                .of(TaskId.create(JOB), null, 0, "task-" + number)
                .resources("cpu=1")
                .state(TaskState.QUEUED)
                .times(number, 0);
    }

    private List<String> names() {
        return TaskInfo.list(shm).stream().map(TaskInfo::name).toList();
    }

    @Test
    void aTaskIsBroughtUpToDateInItsSlot() {
        try (TaskLog log = TaskLog.ofRaylet(shm, 4)) {
            final TaskId parent = TaskId.create(JOB);
            final TaskEvent asked = new TaskEvent()
                    .of(TaskId.create(JOB), parent, 1, "Counter::new")
                    .resources("cpu=0.5, gpu=1")
                    .times(100, 0);
            final long position = log.append(asked);
            assertTrue(log.running(position, 3, 4711, 1, 200));
            assertTrue(log.state(position, TaskState.QUEUED));
            final TaskInfo again = TaskInfo.list(shm).get(0);
            assertEquals(0, again.worker(), "no worker has it");
            assertEquals(0, again.pid());
            assertEquals(new TaskInfo.Times(100, 0, 0, 0, 0), again.times());
            assertTrue(log.running(position, 4, 4712, 2, 250));
            assertTrue(log.ended(position, TaskState.FINISHED, 300, 400, 500));
            assertEquals(
                    List.of(new TaskInfo(
                            asked.id,
                            Optional.of(parent),
                            TaskInfo.Kind.ACTOR,
                            TaskState.FINISHED,
                            "Counter::new",
                            "cpu=0.5, gpu=1",
                            2,
                            4,
                            4712,
                            new TaskInfo.Times(100, 250, 300, 400, 500))),
                    TaskInfo.list(shm));
        }
    }

    @Test
    void theNewestTakeTheSlotsOfTheOldestAndWhoLostItsSlotIsTold() {
        try (TaskLog log = TaskLog.ofRaylet(shm, 4)) {
            final long first = log.append(event(1));
            for (int i = 2; i <= 6; i++) {
                log.append(event(i));
            }
            assertEquals(List.of("task-3", "task-4", "task-5", "task-6"), names());
            assertFalse(log.running(first, 1, 1, 1, 1));
            assertFalse(log.ended(first, TaskState.FINISHED, 1, 1, 1));
            assertFalse(log.state(TaskLog.NOWHERE, TaskState.FAILED));
            assertEquals(List.of("task-3", "task-4", "task-5", "task-6"), names(), "nobody else's slot was touched");
        }
    }

    @Test
    void whatItsWriterDiedInIsNotShown() throws Exception {
        try (TaskLog log = TaskLog.ofRaylet(shm, 4)) {
            log.append(event(1));
            log.append(event(2));
            try (RandomAccessFile file =
                    new RandomAccessFile(ObserveFiles.rayletTasks(shm).toFile(), "rw")) {
                file.seek(SlotFileDescriptor.SLOTS_OFFSET);
                file.write(3); // odd: it began its second write
            }
            assertEquals(List.of("task-2"), names());
            assertEquals(TaskLog.NOWHERE + 5, log.append(event(3)) + 2, "others go on");
            log.append(event(4));
            assertEquals(TaskLog.NOWHERE, log.append(event(5)), "the slot stays as it is");
            assertEquals(List.of("task-2", "task-3", "task-4"), names());
        }
    }

    @Test
    void aFileOfAnotherReleaseOrADamagedOneIsRefusedWithItsName() throws Exception {
        TaskLog.ofRaylet(shm, 4).close();
        final Path path = ObserveFiles.rayletTasks(shm);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(SlotFileDescriptor.CAPACITY_OFFSET);
            file.write(100);
            final ObserveException damaged = assertThrows(ObserveException.class, this::names);
            assertTrue(damaged.getMessage().contains(path + " is damaged"), damaged.getMessage());
            file.seek(SlotFileDescriptor.VERSION_OFFSET);
            file.write(2);
            final ObserveException other = assertThrows(ObserveException.class, this::names);
            assertTrue(other.getMessage().contains("version=2, this program reads 1"), other.getMessage());
            file.seek(SlotFileDescriptor.VERSION_OFFSET);
            file.write(0);
            assertEquals(List.of(), names(), "it is being made");
        }
    }

    @Test
    void longAndForeignNamesAreCutAtACharacter() {
        try (TaskLog log = TaskLog.ofRaylet(shm, 4)) {
            log.append(new TaskEvent()
                    .of(TaskId.create(JOB), null, 0, "x".repeat(100))
                    .times(1, 0));
            log.append(new TaskEvent()
                    .of(TaskId.create(JOB), null, 0, "a" + "ü".repeat(60))
                    .times(2, 0));
            log.append(new TaskEvent().of(TaskId.create(JOB), null, 0, "").times(3, 0));
            assertEquals(List.of("x".repeat(63), "a" + "ü".repeat(31), ""), names());
        }
    }

    @Test
    void readersNeverSeeOneTaskMixedWithAnother() throws Exception {
        final AtomicBoolean stop = new AtomicBoolean();
        try (TaskLog log = TaskLog.ofRaylet(shm, 8)) {
            final List<Thread> writers = new ArrayList<>();
            for (int w = 0; w < 2; w++) {
                final long base = (w + 1) * 1_000_000_000L;
                final Thread writer = new Thread(() -> {
                    for (long i = base; !stop.get(); i++) {
                        final long position = log.append(event(i).ran(i, 0, 0));
                        log.running(position, (int) i, i, (int) i, i);
                        log.ended(position, TaskState.FINISHED, i, i, i);
                    }
                });
                writer.start();
                writers.add(writer);
            }
            try {
                int seen = 0;
                for (int round = 0; round < 3_000; round++) {
                    for (final TaskInfo task : TaskInfo.list(shm)) {
                        final long number = Long.parseLong(task.name().substring("task-".length()));
                        final TaskInfo.Times times = task.times();
                        assertEquals(number, times.submittedNs());
                        if (task.state() == TaskState.FINISHED) {
                            assertEquals(new TaskInfo.Times(number, number, number, number, number), times);
                            assertEquals(number, task.pid());
                        }
                        seen++;
                    }
                }
                assertTrue(seen > 3_000, "seen=" + seen);
            } finally {
                stop.set(true);
                for (final Thread writer : writers) {
                    writer.join();
                }
            }
        }
    }
}
