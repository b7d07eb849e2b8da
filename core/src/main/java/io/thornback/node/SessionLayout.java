/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.nio.file.Path;

/**
 * Where everything of one session is. Only names; {@code Sessions} makes and removes the folders.
 *
 * @param dir folder of the node's sessions, {@code <dir>}
 * @param session folder of this session on disk, {@code <dir>/session-<yyyyMMdd-HHmmss>-<pid>}
 * @param shm folder of this session's shared memory
 */
public record SessionLayout(Path dir, Path session, Path shm) {

    /** The layout of a session that has a name. */
    public static SessionLayout of(Path dir, Path shmRoot, String name) {
        return new SessionLayout(dir, dir.resolve(name), shmRoot.resolve(name));
    }

    /** The session's name, {@code session-20260102-030405-4711}. */
    public String name() {
        return session.getFileName().toString();
    }

    /** Held by the supervisor of the one node that may run in {@code dir}. */
    public Path nodeLock() {
        return dir.resolve("node.lock");
    }

    /** Symbolic link to the latest session. */
    public Path latest() {
        return dir.resolve("latest");
    }

    /** What makes the cluster of a head what it is: its authority, secret and tables. Outlives sessions. */
    public Path cluster() {
        return dir.resolve("cluster");
    }

    /** What a driver or tool must know to attach; exists while the node is ready. */
    public Path nodeFile() {
        return session.resolve("node.properties");
    }

    /** The cluster's join token, one line, mode 0600. On a head its GCS writes it. */
    public Path token() {
        return session.resolve("token");
    }

    /** Why the node went down, if it did not stop as it should. */
    public Path lastFailure() {
        return session.resolve("last-failure.txt");
    }

    /** Configuration and plan, from the supervisor to the roles. */
    public Path roleInput() {
        return session.resolve("roles.properties");
    }

    /** Folder of the logs. */
    public Path logs() {
        return session.resolve("logs");
    }

    /** What a role logs. */
    public Path log(String role) {
        return logs().resolve(role + ".log");
    }

    /** What a process writes to standard output and error: JVM messages, user code's prints. */
    public Path out(String role) {
        return logs().resolve(role + ".out");
    }

    /** Where a role's JVM says how it crashed; {@code %p} in its name stands for the process id. */
    Path crash(String role) {
        return logs().resolve(role + ".hs_err.%p");
    }

    /** Where a head's control service keeps its tables. Outlives sessions. */
    public Path clusterTables() {
        return cluster().resolve("tables.mv");
    }

    /** Where the object store writes what has no room in memory, if nothing else is configured. */
    public Path spill() {
        return session.resolve("spill");
    }

    /** The object store's catalog. */
    public Path catalog() {
        return session.resolve("catalog");
    }

    /** Where the jars are kept that jobs bring along. */
    public Path jars() {
        return session.resolve("jars");
    }

    /** There while the raylet has no connection to the GCS; says since when. */
    public Path gcsAbsence() {
        return shm.resolve("gcs-absent");
    }

    /** The folder of the control group of the workers, one line; there if there is one. */
    public Path controlGroup() {
        return shm.resolve("control-group");
    }

    /** Held by the role that ends what a supervisor that was killed has left. */
    public Path reaperLock() {
        return shm.resolve("reaper.lock");
    }

    /** Folder of the inboxes. */
    public Path inboxes() {
        return shm.resolve("inbox");
    }

    /** Folder of the lanes. */
    public Path lanes() {
        return shm.resolve("lanes");
    }

    /** Folder of the object store's files. */
    public Path store() {
        return shm.resolve("store");
    }
}
