/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ClientOptions;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.WritableObject;
import io.thornback.transfer.ObjectServer;
import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.net.NetServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * The node that gives, in a process of its own: object 1 through its port, and as many bytes of the same length through a raw socket, to whoever connects there. Arguments: the store's folder, bytes, "tls" or "plain". Says port, raw port
 * and token.
 */
final class TransferGiver {
    static final String NODE_ID = "ab".repeat(28);
    static final int CHUNK_BYTES = 256 << 10;
    private static final int STEP_BYTES = 512 << 20;

    private TransferGiver() {}

    /** Gives until its input ends. */
    public static void main(String[] arguments) throws IOException {
        long bytes = Long.parseLong(arguments[1]);
        TransferCluster.Door door = TransferCluster.open(arguments[2].equals("tls"));
        try (NetLoop loop = NetLoop.start("giver");
                ObjectStoreClient store =
                        ObjectStoreClient.connect(ClientOptions.of(Path.of(arguments[0]), "giver", Ids.JOB))) {
            fill(store, bytes);
            ObjectServer objects = new ObjectServer(store, NODE_ID);
            NetInbox[] inbox = new NetInbox[1];
            inbox[0] = new NetInbox(256, () -> inbox[0].poll(objects, 256));
            ServerSocketChannel raw = ServerSocketChannel.open();
            try (NetServer server = NetServer.bind(
                            loop, NetAddress.resolve("127.0.0.1", 0), door.access(), NetLimits.CONTROL, inbox[0]);
                    raw;
                    objects) {
                raw.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                Thread giving = new Thread(() -> give(raw, door, bytes));
                giving.setDaemon(true);
                giving.start();
                System.out.println(server.port() + " " + raw.socket().getLocalPort() + " "
                        + door.token().text());
                while (System.in.read() >= 0) {}
            }
        }
    }

    private static void fill(ObjectStoreClient store, long bytes) {
        try (WritableObject object = store.create(Ids.id(1), bytes)) {
            for (long at = 0; at < bytes; at += Long.BYTES) {
                object.putLong(at, at * 0x9E3779B97F4A7C15L);
            }
            object.seal();
        }
    }

    private static void give(ServerSocketChannel raw, TransferCluster.Door door, long bytes) {
        ByteBuffer memory = ByteBuffer.allocateDirect((int) Math.min(bytes, STEP_BYTES));
        while (true) {
            try (SocketChannel to = raw.accept()) {
                RawTls tls =
                        door.tls() == null ? null : new RawTls(to, door.tls().get());
                if (tls != null) {
                    tls.handshake();
                }
                for (long at = 0; at < bytes; at += CHUNK_BYTES) {
                    ByteBuffer chunk = memory.slice((int) (at % memory.capacity()), CHUNK_BYTES);
                    while (chunk.hasRemaining()) {
                        if (tls == null) {
                            to.write(chunk);
                        } else {
                            tls.write(chunk);
                        }
                    }
                }
                to.shutdownOutput();
                to.read(ByteBuffer.allocate(1));
            } catch (IOException e) {
                return; // the process ends
            }
        }
    }
}
