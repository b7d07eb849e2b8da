/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectId;
import io.thornback.transport.wire.TaskKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TaskWindowTest {
    private static final JobId JOB = new JobId(1);
    private static final byte[] MESSAGE = new byte[0];

    private final List<String> sent = new ArrayList<>();
    private final TaskWindow window = new TaskWindow(2, this::send);

    private static PendingTask task(final String name) {
        final TaskId id = TaskId.create(JOB);
        final ObjectId result = id.object(0);
        final ObjectEntry entry = new ObjectEntry(result, new ObjectEntry.ObjectLife(result, new UnseenFailures()));
        return new PendingTask(id, name, List.of(entry), List.of(), List.of());
    }

    private static CallRequest request(final double cpus) {
        final CallRequest request = new CallRequest(TaskKind.TASK, ActorId.none(JOB));
        request.resource(CallRequest.CPU, cpus);
        return request;
    }

    private void send(final PendingTask task, final byte[] message) {
        task.send(() -> sent.add(task.name()), force -> sent.add("cancel " + task.name()));
    }

    private PendingTask submit(final String name, final double cpus) {
        final PendingTask task = task(name);
        window.submit(request(cpus), task, MESSAGE);
        return task;
    }

    @Test
    void whatFindsNoPlaceIsSentInOrderWhenOthersHaveEnded() {
        final PendingTask first = submit("a", 1);
        final PendingTask second = submit("b", 1);
        submit("c", 1);
        submit("d", 1);
        assertEquals(List.of("a", "b"), sent);
        TaskWindow.ended(second);
        assertEquals(List.of("a", "b", "c"), sent);
        TaskWindow.ended(second);
        assertEquals(List.of("a", "b", "c"), sent, "an end counts once");
        TaskWindow.ended(first);
        assertEquals(List.of("a", "b", "c", "d"), sent);
    }

    @Test
    void requestsOfAnotherSizeHavePlacesOfTheirOwn() {
        submit("big-1", 8);
        submit("big-2", 8);
        submit("big-3", 8);
        submit("small", 1);
        assertEquals(List.of("big-1", "big-2", "small"), sent);
    }

    @Test
    void whatIsCancelledWhileItWaitsIsNeverSentAndTakesNoPlace() {
        final PendingTask first = submit("a", 1);
        submit("b", 1);
        final PendingTask unwanted = submit("c", 1);
        submit("d", 1);
        unwanted.cancel(false);
        TaskWindow.ended(unwanted);
        TaskWindow.ended(first);
        assertEquals(List.of("a", "b", "d"), sent);
    }

    @Test
    void manyThreadsLoseNoneAndNeverTakeMorePlacesThanThereAre() throws InterruptedException {
        final int threads = 4;
        final int each = 20_000;
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final BlockingQueue<PendingTask> running = new LinkedBlockingQueue<>();
        final TaskWindow.Sender sender = (task, message) -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            running.add(task);
        };
        final TaskWindow many = new TaskWindow(2, sender);
        final List<Thread> submitters = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            submitters.add(new Thread(() -> {
                for (int k = 0; k < each; k++) {
                    many.submit(request(1), task("t"), MESSAGE);
                }
            }));
        }
        submitters.forEach(Thread::start);
        for (int ended = 0; ended < threads * each; ended++) {
            final PendingTask task = running.poll(30, TimeUnit.SECONDS);
            assertTrue(task != null, "stuck after " + ended);
            atOnce.decrementAndGet();
            TaskWindow.ended(task);
        }
        for (final Thread submitter : submitters) {
            submitter.join();
        }
        assertTrue(most.get() <= 2, "most at once: " + most);
    }

    @Test
    void kindsOfRequestsThatNobodyAsksForAreForgottenAndARequestMayBeChanged() {
        for (int i = 1; i <= 1_000; i++) {
            TaskWindow.ended(submit("t" + i, i));
        }
        assertTrue(window.kinds() <= 64, "kinds=" + window.kinds());
        final CallRequest changing = request(2_000);
        window.submit(changing, task("a"), MESSAGE);
        changing.resource(CallRequest.CPU, 3_000);
        window.submit(changing, task("b"), MESSAGE);
        window.submit(request(2_000), task("c"), MESSAGE);
        window.submit(request(2_000), task("d"), MESSAGE);
        assertEquals(List.of("a", "b", "c"), sent.subList(1_000, sent.size()), "two of the first kind are there");
    }
}
