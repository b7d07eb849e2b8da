/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.gcs.ClusterStore.Table;
import io.thornback.resources.ResourceSet;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TableRowsTest {
    @Test
    void rowsComeBackAsTheyWent() {
        final TableRows.NodeRow node =
                new TableRows.NodeRow(77, GcsFixtures.node(3).withJobBlock(32_767), 1_700_000_000_000L);
        assertEquals(node, TableRows.node(TableRows.node(node)));
        final NodeRegistration bare = new NodeRegistration(GcsFixtures.id(4), 1, "", "größer", 0, ResourceSet.EMPTY);
        assertEquals(
                new TableRows.NodeRow(0, bare, 0), TableRows.node(TableRows.node(new TableRows.NodeRow(0, bare, 0))));
        final TableRows.JobRow job = new TableRows.JobRow(
                5, GcsFixtures.running(9, 10).on(GcsFixtures.id(1)).endedAt(11));
        assertEquals(job, TableRows.job(TableRows.job(job)));
        assertEquals(Long.MAX_VALUE, TableRows.order(TableRows.order(Long.MAX_VALUE)));
    }

    /** Bytes as the releases before wrote them: version 1 had no port, 2 no block of job numbers. */
    @Test
    void nodesOfEarlierReleasesAreRead() {
        final String common = "0000000000000001" // order
                + "0000000000000000" // alive
                + "0038" + hex(GcsFixtures.id(4))
                + "00000000000000ff" // pid
                + "0008" + hex("10.0.0.4")
                + "0002" + hex("/s")
                + "0000000000001000"; // bytes of the store
        final String cpus = "00000001" + "0003" + hex("cpu") + "0000000000004e20";
        final NodeRegistration withoutPort =
                new NodeRegistration(GcsFixtures.id(4), 255, "10.0.0.4", "/s", 4096, ResourceSet.cpus(2));
        assertEquals(
                new TableRows.NodeRow(1, withoutPort, 0),
                TableRows.node(HexFormat.of().parseHex("01" + common + cpus)));
        final NodeRegistration withPort =
                new NodeRegistration(GcsFixtures.id(4), 255, "10.0.0.4", "/s", 4096, ResourceSet.cpus(2), 7001);
        assertEquals(
                new TableRows.NodeRow(1, withPort, 0),
                TableRows.node(HexFormat.of().parseHex("02" + common + "00001b59" + cpus)));
        assertEquals(
                new TableRows.NodeRow(1, withPort.withJobBlock(9), 0),
                TableRows.node(HexFormat.of().parseHex("03" + common + "00001b59" + "00000009" + cpus)));
    }

    private static String hex(final String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aRowOfAnotherReleaseIsRefusedByName() {
        final byte[] row = TableRows.order(4);
        row[0] = 9;
        final String why = assertThrows(ClusterStoreException.class, () -> TableRows.order(row))
                .getMessage();
        assertTrue(why.contains("version 9"), why);
        final byte[] job = TableRows.job(new TableRows.JobRow(5, GcsFixtures.running(9, 10)));
        for (int length = 0; length < job.length; length++) {
            final byte[] cut = Arrays.copyOf(job, length);
            assertThrows(ClusterStoreException.class, () -> TableRows.job(cut));
        }
    }

    @Test
    void aRowIsOnlyWholeUnderItsOwnKeyInItsOwnTable() {
        final byte[] row = {1, 2, 3};
        final byte[] stored = TableFormat.seal(Table.NODES, "a", row);
        assertEquals(Arrays.toString(row), Arrays.toString(TableFormat.unseal(Table.NODES, "a", stored)));
        assertThrows(IllegalStateException.class, () -> TableFormat.unseal(Table.NODES, "b", stored));
        assertThrows(IllegalStateException.class, () -> TableFormat.unseal(Table.JOBS, "a", stored));
        assertThrows(IllegalStateException.class, () -> TableFormat.unseal(Table.JOBS, "a", new byte[3]));
    }
}
