/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.resources.ResourceSet;
import java.util.regex.Pattern;

/**
 * What a node says about itself once, when it joins.
 *
 * @param nodeId 56 lower-case hexadecimal digits, new for each start of its raylet
 * @param pid of its raylet
 * @param address where it is reached, as people read it
 * @param sessionDir its session folder on its host
 * @param storeBytes size of its object store's arena
 * @param total its resources in all
 * @param port where it listens at its address; 0: nowhere
 * @param jobBlock the upper 16 bits of its jobs' numbers, which the GCS gives; {@link #NO_JOB_BLOCK}: it has none yet
 */
public record NodeRegistration(
        String nodeId,
        long pid,
        String address,
        String sessionDir,
        long storeBytes,
        ResourceSet total,
        int port,
        int jobBlock) {
    /** The node asks for a block. */
    public static final int NO_JOB_BLOCK = -1;

    /** Blocks of job numbers: so many that none makes a number negative. */
    public static final int JOB_BLOCKS = 1 << 15;

    /** Digits of a node's id. */
    public static final int NODE_ID_LENGTH = 56;

    /** The most characters of address and session folder. */
    public static final int MAX_TEXT_LENGTH = 1024;

    /** The most resource names of one node. */
    public static final int MAX_RESOURCES = 64;

    private static final int MAX_PORT = 65_535;

    private static final Pattern NODE_ID = Pattern.compile("[0-9a-f]{" + NODE_ID_LENGTH + "}");

    /** One that does not listen. */
    public NodeRegistration(
            String nodeId, long pid, String address, String sessionDir, long storeBytes, ResourceSet total) {
        this(nodeId, pid, address, sessionDir, storeBytes, total, 0);
    }

    /** One that was given no job numbers yet. */
    public NodeRegistration(
            String nodeId, long pid, String address, String sessionDir, long storeBytes, ResourceSet total, int port) {
        this(nodeId, pid, address, sessionDir, storeBytes, total, port, NO_JOB_BLOCK);
    }

    /** The same node with a block of job numbers. */
    public NodeRegistration withJobBlock(int block) {
        return new NodeRegistration(nodeId, pid, address, sessionDir, storeBytes, total, port, block);
    }

    public NodeRegistration {
        requireNodeId(nodeId);
        requireText("address", address);
        requireText("sessionDir", sessionDir);
        if (storeBytes < 0 || pid < 0) {
            throw new IllegalArgumentException("negative: storeBytes=" + storeBytes + " pid=" + pid);
        }
        requireFew(total);
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port=" + port + " is outside 0 to " + MAX_PORT);
        }
        if (jobBlock < NO_JOB_BLOCK || jobBlock >= JOB_BLOCKS) {
            throw new IllegalArgumentException("jobBlock=" + jobBlock + " is outside -1 to " + (JOB_BLOCKS - 1));
        }
    }

    static void requireNodeId(String nodeId) {
        if (!NODE_ID.matcher(nodeId).matches()) {
            throw new IllegalArgumentException("not a node id, " + NODE_ID_LENGTH + " hex digits: '" + nodeId + "'");
        }
    }

    static void requireFew(ResourceSet resources) {
        if (resources.size() > MAX_RESOURCES) {
            throw new IllegalArgumentException(
                    "too many resource names: " + resources.size() + " limit=" + MAX_RESOURCES);
        }
    }

    private static void requireText(String name, String text) {
        if (text.length() > MAX_TEXT_LENGTH) {
            throw new IllegalArgumentException(name + " is too long: " + text.length() + " limit=" + MAX_TEXT_LENGTH);
        }
    }
}
