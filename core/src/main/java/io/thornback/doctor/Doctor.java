/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import io.thornback.config.Configuration;
import io.thornback.node.NodeFile;
import io.thornback.node.NodeKind;
import io.thornback.node.NodePlan;
import io.thornback.resources.HostDetectionException;
import io.thornback.resources.HostResources;
import io.thornback.resources.MemoryPlan;
import io.thornback.resources.MemoryPlanException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Examines a host for a node of a configuration. Blocks for as long as small files, file systems and names take. */
public final class Doctor {

    /** The supervisor, the GCS, the object store and the raylet. */
    private static final int HEAD_PROCESSES = 4;

    private Doctor() {}

    /** All findings, in an order in which one may put them right. */
    public static List<Finding> examine(Configuration configuration, Host host) {
        List<Finding> findings = new ArrayList<>();
        SystemChecks system = new SystemChecks(host);
        findings.add(system.java());
        findings.add(system.flags());
        findings.add(system.kernel());
        findings.add(system.overcommit());
        findings.add(system.clock());
        findings.add(system.fileDescriptors());
        Optional<MemoryPlan> plan = memory(configuration, host, findings);
        findings.add(system.processes(plan.map(p -> p.cpus().value()).orElse(1) + HEAD_PROCESSES));
        NetworkChecks network = new NetworkChecks(configuration, host);
        findings.add(network.port());
        findings.add(network.address());
        FolderChecks folders = new FolderChecks(configuration, host);
        findings.addAll(folders.disk(plan.map(p -> p.arenaBytes().value()).orElse(0L)));
        findings.add(folders.secrets());
        findings.add(folders.leftovers());
        return findings;
    }

    private static Optional<MemoryPlan> memory(Configuration configuration, Host host, List<Finding> findings) {
        Optional<MemoryPlan> running =
                host.running(configuration.node().dir()).flatMap(NodeFile::plan).map(NodePlan::memory);
        try {
            HostResources resources = host.resources(configuration.node().shmDir());
            MemoryChecks memory = new MemoryChecks(configuration, host, resources);
            findings.add(memory.cgroup());
            MemoryPlan plan =
                    running.orElseGet(() -> NodePlan.decide(configuration, NodeKind.HEAD, resources, HEAD_PROCESSES)
                            .memory());
            findings.add(memory.plan(plan, running.isPresent()));
            findings.add(memory.sharedMemory(plan, running.isPresent()));
            findings.add(memory.hugePages(plan));
            return Optional.of(plan);
        } catch (MemoryPlanException | HostDetectionException e) {
            String[] parts = e.getMessage().split("; ", 2);
            findings.add(Finding.fail("memory", parts[0], parts.length > 1 ? parts[1] : "give the node more memory"));
            return Optional.empty();
        }
    }
}
