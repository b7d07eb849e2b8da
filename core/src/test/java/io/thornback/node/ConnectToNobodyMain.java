/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetClient;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.PeerKind;
import java.util.concurrent.CompletionException;

/** Connects to a port of this host at which nobody listens, again and again; prints what comes of it, one line for each try. */
public final class ConnectToNobodyMain {
    private static final int TRIES = 12;

    private ConnectToNobodyMain() {}

    /**
     * Tries.
     *
     * @param args the port
     */
    public static void main(String[] args) {
        JoinToken token = JoinToken.plainText(RandomHex.of(JoinToken.DIGITS / 2));
        try (NetLoop loop = NetLoop.start("to-nobody")) {
            NetClient client =
                    new NetClient(loop, PeerKind.TOOL, token, NetLimits.CONTROL, new NetInbox(TRIES, () -> {}));
            for (int i = 0; i < TRIES; i++) {
                try {
                    System.out.println(client.connect(NetAddress.resolve("127.0.0.1", Integer.parseInt(args[0])))
                            .join());
                } catch (CompletionException e) {
                    NetException why = (NetException) e.getCause();
                    System.out.println(why.code() + " " + why.isPortClosed() + " " + why.getMessage());
                }
            }
        }
    }
}
