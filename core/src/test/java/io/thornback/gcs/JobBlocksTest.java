/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static io.thornback.gcs.GcsFixtures.id;
import static io.thornback.gcs.GcsFixtures.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.gcs.ClusterStore.Table;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No two nodes that live have one block of job numbers. */
class JobBlocksTest {
    @TempDir
    private Path folder;

    private MvClusterStore store;
    private ClusterTables tables;

    private void open() {
        store = MvClusterStore.open(folder.resolve("tables.mv"), "cluster");
        tables = new ClusterTables(GcsLimits.DEFAULT, System::nanoTime, System::currentTimeMillis, store);
    }

    private void openAgain() {
        store.commit();
        store.close();
        open();
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private int blockOf(final int number) {
        tables.register(node(number), null);
        return tables.jobBlockOf(id(number));
    }

    @Test
    void theFirstNodeHasBlockZeroAndEachOtherOneOfItsOwn() {
        open();
        assertEquals(0, blockOf(1));
        final Set<Integer> blocks = new HashSet<>(Set.of(0));
        for (int number = 2; number <= 500; number++) {
            assertTrue(blocks.add(blockOf(number)), "given twice");
        }
    }

    @Test
    void aNodeThatJoinsAgainKeepsItsBlockWhetherItHasHeardOfItOrNot() {
        open();
        blockOf(1);
        final int block = blockOf(2);
        assertEquals(block, blockOf(2), "its answer was lost");
        openAgain();
        assertEquals(block, blockOf(2));
        tables.register(node(2).withJobBlock(block), null);
        assertEquals(block, tables.jobBlockOf(id(2)));
    }

    @Test
    void aBlockIsNotGivenAgainSoonAfterItsNodeHasDied() {
        open();
        blockOf(1);
        final int block = blockOf(2);
        tables.unregister(id(2), "stopping");
        openAgain();
        assertEquals((block + 1) % NodeRegistration.JOB_BLOCKS, blockOf(3));
    }

    @Test
    void whatANodeSaysThatItHasIsNotGivenToAnother() {
        final NodeTable nodes = new NodeTable(ClusterStore.none(), 0);
        final JobBlocks blocks = new JobBlocks(ClusterStore.none(), nodes, fixed(32_766));
        assertEquals(0, blocks.next());
        nodes.put(nodes.add(node(1).withJobBlock(0), 0));
        nodes.put(nodes.add(node(2).withJobBlock(32_767), 0));
        assertEquals(1, blocks.next(), "32767 and 0 are taken");
    }

    @Test
    void tablesThatWereRemovedDoNotBeginWithTheSameBlocksAgain() {
        final NodeTable nodes = new NodeTable(ClusterStore.none(), 0);
        final JobBlocks blocks = new JobBlocks(ClusterStore.none(), nodes, fixed(30_000));
        nodes.put(nodes.add(node(1).withJobBlock(17), 0)); // the first that came back
        assertEquals(30_001, blocks.next(), "the head before had it, and its jobs may still be known somewhere");
    }

    @Test
    void whatCannotBeReadIsRefused() {
        open();
        store.put(Table.FACTS, "last-job-block", new byte[3]);
        assertThrows(ClusterStoreException.class, () -> new JobBlocks(store, new NodeTable(store, 0), fixed(1)));
    }

    private static RandomGenerator fixed(final int next) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return next;
            }

            @Override
            public int nextInt(final int bound) {
                return next;
            }
        };
    }
}
