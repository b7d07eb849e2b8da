/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.NodeConfig;
import io.thornback.node.NodeFile;
import io.thornback.node.NodeKind;
import io.thornback.node.NodeStatus;
import io.thornback.node.RoleSpec;
import io.thornback.observe.CountersSnapshot;
import io.thornback.observe.ObserveException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether every role of a node lives, runs, and does its work; asked from outside. */
final class NodeHealth {
    /** The raylet counts once a second. */
    private static final long STUCK_NS = 10_000_000_000L;

    private NodeHealth() {}

    /** What is not well; empty if all is. A GCS of another host is not this node's to answer for. */
    static List<String> of(Path dir) {
        Optional<NodeStatus> status = NodeStatus.of(dir);
        if (status.isEmpty()) {
            return List.of("no node is ready in " + dir + " (" + NodeConfig.DIR.key() + ")");
        }
        NodeFile node = status.get().node();
        List<String> ill = new ArrayList<>();
        status.get().missing().forEach(role -> ill.add(role + " has died"));
        status.get().processes().stream()
                .filter(process -> node.roles().containsKey(process.role())
                        && process.state().contains("stop"))
                .forEach(process -> ill.add(process.role() + " is stopped"));
        if (node.roles().containsKey(RoleSpec.RAYLET)) {
            raylet(node).ifPresent(ill::add);
        }
        if (ill.isEmpty() && node.kind() == NodeKind.HEAD) {
            String error = ClusterView.ask(node).error();
            if (!error.isEmpty()) {
                ill.add(error);
            }
        }
        return ill;
    }

    private static Optional<String> raylet(NodeFile node) {
        try {
            CountersSnapshot counters = CountersSnapshot.read(node.session().shm());
            long ageNs = counters.takenNs() - counters.updatedNs();
            return ageNs < STUCK_NS
                    ? Optional.empty()
                    : Optional.of("raylet has been stuck for " + Durations.of(ageNs));
        } catch (ObserveException e) {
            return Optional.of(e.getMessage());
        }
    }
}
