/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.gcs.GcsClient;
import io.thornback.gcs.NodeInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Prints who is in the cluster of a node, one line for each change, until its standard input ends. Run where the GCS can be reached. */
public final class WatchClusterMain {

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private WatchClusterMain() {}

    /**
     * Watches.
     *
     * @param args the node's folder of sessions
     */
    public static void main(String[] args) throws IOException {
        Thread end = new Thread(WatchClusterMain::endWithInput, "end");
        end.setDaemon(true);
        end.start();
        NodeFile node = NodeFile.findRunning(Path.of(args[0])).orElseThrow();
        String token = Files.readString(node.session().token()).strip();
        try (GcsClient client = GcsClient.connect(GcsClient.Options.tool(node.gcsHost(), node.gcsPort(), token))) {
            String before = "";
            while (node.isRunning()) {
                String now = client.clusterState(LIMIT).nodes().stream()
                        .map(WatchClusterMain::describe)
                        .collect(Collectors.joining(" "));
                if (!now.equals(before)) {
                    System.out.println(now);
                    before = now;
                }
                LockSupport.parkNanos(LOOK_NS);
            }
        }
    }

    private static String describe(NodeInfo node) {
        return node.registration().nodeId() + "=" + node.state() + "@"
                + node.registration().address();
    }

    private static void endWithInput() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("standard input is broken: " + e);
        }
        Runtime.getRuntime().halt(0);
    }
}
