/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetCounters;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.net.NetServer;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control service of a cluster: listens on one port and knows every node and job. Two threads, network and agent;
 * both sleep when nothing happens. {@link #close} ends both. Thread-safe.
 */
public final class GcsService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GcsService.class);
    private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int CLOSE_TIMEOUT_MS = 5_000;

    /**
     * What a GCS needs to start.
     *
     * @param host address to listen on
     * @param port 0 takes any free one
     * @param access whom it admits, and how it proves itself to them
     * @param limits times and table sizes
     * @param onFailure called once, on the agent's thread, if the agent ends by an error: the service is of no use then
     * @param store what outlives the service; a service that has started closes it
     * @param head id of the node that runs the service, if one does
     * @param nodes with which it certifies nodes, and probes those that are suspected; empty: it does neither
     */
    public record Options(
            String host,
            int port,
            NetAccess access,
            GcsLimits limits,
            Consumer<Throwable> onFailure,
            ClusterStore store,
            Optional<String> head,
            Optional<NodeTrust> nodes) {
        /** A service that keeps nothing. */
        public Options(String host, int port, NetAccess access, GcsLimits limits, Consumer<Throwable> onFailure) {
            this(host, port, access, limits, onFailure, ClusterStore.none(), Optional.empty(), Optional.empty());
        }

        /** With default limits; a failure is only logged. */
        public static Options of(String host, int port, NetAccess access) {
            return new Options(host, port, access, GcsLimits.DEFAULT, failure -> {});
        }
    }

    private final NetLoop loop;
    private final NetServer server;
    private final ParkingIdleStrategy idle;
    private final AgentRunner runner;
    private final InetSocketAddress address;
    private final AtomicBoolean closed = new AtomicBoolean();

    private GcsService(
            NetLoop loop, NetServer server, ParkingIdleStrategy idle, AgentRunner runner, InetSocketAddress address) {
        this.idle = idle;
        this.loop = loop;
        this.server = server;
        this.runner = runner;
        this.address = address;
    }

    /**
     * Listens and starts the agent.
     *
     * @throws io.thornback.transport.net.NetException one line, if the port is in use or the address is not this host's
     * @throws ClusterStoreException if the tables hold what cannot be read
     */
    public static GcsService start(Options options) {
        final InetSocketAddress wanted = NetAddress.resolve(options.host(), options.port());
        final ParkingIdleStrategy idle = new ParkingIdleStrategy(MAX_PARK_NS);
        final NetInbox inbox = new NetInbox(options.limits().inboxCapacity(), idle::wake);
        final NetLoop loop = NetLoop.start("gcs-net");
        final NetServer server;
        try {
            server = NetServer.bind(
                    loop, wanted, options.access(), options.limits().net(), inbox);
        } catch (RuntimeException e) {
            loop.close();
            throw e;
        }
        final GcsAgent agent;
        try {
            agent = agentOf(options, inbox);
        } catch (RuntimeException e) {
            server.close();
            loop.close();
            throw e;
        }
        options.nodes().ifPresent(trust -> agent.probeWith(new Prober(loop, trust.token()), trust, idle::wake));
        final AgentRunner runner = new AgentRunner(idle, failure -> fail(options.onFailure(), failure), null, agent);
        AgentRunner.startOnThread(runner, task -> {
            final Thread thread = new Thread(task, "gcs-agent");
            thread.setDaemon(true);
            return thread;
        });
        final InetSocketAddress bound = new InetSocketAddress(wanted.getAddress(), server.port());
        LOG.info(
                "gcs of cluster {} listens on {} {} epoll={}",
                options.access().clusterId(),
                NetAddress.format(bound),
                options.access().isPlainText() ? "in plain text" : "with TLS",
                loop.isEpoll());
        return new GcsService(loop, server, idle, runner, bound);
    }

    private static GcsAgent agentOf(Options options, NetInbox inbox) {
        final ClusterTables tables = new ClusterTables(
                options.limits(), SystemNanoClock.INSTANCE, SystemEpochClock.INSTANCE, options.store());
        options.head().ifPresent(tables::headIs);
        return new GcsAgent(inbox, tables, options.store(), options.limits(), SystemNanoClock.INSTANCE);
    }

    private static void fail(Consumer<Throwable> onFailure, Throwable failure) {
        LOG.error("the gcs agent failed and ends", failure);
        onFailure.accept(failure);
        // Tables that an error left half changed must not be served.
        throw new AgentTerminationException(failure);
    }

    public int port() {
        return address.getPort();
    }

    /** The bound address, numeric, with its port. */
    public String address() {
        return NetAddress.format(address);
    }

    public NetCounters counters() {
        return server.counters();
    }

    /** Stops listening, closes connections in good order, ends both threads; waits for them. Idempotent. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        server.close();
        idle.stop();
        runner.close(CLOSE_TIMEOUT_MS, thread -> LOG.warn("the gcs agent does not end: {}", thread));
        loop.close();
    }
}
