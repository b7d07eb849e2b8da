/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.SendResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
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
 *   <li>What nodes are there is told at the end of the duty cycle in which it changed, to all; what is free on them at most every {@value #LOADS_MS} ms, to those who want it,
 *       and more seldom where that would be more than {@value #LOADS_BYTES_PER_SECOND} bytes a second for all of them together.
 *   <li>Only what is durable is told: a death of which the next GCS would know nothing is nothing to act upon.
 *   <li>A message is made once and sent to all. It names the one before it, so who has missed one knows, and asks to begin anew.
 *   <li>Who does not read keeps nobody waiting and costs no memory: it is told nothing until its connection has taken all that was sent, then everything anew.
 * </ul>
 */
final class Followers implements NodeWatcher {
    static final long LOADS_MS = 100;
    static final long LOADS_BYTES_PER_SECOND = 20_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Followers.class);

    /** Those who are told the same. */
    private static final class Group {
        /** Whether they begin anew, by connection. */
        private final Map<NetConnection, Boolean> followers = new LinkedHashMap<>();

        private final Set<NodeEntry> changed = new LinkedHashSet<>();
        /** The number of the last message to all. */
        private long told;
        /** Sent to all of them together. */
        private long bytes;
    }

    private final Collection<NodeEntry> nodes;
    private final LongPredicate isDurable;
    private final Group withoutLoads = new Group();
    private final Group withLoads = new Group();
    /** Those on which only what is free has changed since that was told. */
    private final Set<NodeEntry> loads = new LinkedHashSet<>();

    private long nextLoadsNs;
    private boolean loadsWereTold;

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

    @Override
    public void nodeChanged(NodeEntry entry) {
        withoutLoads.changed.add(entry);
        withLoads.changed.add(entry);
    }

    @Override
    public void loadChanged(NodeEntry entry) {
        loads.add(entry);
    }

    /** Tells it everything, and what changes from then on. */
    void follow(NetConnection connection, boolean wantsLoads) {
        gone(connection);
        (wantsLoads ? withLoads : withoutLoads).followers.put(connection, true);
    }

    /** Its connection has ended. */
    void gone(NetConnection connection) {
        withoutLoads.followers.remove(connection);
        withLoads.followers.remove(connection);
    }

    /**
     * Tells what has changed.
     *
     * @param sequence number of the tables' last change
     * @return how many messages were sent
     */
    int publish(long sequence, long nowNs) {
        int sent = publish(withoutLoads, sequence);
        if (loads.isEmpty() || (loadsWereTold && nowNs - nextLoadsNs < 0)) {
            return sent + publish(withLoads, sequence);
        }
        final long before = withLoads.bytes;
        withLoads.changed.addAll(loads);
        loads.clear();
        sent += publish(withLoads, sequence);
        loadsWereTold = true;
        final long pauseNs = (withLoads.bytes - before) * TimeUnit.SECONDS.toNanos(1) / LOADS_BYTES_PER_SECOND;
        nextLoadsNs = nowNs + Math.max(TimeUnit.MILLISECONDS.toNanos(LOADS_MS), pauseNs);
        return sent;
    }

    private int publish(Group group, long sequence) {
        if (group.followers.isEmpty()) {
            group.changed.clear();
            return 0;
        }
        int sent = 0;
        final List<PeerNode> due = takeDurable(group.changed);
        if (!due.isEmpty()) {
            final List<DirectBuffer> news = NewsCodec.news(group.told, sequence, false, due);
            group.told = sequence;
            sent += tell(group, news, false);
        }
        if (group.followers.containsValue(true) && nodes.stream().allMatch(entry -> isDurable.test(entry.commit))) {
            final List<PeerNode> all = nodes.stream()
                    .filter(entry -> !entry.isDead())
                    .map(PeerNode::of)
                    .toList();
            sent += tell(group, NewsCodec.news(0, group.told, true, all), true);
        }
        return sent;
    }

    private List<PeerNode> takeDurable(Set<NodeEntry> changed) {
        final List<PeerNode> due = new ArrayList<>();
        for (Iterator<NodeEntry> all = changed.iterator(); all.hasNext(); ) {
            final NodeEntry entry = all.next();
            if (isDurable.test(entry.commit)) {
                due.add(PeerNode.of(entry));
                all.remove();
            }
        }
        return due;
    }

    /** @param anew for those who begin anew, and to none of the others. */
    private static int tell(Group group, List<DirectBuffer> news, boolean anew) {
        int sent = 0;
        for (Map.Entry<NetConnection, Boolean> follower : group.followers.entrySet()) {
            final NetConnection connection = follower.getKey();
            final boolean isFor = follower.getValue() == anew && (!anew || connection.outboundBytes() == 0);
            if (isFor) {
                follower.setValue(!sendAll(group, connection, news));
                sent++;
            }
        }
        return sent;
    }

    private static boolean sendAll(Group group, NetConnection connection, List<DirectBuffer> news) {
        for (DirectBuffer part : news) {
            if (connection.send(part) != SendResult.SENT) {
                LOG.debug("peer={} does not keep up with the news of nodes, and will begin anew", connection.peer());
                return false;
            }
            group.bytes += part.capacity();
        }
        return true;
    }
}
