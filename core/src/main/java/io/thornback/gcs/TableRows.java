/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows of the durable tables to bytes and back. Each begins with a version of its own, so that a later release can read what an
 * earlier one has written. What changes with every heartbeat is in no row.
 */
final class TableRows {
    private static final int NODE_VERSION = 3;
    private static final int JOB_VERSION = 1;
    private static final int ORDER_VERSION = 1;

    /**
     * What is kept of a node.
     *
     * @param order grows from one node to the next
     * @param deadSinceMs since 1970; 0 for one that is not dead
     */
    record NodeRow(long order, NodeRegistration registration, long deadSinceMs) {}

    /** What is kept of a job. */
    record JobRow(long order, JobInfo job) {}

    private TableRows() {}

    /** Writes to a stream that cannot fail. */
    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    /** Reads what a version of a row holds. */
    private interface Reading<T> {
        T from(int written, DataInputStream in) throws IOException;
    }

    static byte[] node(NodeRow row) {
        final NodeRegistration node = row.registration();
        return bytes(NODE_VERSION, out -> {
            out.writeLong(row.order());
            out.writeLong(row.deadSinceMs());
            out.writeUTF(node.nodeId());
            out.writeLong(node.pid());
            out.writeUTF(node.address());
            out.writeUTF(node.sessionDir());
            out.writeLong(node.storeBytes());
            out.writeInt(node.port());
            out.writeInt(node.jobBlock());
            out.writeInt(node.total().size());
            for (String name : node.total().names()) {
                out.writeUTF(name);
                out.writeLong(node.total().get(name).units());
            }
        });
    }

    static NodeRow node(byte[] bytes) {
        return row(bytes, NODE_VERSION, (written, in) -> {
            final long order = in.readLong();
            final long deadSinceMs = in.readLong();
            final String nodeId = in.readUTF();
            final long pid = in.readLong();
            final String address = in.readUTF();
            final String sessionDir = in.readUTF();
            final long storeBytes = in.readLong();
            final int port = written >= 2 ? in.readInt() : 0;
            final int jobBlock = written >= 3 ? in.readInt() : NodeRegistration.NO_JOB_BLOCK;
            final Map<String, ResourceAmount> total = new TreeMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                total.put(in.readUTF(), ResourceAmount.ofUnits(in.readLong()));
            }
            final NodeRegistration registration = new NodeRegistration(
                    nodeId, pid, address, sessionDir, storeBytes, ResourceSet.copyOf(total), port, jobBlock);
            return new NodeRow(order, registration, deadSinceMs);
        });
    }

    static byte[] job(JobRow row) {
        final JobInfo job = row.job();
        return bytes(JOB_VERSION, out -> {
            out.writeLong(row.order());
            out.writeUTF(job.nodeId());
            out.writeInt(job.jobId());
            out.writeUTF(job.name());
            out.writeLong(job.driverPid());
            out.writeLong(job.startedMs());
            out.writeLong(job.endedMs());
        });
    }

    static JobRow job(byte[] bytes) {
        return row(bytes, JOB_VERSION, (written, in) -> {
            final long order = in.readLong();
            final String nodeId = in.readUTF();
            final int jobId = in.readInt();
            final String name = in.readUTF();
            return new JobRow(order, new JobInfo(jobId, name, in.readLong(), in.readLong(), in.readLong(), nodeId));
        });
    }

    /** A row that says no more than how old it is compared with the others. */
    static byte[] order(long order) {
        return bytes(ORDER_VERSION, out -> out.writeLong(order));
    }

    static long order(byte[] bytes) {
        return row(bytes, ORDER_VERSION, (written, in) -> in.readLong());
    }

    private static byte[] bytes(int version, Writing content) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        final DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(version);
            content.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static <T> T row(byte[] bytes, int version, Reading<T> content) {
        try {
            final DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            final int written = in.readByte();
            if (written < 1 || written > version) {
                throw new ClusterStoreException(
                        "the cluster's tables hold a row of version " + written + ", and this release reads " + version
                                + "; run the release that wrote them, or move tables.* in <dir>/cluster away");
            }
            return content.from(written, in);
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new ClusterStoreException(
                    "the cluster's tables hold a row that cannot be read (" + e
                            + "); restore tables.* in <dir>/cluster from a backup, or move them away",
                    e);
        }
    }
}
