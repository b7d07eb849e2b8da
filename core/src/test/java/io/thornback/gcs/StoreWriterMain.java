/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.gcs.ClusterStore.Table;
import io.thornback.posix.ProcessControl;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Changes rows for ever, and prints the number of each commit once it is durable. Row {@code k} of commit {@code n} says n. */
final class StoreWriterMain {
    static final int ROWS = 40;
    static final String CLUSTER = "c1";

    private StoreWriterMain() {}

    /**
     * Writes until it is killed.
     *
     * @param arguments the file, and the number of the first commit
     */
    public static void main(String[] arguments) throws IOException {
        ProcessControl.dieWithParent(ProcessControl.parentPid());
        try (MvClusterStore store = MvClusterStore.open(Path.of(arguments[0]), CLUSTER)) {
            for (int n = Integer.parseInt(arguments[1]); ; n++) {
                final byte[] row = ByteBuffer.allocate(2_000).putInt(n).array();
                for (int change = 0; change < 8; change++) {
                    store.put(Table.JOBS, "row" + (n * 8 + change) % ROWS, row);
                }
                // One that goes and comes, so that rows are removed too.
                if (n % 2 == 0) {
                    store.put(Table.FENCED, "even", row);
                } else {
                    store.remove(Table.FENCED, "even");
                }
                store.put(Table.FACTS, "n", row);
                final long commit = store.openCommit();
                store.commit();
                if (!store.isDurable(commit)) {
                    throw new IllegalStateException("not durable: " + store.failure());
                }
                System.out.println(n);
            }
        }
    }
}
