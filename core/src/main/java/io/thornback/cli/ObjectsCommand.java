/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.MemoryAmount;
import io.thornback.objectstore.ClientOptions;
import io.thornback.objectstore.MemoryObject;
import io.thornback.objectstore.ObjectInfo;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.ObjectStoreException;
import io.thornback.objectstore.StoreCounters;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thornback objects}. */
@Command(
        name = "objects",
        sortOptions = false,
        description = {
            "Lists objects of the object store: those in memory, the largest first, then those on disk alone, which"
                    + " the store is asked for if it has any."
        },
        footer = {
            "",
            "Examples:",
            "  thornback objects",
            "  thornback objects --job 3 --pinned",
            "  thornback objects --state spilled",
            "  thornback objects 8f3587",
            "",
            "Exit code 1 if there is no such object, 3 if no node is running."
        })
final class ObjectsCommand implements Callable<Integer> {

    private static final String SPILLED = "SPILLED";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final List<String> STATES = List.of("LEASED", "WRITING", "SEALED", "EVICTING", "DOOMED", SPILLED);

    @Parameters(arity = "0..1", paramLabel = "ID", description = "Only objects whose id begins with these hex digits.")
    private String id;

    @Option(names = "--job", paramLabel = "N", description = "Only those of a job.")
    private Integer job;

    @Option(names = "--client", paramLabel = "N", description = "Only those that a client made.")
    private Integer client;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description =
                    "Only those in a state: sealed, doomed (deleted and still read), leased, writing, spilled (on disk"
                            + " alone).")
    private String state;

    @Option(names = "--pinned", description = "Only those that somebody reads now.")
    private boolean pinned;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "At most so many, 0 to 100000; ${DEFAULT-VALUE} if not given.")
    private int limit;

    @Option(names = "--json", description = "Print JSON; sizes in bytes.")
    private boolean json;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    private boolean found;

    @Override
    public Integer call() {
        StoreFolder.checkCount(spec, "--limit", limit);
        if (state != null && !STATES.contains(state.toUpperCase(Locale.ROOT))) {
            throw new ParameterException(spec.commandLine(), "--state=" + state + " is none of " + STATES);
        }
        int exit = StoreFolder.with(folder, spec, shmDir -> {
            List<MemoryObject> objects = new ArrayList<>(MemoryObject.list(shmDir, this::isWanted, limit));
            objects.addAll(spilled(shmDir, limit - objects.size()));
            found = !objects.isEmpty();
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(
                        Json.write(objects.stream().map(ObjectsCommand::toMap).toList()));
            } else if (found) {
                print(out, objects);
            } else {
                out.println("no such object");
            }
        });
        return exit != 0 || found || id == null ? exit : 1;
    }

    /** On disk alone. Only the store's process knows them. */
    private List<MemoryObject> spilled(Path shmDir, int most) {
        boolean isWanted = !pinned && (state == null || state.equalsIgnoreCase(SPILLED));
        if (!isWanted || most <= 0 || StoreCounters.read(shmDir).spilled() == 0) {
            return List.of();
        }
        ClientOptions options = ClientOptions.of(
                        shmDir, "objects-" + ProcessHandle.current().pid(), 0)
                .withTimeouts(TIMEOUT, TIMEOUT);
        try (ObjectStoreClient store = ObjectStoreClient.connect(options)) {
            return store.list(job == null ? ObjectStoreClient.EVERY_JOB : job, TIMEOUT).stream()
                    .filter(object -> !object.isInMemory())
                    .map(ObjectsCommand::ofDisk)
                    .filter(this::isWanted)
                    .sorted(Comparator.comparingLong(MemoryObject::sizeBytes).reversed())
                    .limit(most)
                    .toList();
        } catch (ObjectStoreException e) {
            spec.commandLine().getErr().println("what is on disk is not listed: " + e.getMessage());
            return List.of();
        }
    }

    private static MemoryObject ofDisk(ObjectInfo object) {
        return new MemoryObject(
                object.id(),
                SPILLED,
                object.sizeBytes(),
                object.metadataBytes(),
                0,
                object.clientId(),
                object.id().jobId(),
                0,
                false,
                -1);
    }

    private boolean isWanted(MemoryObject object) {
        return (job == null || object.jobId() == job)
                && (client == null || object.clientId() == client)
                && (state == null || object.state().equalsIgnoreCase(state))
                && (!pinned || object.pins() > 0)
                && (id == null
                        || (object.id() != null && object.id().toString().startsWith(id.toLowerCase(Locale.ROOT))));
    }

    static void print(PrintWriter out, List<MemoryObject> objects) {
        out.println(String.format(
                "  %-56s %-8s %10s %10s %8s %6s %6s", "object", "state", "size", "memory", "client", "job", "read"));
        for (MemoryObject object : objects) {
            out.println(String.format(
                    "  %-56s %-8s %10s %10s %8d %6d %6d%s",
                    object.id() == null ? "(not sealed)" : object.id(),
                    object.state(),
                    MemoryAmount.describe(object.sizeBytes()),
                    MemoryAmount.describe(object.memoryBytes()),
                    object.clientId(),
                    object.jobId(),
                    object.pins(),
                    object.isCopy() ? " copy" : ""));
        }
    }

    static Map<String, Object> toMap(MemoryObject object) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", object.id() == null ? null : object.id().toString());
        values.put("state", object.state());
        values.put("sizeBytes", object.sizeBytes());
        values.put("metadataBytes", object.metadataBytes());
        values.put("memoryBytes", object.memoryBytes());
        values.put("client", object.clientId());
        values.put("job", object.jobId());
        values.put("pins", object.pins());
        values.put("copy", object.isCopy());
        return values;
    }
}
