/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import static io.thornback.config.MemoryAmount.describe;

import io.thornback.config.Configuration;
import io.thornback.node.Leftovers;
import io.thornback.node.SessionLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Room on disk, who may read the cluster's secrets, and what dead sessions have left. */
final class FolderChecks {
    private static final long LEAST_BYTES = 128L << 20;
    private static final long GOOD_BYTES = 1L << 30;

    private final Configuration configuration;
    private final Host host;

    FolderChecks(Configuration configuration, Host host) {
        this.configuration = configuration;
        this.host = host;
    }

    /** @param arenaBytes of the object store: what may have to be spilled at once */
    List<Finding> disk(long arenaBytes) {
        List<Finding> findings = new ArrayList<>();
        findings.add(disk("disk of sessions and logs", configuration.node().dir(), GOOD_BYTES));
        for (Path folder : configuration.store().spill().directories()) {
            findings.add(disk("disk of spilled objects", folder, Math.max(GOOD_BYTES, arenaBytes)));
        }
        return findings;
    }

    private Finding disk(String check, Path folder, long goodBytes) {
        Host.Space space;
        try {
            space = host.space(folder);
        } catch (IOException e) {
            return Finding.fail(check, "cannot look at " + folder + ": " + e, "choose another folder");
        }
        String found = describe(space.freeBytes()) + " free of " + describe(space.sizeBytes()) + " (" + space.type()
                + " at " + folder + ")";
        if (!space.isWritable()) {
            return Finding.fail(check, found + ", which this user may not write to", "choose another folder");
        }
        if (space.freeBytes() < LEAST_BYTES) {
            return Finding.fail(
                    check, found + ", needed " + describe(LEAST_BYTES), "make room, or choose another folder");
        }
        return space.freeBytes() < goodBytes
                ? Finding.warn(check, found + ", better " + describe(goodBytes), "make room, or choose another folder")
                : Finding.ok(check, found);
    }

    Finding secrets() {
        Path dir = configuration.node().dir();
        SessionLayout layout = SessionLayout.of(dir, configuration.node().shmDir(), "latest");
        List<Path> files = new ArrayList<>(List.of(dir, layout.cluster(), layout.token()));
        for (String name : List.of("authority.key", "secret", "gcs.pem", "tables.mv")) {
            files.add(layout.cluster().resolve(name));
        }
        List<String> open = new ArrayList<>();
        int there = 0;
        try {
            for (Path file : files) {
                String permissions = host.permissions(file).orElse("");
                there += permissions.isEmpty() ? 0 : 1;
                if (!permissions.isEmpty() && !permissions.endsWith("------")) {
                    open.add(file + " (" + permissions + ")");
                }
            }
        } catch (IOException e) {
            return Finding.fail("secrets", "cannot be looked at: " + e, "run doctor as the user of the node");
        }
        if (open.isEmpty()) {
            return Finding.ok("secrets", there == 0 ? "none yet in " + dir : "only their user may read them");
        }
        return Finding.fail(
                "secrets",
                "others may touch " + String.join(", ", open),
                "chmod go-rwx; who has read the token can join: to have another, stop the head and move "
                        + layout.cluster() + " away");
    }

    Finding leftovers() {
        try {
            List<Leftovers> left = host.leftovers(configuration.node());
            if (left.isEmpty()) {
                return Finding.ok("leftovers", "none of dead sessions");
            }
            int processes = left.stream().mapToInt(Leftovers::processes).sum();
            String folders = left.stream().map(dead -> dead.shm().toString()).collect(Collectors.joining(", "));
            return Finding.warn(
                    "leftovers",
                    folders + (processes == 0 ? "" : ", and " + processes + " processes"),
                    "the next 'thornback start' with this --shm-dir removes them");
        } catch (IOException e) {
            return Finding.fail("leftovers", "cannot be looked at: " + e, "run doctor as the user of the node");
        }
    }
}
