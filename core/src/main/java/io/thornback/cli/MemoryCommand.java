/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.MemoryAmount;
import io.thornback.objectstore.MemoryObject;
import io.thornback.objectstore.StoreCounters;
import io.thornback.objectstore.StoreReport;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback memory}. */
@Command(
        name = "memory",
        sortOptions = false,
        description = {
            "Shows who holds the memory of the object store: by state, job and client, with the largest objects.",
            "It reads shared memory and asks nobody: it works while the store is busy, stopped or being restarted."
        },
        footer = {
            "",
            "Examples:",
            "  thornback memory",
            "  thornback memory --top 50 --json",
            "",
            "'thornback objects' lists single objects. Exit code 3 if no node is running."
        })
final class MemoryCommand implements Callable<Integer> {

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many of the largest objects to name, 0 to 100000; ${DEFAULT-VALUE} if not given.")
    private int top;

    @Option(names = "--json", description = "Print JSON; sizes in bytes.")
    private boolean json;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        StoreFolder.checkCount(spec, "--top", top);
        return StoreFolder.with(folder, spec, shmDir -> {
            StoreReport report = StoreReport.read(shmDir, top);
            Terminal terminal = new Terminal(spec.commandLine().getOut());
            if (json) {
                terminal.out().println(Json.write(toMap(report)));
            } else {
                print(terminal, report);
            }
        });
    }

    private static void print(Terminal terminal, StoreReport report) {
        PrintWriter out = terminal.out();
        StoreCounters counters = report.counters();
        String owner = report.isOwnerAlive()
                ? terminal.green("object store, pid " + report.owner().pid())
                : terminal.red("object store is down; these are the last figures of pid "
                        + report.owner().pid());
        out.println(owner + ", epoch " + report.epoch());
        row(out, "arena", size(counters.capacityBytes()) + ", pages for " + size(counters.reservedBytes()));
        row(
                out,
                "used",
                size(counters.usedBytes()) + " in " + counters.objects() + " objects, leased or being written "
                        + size(counters.leasedBytes()));
        StoreReport.Fragmentation free = report.fragmentation();
        row(
                out,
                "free",
                size(free.freeBytes()) + ", largest piece " + size(free.largestFreeBytes()) + ", pieces "
                        + free.freeExtents() + ", in slabs " + size(free.slabFreeBytes()) + ", rounding "
                        + size(free.wastedBytes()));
        row(
                out,
                "on disk",
                counters.spilled() + " objects, " + size(counters.spilledBytes()) + "; restored "
                        + counters.restoredTotal() + ", evicted " + counters.evictedTotal() + ", lost "
                        + counters.lostTotal() + ", errors " + counters.spillErrors());
        if (counters.waitingCreates() > 0) {
            row(out, "waiting", terminal.red(counters.waitingCreates() + " creates wait for memory"));
        }
        printUses(out, report);
    }

    private static void printUses(PrintWriter out, StoreReport report) {
        out.println();
        out.println(String.format("  %-10s %12s %12s", "state", "cells", "memory"));
        for (StoreReport.StateUse state : report.states()) {
            out.println(String.format("  %-10s %12d %12s", state.state(), state.cells(), size(state.bytes())));
        }
        out.println();
        out.println(String.format("  %-10s %12s %12s %12s %12s", "job", "objects", "memory", "unsealed", "read now"));
        for (StoreReport.JobUse job : report.jobs()) {
            out.println(String.format(
                    "  %-10d %12d %12s %12s %12d",
                    job.jobId(), job.objects(), size(job.sealedBytes()), size(job.unsealedBytes()), job.pinned()));
        }
        out.println();
        out.println(String.format(
                "  %-10s %12s %12s %12s %12s %8s %6s  %s",
                "client", "objects", "memory", "unsealed", "read now", "pid", "job", "inbox"));
        for (StoreReport.ClientUse client : report.clients()) {
            out.println(String.format(
                    "  %-10d %12d %12s %12s %12d %8d %6d  %s",
                    client.clientId(),
                    client.objects(),
                    size(client.sealedBytes()),
                    size(client.unsealedBytes()),
                    client.pins(),
                    client.process().pid(),
                    client.jobId(),
                    client.inbox() + (client.isAlive() ? "" : " (dead)")));
        }
        if (!report.top().isEmpty()) {
            out.println();
            ObjectsCommand.print(out, report.top());
        }
    }

    private static void row(PrintWriter out, String name, String value) {
        out.println(String.format("  %-8s %s", name, value));
    }

    private static String size(long bytes) {
        return MemoryAmount.describe(bytes);
    }

    private static Map<String, Object> toMap(StoreReport report) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("running", report.isOwnerAlive());
        values.put("pid", report.owner().pid());
        values.put("epoch", report.epoch());
        values.put("counters", countersOf(report.counters()));
        values.put("fragmentation", fragmentationOf(report.fragmentation()));
        values.put(
                "states",
                report.states().stream()
                        .map(state -> Map.of("state", state.state(), "cells", state.cells(), "bytes", state.bytes()))
                        .toList());
        values.put("jobs", report.jobs().stream().map(MemoryCommand::jobOf).toList());
        values.put(
                "clients",
                report.clients().stream().map(MemoryCommand::clientOf).toList());
        List<MemoryObject> top = report.top();
        values.put("top", top.stream().map(ObjectsCommand::toMap).toList());
        return values;
    }

    private static Map<String, Object> countersOf(StoreCounters counters) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("arenaBytes", counters.capacityBytes());
        values.put("reservedBytes", counters.reservedBytes());
        values.put("usedBytes", counters.usedBytes());
        values.put("leasedBytes", counters.leasedBytes());
        values.put("objects", counters.objects());
        values.put("doomed", counters.doomed());
        values.put("sealedTotal", counters.sealedTotal());
        values.put("deletedTotal", counters.deletedTotal());
        values.put("rejectedTotal", counters.rejectedTotal());
        values.put("badMessages", counters.badMessages());
        values.put("spilled", counters.spilled());
        values.put("spilledBytes", counters.spilledBytes());
        values.put("restoredTotal", counters.restoredTotal());
        values.put("evictedTotal", counters.evictedTotal());
        values.put("lostTotal", counters.lostTotal());
        values.put("spillErrors", counters.spillErrors());
        values.put("waitingCreates", counters.waitingCreates());
        values.put("catalogued", counters.catalogued());
        values.put("uncatalogued", counters.uncatalogued());
        values.put("restarts", counters.restarts());
        return values;
    }

    private static Map<String, Object> fragmentationOf(StoreReport.Fragmentation free) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("freeBytes", free.freeBytes());
        values.put("largestFreeBytes", free.largestFreeBytes());
        values.put("freeExtents", free.freeExtents());
        values.put("slabFreeBytes", free.slabFreeBytes());
        values.put("wastedBytes", free.wastedBytes());
        return values;
    }

    private static Map<String, Object> jobOf(StoreReport.JobUse job) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("job", job.jobId());
        values.put("objects", job.objects());
        values.put("sealedBytes", job.sealedBytes());
        values.put("unsealedBytes", job.unsealedBytes());
        values.put("pinned", job.pinned());
        return values;
    }

    private static Map<String, Object> clientOf(StoreReport.ClientUse client) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("client", client.clientId());
        values.put("job", client.jobId());
        values.put("pid", client.process().pid());
        values.put("alive", client.isAlive());
        values.put("inbox", client.inbox());
        values.put("objects", client.objects());
        values.put("sealedBytes", client.sealedBytes());
        values.put("unsealedBytes", client.unsealedBytes());
        values.put("pins", client.pins());
        return values;
    }
}
