/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.gcs.ClusterStore.Table;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Blocks of job numbers: each node that joins is given one, so that no two jobs of a cluster have one number though nodes number them by themselves.
 * The GCS's agent thread only.
 *
 * <p>They are given in turn, and which was the last is durable, so a block is not given again before some 30,000 nodes have joined since; one that a node has
 * which is not dead is passed over. The first node of new tables has block 0, and those after it begin anywhere: tables that were removed know nothing of the
 * blocks that nodes have, and these tell them again only when they come back.
 */
final class JobBlocks {
    private static final String LAST = "last-job-block";

    private final ClusterStore store;
    private final NodeTable nodes;
    private final RandomGenerator random;
    /** The block before the next; -1: none was ever given. */
    private int last = NodeRegistration.NO_JOB_BLOCK;

    /** What the store knows. */
    JobBlocks(ClusterStore store, NodeTable nodes, RandomGenerator random) {
        this.store = store;
        this.nodes = nodes;
        this.random = random;
        final byte[] known = store.rows(Table.FACTS).get(LAST);
        if (known != null) {
            if (known.length != Integer.BYTES) {
                throw new ClusterStoreException("the cluster's tables hold a block of job numbers of length="
                        + known.length + "; restore tables.* in <dir>/cluster from a backup, or move them away");
            }
            last = ByteBuffer.wrap(known).getInt();
        }
    }

    /** A block that no node has which is not dead. */
    int next() {
        if (last == NodeRegistration.NO_JOB_BLOCK) {
            last = random.nextInt(NodeRegistration.JOB_BLOCKS);
            if (nodes.all().stream().allMatch(NodeEntry::isDead)) {
                keep(last);
                return 0;
            }
        }
        int block = last;
        do {
            block = Math.floorMod(block + 1, NodeRegistration.JOB_BLOCKS);
        } while (isTaken(block));
        keep(block);
        return block;
    }

    private boolean isTaken(int block) {
        return nodes.all().stream().anyMatch(entry -> !entry.isDead() && entry.registration.jobBlock() == block);
    }

    private void keep(int block) {
        last = block;
        store.put(
                Table.FACTS,
                LAST,
                ByteBuffer.allocate(Integer.BYTES).putInt(block).array());
    }
}
