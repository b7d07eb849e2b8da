/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.transfer.Peer;
import io.thornback.transfer.PullOptions;
import io.thornback.transfer.PullPriority;
import io.thornback.transfer.Puller;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.trust.JoinToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;

/**
 * An object that goes from a store to another, both in processes of their own, over loopback; in turn with as many bytes through a blocking socket, which are left in as much memory and not checked. Arguments: MiB and
 * rounds. Prints a line for each value, as {@link StoreMeasures} does; ratios are of medians.
 */
final class TransferMeasure {
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final int RECORD_BYTES = 1 << 15;

    private final long bytes;
    private final int rounds;
    /** Where what comes through the socket is left: as much as the object, up to 512 MiB, and room for a record. */
    private final ByteBuffer memory;

    private TransferMeasure(long bytes, int rounds) {
        this.bytes = bytes;
        this.rounds = rounds;
        this.memory = ByteBuffer.allocateDirect((int) Math.min(bytes, 512L << 20) + RECORD_BYTES);
    }

    /** Measures. */
    public static void main(String[] arguments) throws IOException {
        TransferMeasure measure =
                new TransferMeasure(Long.parseLong(arguments[0]) << 20, Integer.parseInt(arguments[1]));
        measure.run("plain");
        measure.run("tls");
    }

    private void run(String kind) throws IOException {
        try (SharedStore source = new SharedStore(bytes + bytes / 4, 1_024);
                SharedStore target = new SharedStore(bytes + bytes / 4, 1_024);
                Giver giver = new Giver(source, bytes, kind);
                NetLoop loop = NetLoop.start("fetcher")) {
            ObjectStoreClient store = target.client();
            try (Puller puller = new Puller(loop, store, giver.token, new PullOptions(bytes, 60_000))) {
                double[] pulls = new double[rounds];
                double[] raws = new double[rounds];
                for (int round = -1; round < rounds; round++) {
                    double raw = raw(giver);
                    double pull = pull(puller, giver);
                    store.delete(Ids.id(1));
                    store.flush(LONG);
                    if (round >= 0) {
                        raws[round] = raw;
                        pulls[round] = pull;
                        StoreMeasures.print("transfer", kind + "-raw-mb-per-second", raw);
                        StoreMeasures.print("transfer", kind + "-pull-mb-per-second", pull);
                    }
                }
                StoreMeasures.print("transfer", kind + "-ratio", median(pulls) / median(raws));
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private double pull(Puller puller, Giver giver) {
        long began = System.nanoTime();
        puller.pull(Ids.id(1), new Peer(TransferGiver.NODE_ID, "127.0.0.1", giver.port), PullPriority.GET, LONG)
                .join();
        return bytes * 1e3 / (System.nanoTime() - began);
    }

    private double raw(Giver giver) throws IOException {
        try (SocketChannel from =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), giver.rawPort))) {
            RawTls tls = null;
            if (!JoinToken.parse(giver.token).isPlainText()) {
                tls = new RawTls(from, TransferCluster.clientEngine(JoinToken.parse(giver.token)));
                tls.handshake();
            }
            long began = System.nanoTime();
            int end = memory.capacity() - RECORD_BYTES;
            for (long at = 0; at < bytes; ) {
                int position = (int) (at % end);
                ByteBuffer to = memory.clear().position(position);
                to.limit(Math.min(memory.capacity(), position + TransferGiver.CHUNK_BYTES));
                if (tls != null) {
                    tls.read(to);
                } else if (from.read(to) < 0) {
                    throw new IOException("the giver has ended");
                }
                at += to.position() - position;
            }
            return bytes * 1e3 / (System.nanoTime() - began);
        }
    }

    /** The other process. */
    private static final class Giver implements AutoCloseable {
        private final Child process;
        private final int port;
        private final int rawPort;
        private final String token;

        Giver(SharedStore store, long bytes, String kind) throws IOException {
            process = new Child(TransferGiver.class, store.path().toString(), Long.toString(bytes), kind);
            String[] said = process.first().split(" ", -1);
            port = Integer.parseInt(said[0]);
            rawPort = Integer.parseInt(said[1]);
            token = said[2];
        }

        @Override
        public void close() throws IOException {
            process.close();
        }
    }
}
