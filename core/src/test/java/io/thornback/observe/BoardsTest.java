/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoardsTest {
    private static final JobId JOB = new JobId(3);

    @TempDir
    private Path shm;

    private static ActorInfo actor(final ActorId id, final int number, final ActorPhase phase) {
        return new ActorInfo(id, phase, "name-" + number, "Maker::new", number, 40 + number, 1, number, 9, "because");
    }

    @Test
    void actorsKeepTheirSlotsAndTheLongestDeadMakesRoom() {
        final ActorId[] ids = new ActorId[6];
        try (ActorBoard board = ActorBoard.create(shm, 4)) {
            for (int i = 0; i < ids.length; i++) {
                ids[i] = ActorId.create(JOB);
            }
            for (int i = 0; i < 4; i++) {
                board.put(actor(ids[i], i, ActorPhase.STARTING));
            }
            board.put(actor(ids[2], 2, ActorPhase.DEAD));
            board.put(actor(ids[0], 0, ActorPhase.DEAD));
            board.put(actor(ids[0], 0, ActorPhase.ALIVE)); // it was made again
            board.put(actor(ids[1], 1, ActorPhase.DEAD));
            board.put(actor(ids[4], 4, ActorPhase.ALIVE));
            assertEquals(
                    List.of(
                            actor(ids[0], 0, ActorPhase.ALIVE),
                            actor(ids[1], 1, ActorPhase.DEAD),
                            actor(ids[3], 3, ActorPhase.STARTING),
                            actor(ids[4], 4, ActorPhase.ALIVE)),
                    ActorInfo.list(shm));
            board.put(actor(ids[1], 1, ActorPhase.ALIVE));
            board.put(actor(ids[5], 5, ActorPhase.ALIVE));
            assertEquals(4, ActorInfo.list(shm).size(), "no living actor makes room for another");
        }
    }

    private static WorkerInfo worker(final int number, final WorkerState state, final Optional<TaskId> task) {
        return new WorkerInfo(number, 100 + number, state, 3, task, "Wörk", 2, 11, 12, 1L << 30);
    }

    @Test
    void workersLeaveTheirSlotsToOthers() {
        final TaskId task = TaskId.create(JOB);
        try (WorkerBoard board = WorkerBoard.create(shm, 2)) {
            board.put(worker(1, WorkerState.BUSY, Optional.of(task)));
            board.put(worker(2, WorkerState.STARTING, Optional.empty()));
            board.put(worker(3, WorkerState.STARTING, Optional.empty()));
            assertEquals(
                    List.of(
                            worker(1, WorkerState.BUSY, Optional.of(task)),
                            worker(2, WorkerState.STARTING, Optional.empty())),
                    WorkerInfo.list(shm));
            board.retain(number -> number != 1);
            board.put(worker(3, WorkerState.IDLE, Optional.empty()));
            assertEquals(
                    List.of(
                            worker(2, WorkerState.STARTING, Optional.empty()),
                            worker(3, WorkerState.IDLE, Optional.empty())),
                    WorkerInfo.list(shm));
        }
    }
}
