/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import static io.thornback.transfer.TransferNode.HOST;
import static io.thornback.transfer.TransferNode.LONG;
import static io.thornback.transfer.TransferNode.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.thornback.gcs.NodePort;
import io.thornback.objectstore.CreateOptions;
import io.thornback.transport.net.NetAccess;
import io.thornback.transport.trust.JoinToken;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The port that a node has gives its objects, once it is told to. */
class NodePortTransferTest {
    private static final JoinToken TOKEN = JoinToken.plainText(TransferTest.SECRET);

    private static TransferNode node(int number) {
        return new TransferNode(
                number, 64L << 20, NetAccess.plainText("cluster", TransferTest.SECRET), TOKEN, PullOptions.DEFAULT);
    }

    @Test
    void aNodesPortGivesItsObjects() {
        try (TransferNode giver = node(1);
                TransferNode fetcher = node(2);
                NodePort port = NodePort.open(giver.loop, HOST, 0, TOKEN.text(), giver.nodeId)) {
            giver.put(id(1), 3 << 20, CreateOptions.DEFAULT);
            final Peer peer = giver.peerAt(port.port());
            final CompletionException early = assertThrows(CompletionException.class, () -> fetcher.puller
                    .pull(id(1), peer, PullPriority.GET, LONG)
                    .join());
            assertEquals(PullException.Code.UNREACHABLE, ((PullException) early.getCause()).code());
            port.serveBy(giver.objects);
            fetcher.puller.pull(id(1), peer, PullPriority.GET, LONG).join();
            giver.assertSame(id(1), fetcher);
        }
    }
}
