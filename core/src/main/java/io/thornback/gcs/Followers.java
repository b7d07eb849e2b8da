/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.SendResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is told of the cluster's nodes, and what they have not been told yet. The GCS's agent thread only.
 *
 * <ul>
 *   <li>Changes are told at the end of the duty cycle in which they were made, to all, and then nothing for {@value #PAUSE_NS_EACH} ns for each of them: a thousand nodes that join are some tens of messages to each, not a thousand.
 *   <li>Only what is durable is told: a death of which the next GCS would know nothing is nothing to act upon.
 *   <li>A message is made once and sent to all. It names the one before it, so who has missed one knows, and asks to begin anew.
 *   <li>Together they are sent at most {@value #BYTES_PER_SECOND} bytes a second, and a fifth of that may wait for sockets; the rest of a change's followers, and of those who begin anew, are told when there is room.
 *   <li>Who does not read for a second takes no room any more: it is told nothing until its connection has taken all that was sent, then everything anew.
 * </ul>
 */
final class Followers {
    static final long BYTES_PER_SECOND = 100_000_000;
    /** Some ten times what a message over TLS takes the network thread, which has heartbeats to read and nodes to let in meanwhile. */
    static final long PAUSE_NS_EACH = 200_000;

    private static final long MOST_WAITING_BYTES = BYTES_PER_SECOND / 5;
    private static final long STALLED_NS = TimeUnit.SECONDS.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(Followers.class);

    private final Collection<NodeEntry> nodes;
    private final LongPredicate isDurable;
    /** Those who are told of changes. */
    private final Set<NetConnection> followers = new LinkedHashSet<>();
    /** Those who have to begin anew first. */
    private final Set<NetConnection> beginners = new LinkedHashSet<>();
    /** Those whose connection had not taken all when this was last looked at, and since when. */
    private final Map<NetConnection, Long> unread = new HashMap<>();

    private final Set<NodeEntry> changed = new LinkedHashSet<>();
    /** The last message, and who has still to be told. */
    private List<DirectBuffer> news = List.of();

    private final Set<NetConnection> untold = new LinkedHashSet<>();
    /** Its number. */
    private long told;

    private boolean wasTold;
    /** Nothing is told before; of no meaning before anything was. */
    private long nextNs;

    /** Of this turn: bytes that may be sent, that were sent, and to how many. */
    private long room;

    private long bytes;
    private int sent;

    /**
     * Nobody follows.
     *
     * @param nodes all of them, as they are at any time
     * @param isDurable whether a commit is
     */
    Followers(Collection<NodeEntry> nodes, LongPredicate isDurable) {
        this.nodes = nodes;
        this.isDurable = isDurable;
    }

    /** A node has come or gone, or is another than before; that may not be durable yet. */
    void nodeChanged(NodeEntry entry) {
        changed.add(entry);
    }

    /** Tells it everything, and what changes from then on. */
    void follow(NetConnection connection) {
        gone(connection);
        beginners.add(connection);
    }

    /** Its connection has ended. */
    void gone(NetConnection connection) {
        followers.remove(connection);
        untold.remove(connection);
        beginners.remove(connection);
        unread.remove(connection);
    }

    /**
     * Tells what has changed.
     *
     * @param sequence number of the tables' last change
     * @return how many were told something
     */
    int publish(long sequence, long nowNs) {
        if (followers.isEmpty()) {
            changed.clear(); // who begins hears of all nodes as they are
        }
        final boolean isNothing = changed.isEmpty() && untold.isEmpty() && beginners.isEmpty();
        if (isNothing || (wasTold && nowNs - nextNs < 0)) {
            return 0;
        }
        beginTurn(nowNs);
        if (untold.isEmpty()) {
            makeNews(sequence);
        }
        // Neither keeps the other waiting.
        final long kept = beginners.isEmpty() ? 0 : room / 2;
        room -= kept;
        tell(nowNs);
        room += kept;
        begin(nowNs);
        if (sent > 0) {
            wasTold = true;
            nextNs = nowNs + pauseNs(sent, bytes);
        }
        return sent;
    }

    /** How long nothing is told after so many were told so many bytes; not at all after one. */
    static long pauseNs(int sent, long bytes) {
        return Math.max((sent - 1) * PAUSE_NS_EACH, bytes * TimeUnit.SECONDS.toNanos(1) / BYTES_PER_SECOND);
    }

    private void beginTurn(long nowNs) {
        bytes = 0;
        sent = 0;
        room = MOST_WAITING_BYTES;
        unread.keySet().removeIf(connection -> connection.outboundBytes() == 0);
        for (NetConnection connection : unread.keySet()) {
            room -= isStalled(connection, nowNs) ? 0 : connection.outboundBytes();
        }
    }

    private boolean isStalled(NetConnection connection, long nowNs) {
        final Long sinceNs = unread.get(connection);
        return sinceNs != null && nowNs - sinceNs >= STALLED_NS;
    }

    private void makeNews(long sequence) {
        final List<PeerNode> due = new ArrayList<>();
        for (Iterator<NodeEntry> all = changed.iterator(); all.hasNext(); ) {
            final NodeEntry entry = all.next();
            if (isDurable.test(entry.commit)) {
                due.add(PeerNode.of(entry));
                all.remove();
            }
        }
        if (!due.isEmpty()) {
            news = NewsCodec.news(told, sequence, false, due);
            told = sequence;
            untold.addAll(followers);
        }
    }

    private void tell(long nowNs) {
        final long size = sizeOf(news);
        for (Iterator<NetConnection> all = untold.iterator(); all.hasNext() && hasRoom(size); ) {
            final NetConnection follower = all.next();
            all.remove();
            if (isStalled(follower, nowNs) || !send(follower, news, size, nowNs)) {
                LOG.debug("peer={} does not keep up with the news of nodes, and will begin anew", follower.peer());
                followers.remove(follower);
                beginners.add(follower);
            }
        }
    }

    /** Tells everything to those who begin anew and whose connection has taken all that it was sent. */
    private void begin(long nowNs) {
        final List<NetConnection> ready = beginners.stream()
                .filter(connection -> connection.outboundBytes() == 0)
                .toList();
        if (ready.isEmpty() || !hasRoom(0) || !nodes.stream().allMatch(entry -> isDurable.test(entry.commit))) {
            return;
        }
        final List<PeerNode> all = nodes.stream()
                .filter(entry -> !entry.isDead())
                .map(PeerNode::of)
                .toList();
        final List<DirectBuffer> beginning = NewsCodec.news(0, told, true, all);
        final long size = sizeOf(beginning);
        for (NetConnection connection : ready) {
            if (!hasRoom(size)) {
                break;
            }
            if (send(connection, beginning, size, nowNs)) {
                beginners.remove(connection);
                followers.add(connection);
            }
        }
    }

    /** One at least is told in each turn, however much it is. */
    private boolean hasRoom(long size) {
        return sent == 0 || size < room;
    }

    private boolean send(NetConnection to, List<DirectBuffer> parts, long size, long nowNs) {
        for (DirectBuffer part : parts) {
            if (to.send(part) != SendResult.SENT) {
                return false;
            }
        }
        unread.putIfAbsent(to, nowNs);
        room -= size;
        bytes += size;
        sent++;
        return true;
    }

    private static long sizeOf(List<DirectBuffer> parts) {
        return parts.stream().mapToLong(DirectBuffer::capacity).sum();
    }
}
