/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetClient;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetFrame;
import io.thornback.transport.net.NetHandler;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.net.NetRefusedException;
import io.thornback.transport.net.SendResult;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.NodeNewsDecoder;
import io.thornback.transport.wire.PeerKind;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A raylet's or a tool's way to the GCS. When the connection falls it connects again, with back-off and jitter, without
 * limit until closed or refused; then it registers its node again and repeats its last load and its jobs ({@link JobNews}).
 *
 * <p>Thread-safe. {@link #connect}, {@link #registerNode} and {@link #clusterState} wait, at most for the time given,
 * and must not be called from the network thread; {@link #heartbeat} and {@link #jobUpdate} never wait.
 */
public final class GcsClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GcsClient.class);
    private static final long FIRST_DELAY_MS = 50;
    private static final long MAX_DELAY_MS = 5_000;
    private static final int GOODBYE_LIMIT_MS = 500;
    private static final int INBOX_CAPACITY = 256;

    /**
     * Where to connect and as what.
     *
     * @param token the cluster's join token, as its file holds it
     * @param kind {@code RAYLET} may register a node, {@code TOOL} may ask
     * @param connectLimit for the first connection; each call's answer has the same limit unless it names one
     */
    public record Options(
            String host, int port, String token, PeerKind kind, Duration connectLimit, GcsListener listener) {
        /** A raylet that waits ten seconds for its GCS. */
        public static Options raylet(String host, int port, String token, GcsListener listener) {
            return new Options(host, port, token, PeerKind.RAYLET, Duration.ofSeconds(10), listener);
        }

        /** A command-line tool, which waits three seconds. */
        public static Options tool(String host, int port, String token) {
            return new Options(host, port, token, PeerKind.TOOL, Duration.ofSeconds(3), new GcsListener() {});
        }

        /** The same with another limit for the first connection and each answer. */
        public Options within(Duration newLimit) {
            return new Options(host, port, token, kind, newLimit, listener);
        }
    }

    private final Options options;
    private final NetLoop loop;
    private final boolean ownsLoop;
    private final NetClient client;
    private final NetInbox inbox;
    private final Backoff backoff = new Backoff(FIRST_DELAY_MS, MAX_DELAY_MS, new SplittableRandom());
    private final AtomicInteger generation = new AtomicInteger();

    private final JobNews jobs;
    private final NodeFollower nodes;

    private final Object lock = new Object();
    /** Guarded by {@link #lock}, as the two below: callers' threads and the network thread meet here, off every hot path. */
    private NodeRegistration node;

    private NodeLoad load;
    private long loadVersion;

    /** The network thread looks the host up again before each reconnect: a head may come back under another address. */
    private volatile InetSocketAddress address;

    /** Why the last attempt to connect again failed. Network thread only. */
    private String lastFailure = "";

    private volatile NetConnection connection;
    private volatile boolean registered;
    private volatile Duration heartbeatInterval = Duration.ofSeconds(1);
    private volatile boolean closed;

    private GcsClient(Options options, NetLoop loop, boolean ownsLoop) {
        this.options = options;
        this.address = NetAddress.resolve(options.host(), options.port());
        this.loop = loop;
        this.ownsLoop = ownsLoop;
        this.inbox = new NetInbox(INBOX_CAPACITY, this::pollInbox);
        this.nodes = new NodeFollower();
        this.jobs = new JobNews(options.connectLimit().toNanos(), loop::schedule);
        this.client = new NetClient(loop, options.kind(), tokenOf(options), NetLimits.CONTROL, inbox);
    }

    private static JoinToken tokenOf(Options options) {
        try {
            return JoinToken.parse(options.token());
        } catch (IllegalArgumentException e) {
            throw new NetException(NetException.Code.BAD_TOKEN, e.getMessage(), e);
        }
    }

    /** A raylet's client with a network thread of its own and no listener. */
    public static GcsClient connect(String host, int port, String token) {
        return connect(Options.raylet(host, port, token, new GcsListener() {}));
    }

    /**
     * Connects, trying again with back-off until the limit; a client with a network thread of its own.
     *
     * @throws NetException one line: refused, not trusted, no token (at once), or not reachable within the limit
     */
    public static GcsClient connect(Options options) {
        final NetLoop loop = NetLoop.start("gcs-client-net");
        try {
            return connect(options, loop, true);
        } catch (RuntimeException e) {
            loop.close();
            throw e;
        }
    }

    /** As {@link #connect(Options)}, on a network thread that the process already has. */
    public static GcsClient connect(Options options, NetLoop loop) {
        return connect(options, loop, false);
    }

    private static GcsClient connect(Options options, NetLoop loop, boolean ownsLoop) {
        final GcsClient client = new GcsClient(options, loop, ownsLoop);
        final CompletableFuture<Void> connected = new CompletableFuture<>();
        client.tryConnect(connected, System.nanoTime() + options.connectLimit().toNanos());
        try {
            Answers.await(connected, options.connectLimit().plusSeconds(1), options.host() + ":" + options.port());
        } catch (RuntimeException e) {
            client.closed = true;
            throw e;
        }
        return client;
    }

    /** The first connection: ends with it, with a refusal, or with the limit. */
    private void tryConnect(CompletableFuture<Void> connected, long deadlineNs) {
        Answers.onDone(client.connect(address), (made, failure) -> {
            if (failure == null) {
                adopt(made);
                backoff.reset();
                connected.complete(null);
                return;
            }
            final long delayMs = backoff.nextDelayMs();
            final long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime()) - delayMs;
            if (leftMs < 0 || closed || !isWorthAnotherTry(failure)) {
                connected.completeExceptionally(failure);
            } else {
                options.listener().onRetry(failure.getMessage(), leftMs);
                loop.schedule(() -> tryConnect(connected, deadlineNs), delayMs);
            }
        });
    }

    private static boolean isWorthAnotherTry(Throwable failure) {
        return failure instanceof NetException known && known.code() == NetException.Code.CANNOT_CONNECT;
    }

    private void adopt(NetConnection made) {
        generation.incrementAndGet();
        connection = made;
        nodes.connected(made);
        if (closed) {
            made.close("closed");
        }
    }

    // ---- events, on the network thread ----

    private void pollInbox() {
        inbox.poll(
                new NetHandler() {
                    @Override
                    public void onFrame(NetConnection from, int templateId, DirectBuffer buffer, int offset, int n) {
                        if (templateId == NodeNewsDecoder.TEMPLATE_ID) {
                            nodes.onNews(from, buffer, offset);
                        } else {
                            LOG.debug("ignoring a message from the gcs: template={}", templateId);
                        }
                    }

                    @Override
                    public void onClosed(NetConnection from, String reason) {
                        lost(from, reason);
                    }
                },
                INBOX_CAPACITY);
    }

    private void lost(NetConnection from, String reason) {
        if (from != connection) {
            return;
        }
        connection = null;
        registered = false;
        jobs.disconnected();
        nodes.disconnected();
        if (!closed) {
            LOG.warn("connection to the gcs at {} lost: {}", NetAddress.format(address), reason);
            options.listener().onDisconnected(reason);
            loop.schedule(this::reconnect, backoff.nextDelayMs());
        }
    }

    private void reconnect() {
        if (closed) {
            return;
        }
        lookUpAgain();
        Answers.onDone(client.connect(address), (made, failure) -> {
            if (failure == null) {
                adopt(made);
                resume(made);
            } else if (failure instanceof NetRefusedException refusal) {
                giveUp(refusal);
            } else if (!closed) {
                sayOnce(String.valueOf(failure.getMessage()), isWorthAnotherTry(failure));
                loop.schedule(this::reconnect, backoff.nextDelayMs());
            }
        });
    }

    /** A name that cannot be looked up now is taken to mean what it meant. */
    private void lookUpAgain() {
        try {
            address = NetAddress.resolve(options.host(), options.port());
        } catch (NetException e) {
            LOG.debug("the gcs's host has no address now: {}", e.getMessage());
        }
    }

    /** Nothing is given up for a head that is not there, or not the right one, for a while: it may come back, and so may the clock. */
    private void sayOnce(String failure, boolean expected) {
        if (!expected && !failure.equals(lastFailure)) {
            LOG.warn("cannot connect to the gcs again, and goes on trying: {}", failure);
        } else {
            LOG.debug("cannot reach the gcs: {}", failure);
        }
        lastFailure = failure;
    }

    private void giveUp(NetRefusedException refusal) {
        closed = true;
        LOG.error("the gcs refuses this process: {}", refusal.getMessage());
        options.listener().onRefused(refusal);
    }

    private void resume(NetConnection made) {
        final NodeRegistration again;
        synchronized (lock) {
            again = node;
        }
        if (again == null) {
            backoff.reset();
            options.listener().onConnected();
            return;
        }
        Answers.onDone(
                made.request(
                        GcsCodec.registerNode(again), options.connectLimit().toNanos()),
                (answer, failure) -> {
                    if (failure == null) {
                        try {
                            takeInterval(answer);
                        } catch (NetException e) {
                            made.close("could not register: " + e.getMessage());
                            return;
                        }
                        registered = true;
                        backoff.reset(); // only now: one that admits the process and then fails must not be asked
                        // twenty times
                        // a second
                        repeatNews(made);
                        LOG.info("connected to the gcs at {} again", NetAddress.format(address));
                        options.listener().onConnected();
                    } else if (failure instanceof NetRefusedException refusal) {
                        made.close("refused");
                        giveUp(refusal);
                    } else {
                        made.close("could not register: " + failure.getMessage());
                    }
                });
    }

    private void repeatNews(NetConnection to) {
        synchronized (lock) {
            if (load != null) {
                to.send(GcsCodec.heartbeat(node.nodeId(), loadVersion, load));
            }
        }
        jobs.connected(to);
    }

    // ---- calls ----

    /**
     * Joins the cluster, and joins again by itself after each reconnect.
     *
     * @throws NetException refused (the id was declared dead, or the cluster is full), no answer in time, or one that cannot be read
     */
    public void registerNode(NodeRegistration registration) {
        final NetFrame answer = request(GcsCodec.registerNode(registration), options.connectLimit(), "RegisterNode");
        takeInterval(answer);
        synchronized (lock) {
            node = registration.withJobBlock(read(answer, GcsCodec::jobBlock));
        }
        registered = true;
        final NetConnection to = connection;
        if (to != null) {
            jobs.connected(to);
        }
        options.listener().onConnected();
    }

    private void takeInterval(NetFrame registeredNode) {
        heartbeatInterval = Duration.ofMillis(read(registeredNode, GcsCodec::heartbeatMs));
    }

    private <T> T read(NetFrame answer, Function<DirectBuffer, T> reader) {
        try {
            return reader.apply(answer.buffer());
        } catch (RuntimeException e) {
            throw new NetException(
                    NetException.Code.BAD_PEER,
                    "an answer of the gcs at " + NetAddress.format(address) + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    /** The upper 16 bits of the numbers of this node's jobs; no other node's that lives begin with them. For a node that has registered. */
    public int jobBlock() {
        synchronized (lock) {
            return node.jobBlock();
        }
    }

    /** How often the GCS wants to hear from the node, as it said when the node joined last; it is the same for all nodes. */
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /** Reports the node's load; false if it could not be sent now, which the next one makes good. Never waits. */
    public boolean heartbeat(NodeLoad newLoad) {
        final NodeRegistration self;
        final long version;
        synchronized (lock) {
            if (node == null) {
                throw new IllegalStateException("register the node first");
            }
            loadVersion += newLoad.equals(load) ? 0 : 1;
            load = newLoad;
            version = loadVersion;
            self = node;
        }
        final NetConnection to = connection;
        return to != null
                && registered
                && to.send(GcsCodec.heartbeat(self.nodeId(), version, newLoad)) == SendResult.SENT;
    }

    /** Says that the node finishes what it has and leaves then; to be said again with each heartbeat. Never waits. */
    public void draining(String nodeId, String reason) {
        final NetConnection to = connection;
        if (to != null && registered) {
            to.send(NodeCodec.nodeDraining(nodeId, reason));
        }
    }

    /**
     * Has somebody told of the cluster's nodes, in the place of whoever was: of all that live, then of what changes; anew after each reconnect. Never waits.
     */
    public void followNodes(NodesListener listener) {
        nodes.follow(listener);
    }

    /** Tells of a job's start or end, again and again until the GCS has noted it. Never waits. */
    public void jobUpdate(JobInfo job) {
        jobs.tell(job);
    }

    /**
     * Asks for nodes and jobs.
     *
     * @throws NetException no answer in time or one that cannot be read, not connected, or refused
     */
    public ClusterSnapshot clusterState(Duration timeout) {
        return read(request(GcsCodec.clusterStateRequest(), timeout, "ClusterStateRequest"), GcsCodec::clusterState);
    }

    /** Leaves in good order: the node is dead at once and for good. */
    public void unregisterNode(String reason) {
        final NodeRegistration self;
        synchronized (lock) {
            self = node;
            node = null;
        }
        final NetConnection to = connection;
        registered = false;
        jobs.disconnected();
        if (self != null && to != null) {
            to.send(GcsCodec.unregisterNode(self.nodeId(), reason));
        }
    }

    /**
     * This side's numeric address on the connection: where the GCS sees this process, unless something between them translates.
     *
     * @throws NetException if there is no connection now
     */
    public String localHost() {
        final NetConnection now = connection;
        if (now == null) {
            throw notConnected();
        }
        return now.localHost();
    }

    public boolean isConnected() {
        final NetConnection now = connection;
        return now != null && now.isOpen();
    }

    /** How often it has connected. */
    public int connects() {
        return generation.get();
    }

    private NetFrame request(DirectBuffer message, Duration timeout, String what) {
        if (loop.isCurrentThread()) {
            throw new IllegalStateException(what + " would wait on the network thread");
        }
        final NetConnection to = connection;
        if (to == null) {
            throw notConnected();
        }
        return Answers.await(to.request(message, timeout.toNanos()), timeout.plusSeconds(1), to.peer());
    }

    /** Asks for a certificate for a key of this node, which has registered. Never waits. */
    CompletableFuture<NetFrame> certificateFor(KeyPair pair) {
        final NetConnection to = connection;
        return to == null || !registered
                ? CompletableFuture.failedFuture(notConnected())
                : to.request(
                        NodeCodec.certificateRequest(pair.getPublic()),
                        options.connectLimit().toNanos());
    }

    private NetException notConnected() {
        return new NetException(
                NetException.Code.CLOSED,
                "not connected to the gcs at " + NetAddress.format(address) + (closed ? "" : "; trying again"));
    }

    /**
     * Ends the connection and all retries. A raylet's waits until what was sent before has been delivered, at most {@value
     * #GOODBYE_LIMIT_MS} ms. Idempotent.
     */
    @Override
    public void close() {
        closed = true;
        final NetConnection last = connection;
        if (last != null) {
            last.close("the client was closed");
        }
        if (last != null && options.kind() == PeerKind.RAYLET && !loop.isCurrentThread()) {
            // A loop that ends cuts its connections before it runs what is queued: the goodbye would be lost.
            last.awaitClosed(GOODBYE_LIMIT_MS);
        }
        if (ownsLoop) {
            loop.close();
        }
    }
}
