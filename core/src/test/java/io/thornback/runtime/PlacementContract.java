/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ActorRef;
import io.thornback.GetTimeoutException;
import io.thornback.Label;
import io.thornback.ObjectRef;
import io.thornback.Resource;
import io.thornback.Thornback;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a task may ask of the node that runs it; the node has gpu=1, zone=a and disk=ssd. */
abstract class PlacementContract {
    static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration AWHILE = Duration.ofMillis(1_700);

    abstract Thornback connection();

    private static void assertWaits(final ObjectRef<?> ref, final String why) {
        final GetTimeoutException e = assertThrows(GetTimeoutException.class, () -> ref.get(AWHILE));
        assertTrue(e.getMessage().contains(why), e.getMessage());
        assertTrue(ref.cancel());
    }

    @Test
    void whatTheNodeHasIsGranted() {
        assertEquals(
                3,
                connection()
                        .task(CallFormsContract::plus, 1, 2)
                        .labels(Label.in("zone", "a", "b"), Label.notIn("disk", "hdd"))
                        .labels(Label.exists("zone"))
                        .gpus(0.5)
                        .require(Resource.of("cpu", 1), Resource.of("gpu", 1))
                        .spread()
                        .submit()
                        .get(LONG));
    }

    @Test
    void aTaskThatAsksForMoreThanThereIsWaitsAndSaysSo() {
        assertWaits(connection().task(CallFormsContract::plus, 1, 2).cpus(1_000).submit(), "cpu=1000");
        assertWaits(connection().task(CallFormsContract::plus, 1, 2).gpus(2).submit(), "gpu=2");
        assertEquals(
                3, connection().task(CallFormsContract::plus, 1, 2).submit().get(LONG), "others pass it");
    }

    @Test
    void aTaskThatAsksForOtherLabelsWaitsAndSaysSo() {
        assertWaits(
                connection()
                        .task(CallFormsContract::plus, 1, 2)
                        .labels(Label.is("zone", "b"))
                        .submit(),
                "zone=b, it has zone=a");
        assertWaits(
                connection()
                        .task(CallFormsContract::plus, 1, 2)
                        .labels(Label.absent("zone"))
                        .submit(),
                "zone !exists");
    }

    @Test
    void affinityToThisNodeIsGrantedToAnotherOnlyIfItIsSoft() {
        final String here = ((RuntimeThornback) connection()).runtime().nodeId();
        final String elsewhere = "0".repeat(here.length());
        assertEquals(
                3,
                connection()
                        .task(CallFormsContract::plus, 1, 2)
                        .onNode(here)
                        .submit()
                        .get(LONG));
        assertEquals(
                3,
                connection()
                        .task(CallFormsContract::plus, 1, 2)
                        .preferNode(elsewhere)
                        .submit()
                        .get(LONG));
        assertWaits(
                connection()
                        .task(CallFormsContract::plus, 1, 2)
                        .onNode(elsewhere)
                        .submit(),
                "is not in the cluster");
        assertThrows(
                IllegalArgumentException.class,
                () -> connection().task(CallFormsContract::plus, 1, 2).onNode("here"));
    }

    @Test
    void anActorMayAskToo() {
        final ActorRef<CallFormsContract.Gauge> actor = connection()
                .actor(CallFormsContract.Gauge::new, 5)
                .gpus(1)
                .labels(Label.is("disk", "ssd"))
                .create();
        actor.run(CallFormsContract.Gauge::set, 6).get(LONG);
        final ObjectRef<Integer> task =
                connection().task(CallFormsContract::plus, 1, 2).gpus(1).submit();
        assertThrows(GetTimeoutException.class, () -> task.get(Duration.ofMillis(200)));
        actor.kill();
        assertEquals(3, task.get(LONG));
    }
}
