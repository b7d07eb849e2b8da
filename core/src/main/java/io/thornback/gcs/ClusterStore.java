/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.util.Map;
import java.util.Optional;

/**
 * Where the GCS keeps what must outlive it: tables of rows, each row some bytes under a key.
 *
 * <p>Changes are collected, seen at once by {@link #rows}, and become durable together with the next {@link #commit}: all of them
 * or none, whatever ends the process. Commits are numbered, so that what depends on one can wait for it ({@link #isDurable}): an
 * implementation that asks other processes first may answer later than it was asked.
 *
 * <p>One thread at a time, and handed from one to the next by whoever owns it. A commit waits for the disk; nothing else does.
 */
public interface ClusterStore extends AutoCloseable {
    /** The tables. Names are those in the file: they do not change. */
    enum Table {
        /** Nodes by id, the dead that are remembered among them. */
        NODES,
        /** Jobs by node and number. */
        JOBS,
        /** Ids of nodes that may not come back. */
        FENCED,
        /** What there is one of, by its name. */
        FACTS
    }

    /** The rows of a table as they are now, changes that are not durable yet included; by key, in the order of keys. Not to be changed. */
    Map<String, byte[]> rows(Table table);

    /** Sets a row. The bytes are not to be changed afterwards. */
    void put(Table table, String key, byte[] row);

    /** Removes a row; one that is not there is no error. */
    void remove(Table table, String key);

    /** Makes durable what has changed, if anything has. Where that is not possible now, the changes stay and are part of the next commit. */
    void commit();

    /** The number of the commit that a change made now will be part of. */
    long openCommit();

    /** Whether a commit is durable. */
    boolean isDurable(long commit);

    /** Why the last commit was not possible, one line with the remedy; empty if it was. */
    Optional<String> failure();

    /** How often the tables have been opened, this time included; 0 where that makes no difference. */
    long epoch();

    /** Ends the use of the tables. What was not committed is gone. Idempotent. */
    @Override
    void close();

    /** Tables that end with this process. */
    static ClusterStore none() {
        return new NoClusterStore();
    }
}
