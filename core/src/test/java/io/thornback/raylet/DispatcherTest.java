/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.ActorId;
import io.thornback.ids.JobId;
import io.thornback.ids.TaskId;
import io.thornback.labels.LabelManager;
import io.thornback.posix.ProcessIdentity;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import io.thornback.runtime.ActorOptions;
import io.thornback.runtime.Links;
import io.thornback.scheduling.Policies;
import io.thornback.scheduling.Requirements;
import io.thornback.transport.wire.ActorOptionsEncoder;
import io.thornback.transport.wire.ChangeNodeDecoder;
import io.thornback.transport.wire.ChangeNodeEncoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.ValuePlace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts of the raylet that decide, without processes and with nobody to hear. */
class DispatcherTest {
    private static final JobId JOB = new JobId(1);

    @TempDir
    private Path dir;

    private final ResourceManager resources = new ResourceManager(ResourceSet.cpus(2));
    private final LabelManager labels = new LabelManager("ab", Map.of());
    private final JobTable jobs = new JobTable(0);
    private Links links;
    private NodeRecorder recorder;
    private Dispatcher dispatcher;
    private ActorManager actors;

    @BeforeEach
    void make() {
        links = new Links(dir, "raylet", () -> {});
        recorder = NodeRecorder.create(dir, 256, 4);
        final RayletConfig config = TwoCpus.config(0, dir);
        final WorkerPool pool = new WorkerPool(config, new ThreadWorkerLauncher(dir), TwoCpus.NO_EVENTS);
        dispatcher = TwoCpus.dispatcher(config, resources, labels, pool, jobs, links, recorder);
        actors = new ActorManager(dispatcher, pool, links, recorder, () -> 1);
    }

    @AfterEach
    void close() {
        recorder.close();
        links.close();
    }

    private static TaskRecord task(final TaskId id, final TaskKind kind, final ResourceSet request) {
        return new TaskRecord(
                id,
                kind,
                "task",
                "driver-1",
                Requirements.of(request),
                0,
                new TaskRecord.Spec(
                        ValuePlace.INLINE,
                        new byte[0],
                        kind == TaskKind.ACTOR_CREATION ? actorOptions() : new byte[0]));
    }

    private static byte[] actorOptions() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final ActorOptionsEncoder out = new ActorOptionsEncoder().wrap(buffer, 0);
        out.maxRestarts(0)
                .maxTaskRetries(0)
                .maxConcurrency(1)
                .maxPendingCalls(0)
                .detached((short) 0);
        out.concurrencyGroupsCount(0);
        out.actorNamespace("space");
        return Arrays.copyOf(buffer.byteArray(), out.encodedLength());
    }

    private static TaskRecord creation() {
        return task(TaskId.create(ActorId.create(JOB)), TaskKind.ACTOR_CREATION, ResourceSet.cpus(1));
    }

    @Test
    void anActorThatIsAskedForAfterItsJobHasEndedKeepsNoName() {
        final TaskRecord late = creation();
        assertTrue(actors.add(late, "name"));
        dispatcher.submit(late, 1);
        assertEquals(0, dispatcher.queued());
        assertTrue(actors.add(creation(), "name"), "the name is free");
    }

    @Test
    void ofActorsThatHaveDiedAThousandAreRemembered() {
        final ActorDirectory directory = new ActorDirectory();
        final List<ActorId> ids = new ArrayList<>();
        for (int i = 0; i < ActorDirectory.MAX_DEAD + 10; i++) {
            final TaskRecord creation = creation();
            ids.add(creation.actor());
            directory.add(creation, "", ActorOptions.in("space"));
            directory.died(creation.actor(), "died");
            assertEquals("died", directory.findDead(ids.get(0)).message(), "asked for again and again");
        }
        assertNull(directory.findDead(ids.get(1)));
    }

    @Test
    void aProcessThatHasGoneListensNoMore() {
        final ActorDirectory directory = new ActorDirectory();
        final TaskRecord creation = creation();
        directory.add(creation, "", ActorOptions.in("space"));
        final ActorDirectory.Actor actor = directory.find(creation.actor());
        actor.listeners.add("worker-7");
        directory.forget("worker-7");
        assertEquals(List.of("driver-1"), List.copyOf(actor.listeners));
    }

    @Test
    void cpusThatAreOwedToATaskThatWaitsAgainAreNotGivenToIt() {
        final Grants grants = new Grants(resources);
        final WorkerRecord first = new WorkerRecord(1, 0, 1);
        final WorkerRecord second = new WorkerRecord(2, 0, 1);
        assertTrue(grants.give(first, ResourceSet.cpus(2)));
        grants.lend(first);
        assertTrue(grants.give(second, ResourceSet.cpus(2)));
        grants.reclaim(first);
        grants.lend(first); // before anything has come back
        grants.takeBack(second);
        grants.payDebts();
        assertTrue(first.blocked);
        assertEquals(ResourceSet.cpus(2), resources.available());
        grants.reclaim(first);
        assertFalse(first.blocked);
        grants.takeBack(first);
        assertEquals(ResourceSet.EMPTY, resources.inUse());
    }

    @Test
    void aFailureThatTakesOthersWithItDoesNotStopTheRest() {
        final TaskQueues queues = new TaskQueues();
        final NodePlacement placement = new NodePlacement("ab", resources, labels, new Policies(1));
        for (int cpus = 3; cpus < 6; cpus++) {
            queues.add(task(TaskId.create(JOB), TaskKind.TASK, ResourceSet.cpus(cpus)), 1);
        }
        queues.waiting().forEach(placement::decide);
        final List<TaskRecord> failed = new ArrayList<>();
        final int given = new WaitReports(links, resources).giveUp(queues, 10, 100, (task, kind, why) -> {
            failed.add(task);
            queues.removeIf(other -> other.request.equals(ResourceSet.cpus(4)));
        });
        assertEquals(2, given);
        assertEquals(2, failed.size());
        assertEquals(0, queues.size());
    }

    @Test
    void moreKindsOfResourcesThanANodeCanReportAreRefused() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final ChangeNodeEncoder change =
                new ChangeNodeEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        final ChangeNodeEncoder.TotalsEncoder totals = change.totalsCount(64);
        for (int i = 0; i < 64; i++) {
            totals.next().amount(ResourceAmount.ONE.units()).name("kind-" + i);
        }
        change.labelsCount(0);
        change.inbox("tool-1");
        new NodeChanges(resources, labels, links)
                .apply(new ChangeNodeDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder()));
        assertEquals(ResourceSet.cpus(2), resources.total());
    }

    @Test
    void whatTasksAskForOfTheirWorkersIsReadOnce() {
        final RuntimeEnvironment special = RuntimeEnvironment.none().withVariable("MODE", "fast");
        final Job job = new Job(
                JOB, ProcessIdentity.current(), "driver-1", "job", "cp", "space", "", RuntimeEnvironment.none(), 0);
        jobs.add(job);
        final Environments environments = new Environments(new JarFolder(dir), true);
        final TaskRecord one = task(TaskId.create(JOB), TaskKind.TASK, ResourceSet.cpus(1));
        final TaskRecord other = task(TaskId.create(JOB), TaskKind.TASK, ResourceSet.cpus(1));
        one.environmentText = special.encode();
        other.environmentText = special.encode();
        assertEquals("", environments.resolve(one, job));
        assertEquals("", environments.resolve(other, job));
        assertEquals(special, one.environment);
        assertSame(one.environment, other.environment);
        assertFalse(dispatcher.needs(special));
        dispatcher.submit(one, 1);
        assertTrue(dispatcher.needs(special));
    }
}
