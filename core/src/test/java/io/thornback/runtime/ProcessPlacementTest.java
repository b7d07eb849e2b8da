/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.Label;
import io.thornback.ObjectRef;
import io.thornback.Thornback;
import io.thornback.cli.Commanded;
import io.thornback.config.NodeConfig;
import io.thornback.raylet.NodeChange;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a task may ask of a node of real processes, and how that node's resources and labels change while it runs. */
class ProcessPlacementTest extends PlacementContract {
    @RegisterExtension
    static final TestNode NODE =
            TestNode.ofProcesses(Map.of(NodeConfig.RESOURCES, "gpu=1", NodeConfig.LABELS, "zone=a,disk=ssd"));

    @Override
    Thornback connection() {
        return NODE.driver();
    }

    @Test
    void whatWasInfeasibleRunsWhenTheNodeHasIt() {
        final Path shm = NODE.node().file().session().shm();
        final ObjectRef<Integer> tpu = NODE.driver()
                .task(CallFormsContract::plus, 1, 2)
                .resource("tpu", 2)
                .submit();
        final ObjectRef<Integer> rack = NODE.driver()
                .task(CallFormsContract::plus, 3, 4)
                .labels(Label.is("rack", "7"))
                .submit();
        final NodeChange.Outcome outcome =
                new NodeChange(Map.of("tpu", "2"), Map.of("rack", "7"), List.of()).apply(shm);
        assertTrue(outcome.resources().contains("tpu=2"), outcome.resources());
        assertEquals("disk=ssd,rack=7,zone=a", outcome.labels());
        assertEquals(3, tpu.get(LONG));
        assertEquals(7, rack.get(LONG));
        assertEquals(
                "disk=ssd,zone=a",
                new NodeChange(Map.of("tpu", "0"), Map.of(), List.of("rack"))
                        .apply(shm)
                        .labels());
        final NodeChange reserved = new NodeChange(Map.of(), Map.of("thornback/node-id", "x"), List.of());
        final IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> reserved.apply(shm));
        assertTrue(e.getMessage().contains("set by the node itself"), e.getMessage());
    }

    @Test
    void statusSaysForWhatTasksWait() throws Exception {
        final ObjectRef<Integer> fpga = NODE.driver()
                .task(CallFormsContract::plus, 1, 2)
                .resource("fpga", 3)
                .submit();
        String status = "";
        for (int i = 0; i < 100 && !status.contains("fpga=3, it has 0 in all"); i++) {
            Thread.sleep(100);
            status = Commanded.run("status", "--dir", NODE.node().dir().toString())
                    .out();
        }
        assertTrue(status.contains("1 task waits since"), status);
        assertTrue(status.contains("no node can run it"), status);
        assertTrue(status.contains("labels disk=ssd, zone=a"), status);
        assertTrue(fpga.cancel());
    }
}
