/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.resources.HostResources;
import io.thornback.resources.MemoryPlan;
import io.thornback.resources.MemoryRequest;
import io.thornback.resources.Sourced;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Who this node is and what it gives to tasks, actors and objects on this host; made once, by the supervisor, and handed to
 * every role.
 *
 * @param kind what the node is to its cluster
 * @param nodeId the node's id, 56 hexadecimal digits
 * @param memory CPUs, and who may use how much memory
 */
public record NodePlan(NodeKind kind, String nodeId, MemoryPlan memory) {

    /**
     * Decides, from what the operator asked for and the host has.
     *
     * @throws io.thornback.resources.MemoryPlanException if it does not fit; its message is for the operator
     */
    public static NodePlan decide(Configuration configuration, NodeKind kind, HostResources host, int processes) {
        OptionalLong memory =
                configuration.node().memory().resolve(host.memoryBytes().value());
        OptionalLong store = configuration
                .store()
                .memory()
                .resolve(memory.orElse(host.memoryBytes().value()));
        int cpus = configuration.node().cpus();
        MemoryRequest request =
                new MemoryRequest(memory, store, cpus > 0 ? OptionalInt.of(cpus) : OptionalInt.empty(), processes);
        return new NodePlan(kind, RandomHex.of(28), MemoryPlan.decide(host, request));
    }

    /** Everything as text, for a control line. */
    Map<String, String> encode() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("kind", kind.text());
        values.put("nodeId", nodeId);
        encode(values, "total", memory.totalBytes());
        encode(values, "arena", memory.arenaBytes());
        encode(values, "cpus", memory.cpus());
        values.put("roles", Long.toString(memory.rolesBytes()));
        values.put("lanes", Long.toString(memory.lanesBytes()));
        values.put("system", Long.toString(memory.systemBytes()));
        values.put("workers", Long.toString(memory.workersBytes()));
        return values;
    }

    private static void encode(Map<String, String> values, String name, Sourced<?> value) {
        values.put(name, value.value().toString());
        values.put(name + "Source", value.source());
    }

    /** Reads what {@link #encode} wrote. */
    static NodePlan decode(ControlLine line) {
        return new NodePlan(
                NodeKind.of(line.value("kind")),
                line.value("nodeId"),
                new MemoryPlan(
                        new Sourced<>(Long.valueOf(line.value("total")), line.value("totalSource")),
                        new Sourced<>(Long.valueOf(line.value("arena")), line.value("arenaSource")),
                        new Sourced<>(Integer.valueOf(line.value("cpus")), line.value("cpusSource")),
                        Long.parseLong(line.value("roles")),
                        Long.parseLong(line.value("lanes")),
                        Long.parseLong(line.value("system")),
                        Long.parseLong(line.value("workers"))));
    }
}
