/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Nodes, loads and jobs for tests. */
final class GcsFixtures {
    static final ResourceSet TOTAL = ResourceSet.cpus(4).with("gpu", ResourceAmount.of(0.5));

    private GcsFixtures() {}

    static String id(int number) {
        return String.format("%056x", number);
    }

    static NodeRegistration node(int number) {
        return new NodeRegistration(
                id(number),
                4000 + number,
                "10.0.0." + number + ":7001",
                "/tmp/session-" + number,
                1L << 30,
                TOTAL,
                7001);
    }

    static NodeLoad load(int running) {
        return new NodeLoad(
                3,
                1,
                running,
                7,
                100,
                2,
                1L << 20,
                55,
                ResourceSet.cpus(0.5),
                TOTAL,
                List.of(new NodeDemand(3, 1_500, true, "{cpu=64}", "asks for cpu=64, it has 4 in all")),
                Map.of("zone", "a", "disk", ""));
    }

    /** As a witness reads it. */
    static Probe probe() {
        return new Probe(id(7), 0, new Probe.Place("größe.example", 65_535), Optional.empty());
    }

    static JobInfo running(int jobId, long startedMs) {
        return new JobInfo(jobId, "word count", 99, startedMs, 0);
    }
}
