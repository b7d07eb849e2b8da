/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import io.thornback.gcs.GcsClient;
import io.thornback.gcs.GcsListener;
import io.thornback.gcs.NodeLoad;
import io.thornback.gcs.NodeRegistration;
import io.thornback.resources.ResourceSet;
import io.thornback.transport.net.NetLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Nodes for benchmarks/gcs-scale.py that are nothing but their connections and heartbeats: the raylet's own client for each, all on one network thread. Each reports once in the interval that the GCS asks for, evenly spread,
 * and each time another load, as a busy node does.
 *
 * <p>Arguments: host, port, file with the token. A line with a number on the input: so many nodes from now on; answered by {@code NODES number} when they have joined. {@code SENT} answers with the heartbeats since the last
 * time, those that could not be sent, connections that fell, and nodes that one was told of by the news of nodes, all nodes together. Ends with its input.
 */
public final class GcsScale {
    private final String host;
    private final int port;
    private final String token;
    private final NetLoop loop = NetLoop.start("nodes-net");
    private final List<GcsClient> nodes = new CopyOnWriteArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong unsent = new AtomicLong();
    private final AtomicInteger fallen = new AtomicInteger();
    private final AtomicLong told = new AtomicLong();

    private GcsScale(final String host, final int port, final String token) {
        this.host = host;
        this.port = port;
        this.token = token;
    }

    /** Joins and reports until its input ends. */
    public static void main(final String[] arguments) throws IOException {
        final GcsScale scale = new GcsScale(
                arguments[0],
                Integer.parseInt(arguments[1]),
                Files.readString(Path.of(arguments[2])).trim());
        final Thread reporting = new Thread(scale::report, "heartbeats");
        reporting.setDaemon(true);
        reporting.start();
        final BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            if (order.equals("SENT")) {
                System.out.println("SENT " + scale.sent.getAndSet(0) + " " + scale.unsent.getAndSet(0) + " "
                        + scale.fallen.get() + " " + scale.told.getAndSet(0));
            } else {
                scale.grow(Integer.parseInt(order));
                System.out.println("NODES " + scale.nodes.size());
            }
        }
    }

    private void grow(final int count) {
        final GcsListener listener = new GcsListener() {
            @Override
            public void onDisconnected(final String reason) {
                fallen.incrementAndGet();
            }
        };
        for (int i = nodes.size(); i < count; i++) {
            final GcsClient client = GcsClient.connect(GcsClient.Options.raylet(host, port, token, listener), loop);
            client.registerNode(new NodeRegistration(
                    String.format("%056x", i + 1L),
                    i,
                    "10." + (i >> 16) + '.' + ((i >> 8) & 255) + '.' + (i & 255),
                    "/var/lib/thornback/session",
                    8L << 30,
                    ResourceSet.cpus(16)));
            client.followNodes((anew, news) -> told.addAndGet(news.size())); // as a raylet does
            nodes.add(client); // those that have joined report while others join
        }
    }

    /** One heartbeat after another, at equal distances. */
    private void report() {
        long nextNs = System.nanoTime();
        int at = 0;
        for (int i = 0; ; i++) {
            final int count = nodes.size();
            if (count == 0) {
                LockSupport.parkNanos(10_000_000);
                nextNs = System.nanoTime();
                continue;
            }
            at = at + 1 < count ? at + 1 : 0; // however many join meanwhile, the next is the next
            final GcsClient node = nodes.get(at);
            (node.heartbeat(load(i)) ? sent : unsent).incrementAndGet();
            nextNs += node.heartbeatInterval().toNanos() / count;
            final long waitNs = nextNs - System.nanoTime();
            if (waitNs > TimeUnit.MILLISECONDS.toNanos(1)) {
                LockSupport.parkNanos(waitNs);
            }
        }
    }

    private static NodeLoad load(final int i) {
        return new NodeLoad(
                16,
                i % 16,
                16 - i % 16,
                i % 1000,
                i,
                0,
                (long) i << 10,
                i,
                ResourceSet.cpus(i % 16),
                ResourceSet.cpus(16),
                List.of(),
                Map.of("zone", "a"));
    }
}
