/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.fuzz.FuzzTarget;
import io.thornback.runtime.PlacementRequest;
import io.thornback.runtime.RuntimeTargets;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.SchedulingStrategy;
import io.thornback.transport.wire.SubmitTaskEncoder;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.ValuePlace;
import io.thornback.transport.wire.WireTargets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What drivers and workers ask of the raylet. */
public final class RayletTargets {
    private RayletTargets() {}

    /** A SubmitTask, read as the raylet reads it. */
    public static List<FuzzTarget> all() {
        final List<byte[]> seeds = new ArrayList<>();
        for (final SchedulingStrategy strategy : List.of(SchedulingStrategy.HYBRID, SchedulingStrategy.NODE)) {
            for (int conditions = 0; conditions < 3; conditions++) {
                seeds.add(submit(strategy, conditions));
            }
        }
        return List.of(FuzzTarget.of("submitted task", seeds, input -> {
                    final UnsafeBuffer buffer = new UnsafeBuffer(input);
                    if (WireTargets.isWhole(buffer, SubmitTaskEncoder.TEMPLATE_ID)) {
                        RayletMessages.readSubmit(buffer, 0, "driver", new RequirementsReader());
                        RayletMessages.readActorName(buffer, 0);
                    }
                })
                .failingWith(IllegalArgumentException.class, ArithmeticException.class)
                .covering(RayletMessages.class, RequirementsReader.class, PlacementRequest.class));
    }

    private static byte[] submit(final SchedulingStrategy strategy, final int conditions) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final SubmitTaskEncoder out = new SubmitTaskEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        out.kind(TaskKind.ACTOR_CREATION)
                .specPlace(ValuePlace.INLINE)
                .memoryBytes(1L << 30)
                .strategy(strategy);
        final SubmitTaskEncoder.ResourcesEncoder resources = out.resourcesCount(2);
        resources.next().amount(10_000).name("cpu");
        resources.next().amount(5_000).name("gpu");
        final SubmitTaskEncoder.LabelsEncoder labels = out.labelsCount(conditions);
        for (int i = 0; i < conditions; i++) {
            labels.next().condition((short) i).key("zone" + i).values("a");
        }
        final byte[] spec = RuntimeTargets.specification();
        out.name("count").actorName("counter").putSpec(spec, 0, spec.length);
        out.putActorOptions(new byte[0], 0, 0).environment("v=A=1");
        final byte[] bytes = new byte[MessageHeaderEncoder.ENCODED_LENGTH + out.encodedLength()];
        buffer.getBytes(0, bytes);
        return bytes;
    }
}
