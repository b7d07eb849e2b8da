/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.serialization.Format;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResultPartsTest {
    private final TaskId id = TaskId.create(new JobId(1));
    private final List<ObjectEntry> entries = IntStream.range(0, 3)
            .mapToObj(
                    i -> new ObjectEntry(id.object(i), new ObjectEntry.ObjectLife(id.object(i), new UnseenFailures())))
            .toList();
    private final PendingTask task = new PendingTask(id, "parts", entries, List.of(), List.of());

    @Test
    void nothingIsToldBeforeAllAreThere() {
        final ResultParts parts = task.parts(1, "worker-1");
        parts.add(0, Format.BYTES, new byte[] {1});
        parts.add(0, Format.BYTES, new byte[] {2});
        parts.add(2, Format.BYTES, null);
        assertFalse(parts.isComplete());
        parts.add(1, Format.BYTES, new byte[] {3});
        assertTrue(parts.isComplete());
        parts.complete(task.results());
        assertEquals(1, entries.get(0).bytes()[0], "the first of two counts");
        assertEquals(3, entries.get(1).bytes()[0]);
        assertTrue(entries.get(2).life().stored);
    }

    @Test
    void partsOfTwoAttemptsAreNotMixed() {
        final ResultParts first = task.parts(1, "worker-1");
        first.add(0, Format.BYTES, new byte[1]);
        first.add(1, Format.BYTES, new byte[1]);
        final ResultParts second = task.parts(2, "worker-1");
        assertNotSame(first, second);
        second.add(2, Format.BYTES, new byte[1]);
        assertFalse(second.isComplete());
        assertSame(second, task.parts(1, "worker-1"), "what the dead attempt had sent comes too late");
    }

    @Test
    void partsOfTwoWorkersAreNotMixed() {
        final ResultParts first = task.parts(1, "worker-1");
        first.add(0, Format.BYTES, new byte[1]);
        final ResultParts second = task.parts(1, "worker-2");
        assertNotSame(first, second);
        assertSame(second, task.parts(1, "worker-2"));
    }

    @Test
    void aResultThatTheTaskHasNotIsRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> task.parts(1, "worker-1").add(3, Format.NULL, new byte[0]));
        assertThrows(
                IllegalArgumentException.class, () -> task.parts(1, "worker-1").add(-1, Format.NULL, new byte[0]));
    }
}
