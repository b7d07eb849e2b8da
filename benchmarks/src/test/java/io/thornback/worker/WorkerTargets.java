/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.fuzz.FuzzTarget;
import io.thornback.transport.wire.RunTaskDecoder;
import io.thornback.transport.wire.WireTargets;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** What a worker is told to run. */
public final class WorkerTargets {
    private WorkerTargets() {}

    /** A RunTask, read as the worker reads it. */
    public static List<FuzzTarget> all() {
        return List.of(FuzzTarget.of("run order", WireTargets.messages(RunTaskDecoder.TEMPLATE_ID), input -> {
                    final UnsafeBuffer buffer = new UnsafeBuffer(input);
                    if (WireTargets.isWhole(buffer, RunTaskDecoder.TEMPLATE_ID)) {
                        RunOrder.read(buffer, 0);
                    }
                })
                .failingWith(IllegalArgumentException.class)
                .covering(RunOrder.class));
    }
}
