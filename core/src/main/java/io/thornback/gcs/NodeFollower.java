/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetConnection;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's end of the news of nodes: hands them on in order and whole, and begins anew after a new connection, and when some are missing. Thread-safe; the listener is called on the network
 * thread.
 */
final class NodeFollower {
    private static final Logger LOG = LoggerFactory.getLogger(NodeFollower.class);

    /** Null: there is no connection. */
    private NetConnection connection;
    /** Null: nobody wants to know. */
    private NodesListener listener;

    /** Number of the last message; of no meaning while it begins anew. */
    private long last;

    private boolean beginsAnew;
    private boolean collectsAnew;
    private final List<PeerNode> collected = new ArrayList<>();

    /** Asks for news from now on, over each connection. */
    synchronized void follow(NodesListener newListener) {
        listener = newListener;
        ask();
    }

    /** A connection that stands. */
    synchronized void connected(NetConnection to) {
        connection = to;
        ask();
    }

    synchronized void disconnected() {
        connection = null;
    }

    private void ask() {
        beginsAnew = true;
        collected.clear();
        if (listener != null && connection != null) {
            connection.send(NewsCodec.followNodes());
        }
    }

    /** A message of news. */
    void onNews(NetConnection from, DirectBuffer buffer, int offset) {
        final NewsCodec.News news = NewsCodec.news(buffer, offset);
        final List<PeerNode> whole;
        final boolean anew;
        final NodesListener to;
        synchronized (this) {
            if (from != connection || listener == null || !isNext(news)) {
                return;
            }
            if (news.anew()) {
                collected.clear();
                collectsAnew = true;
                beginsAnew = false;
            }
            last = news.sequence();
            collected.addAll(news.nodes());
            if (news.more()) {
                return;
            }
            whole = List.copyOf(collected);
            anew = collectsAnew;
            to = listener;
            collected.clear();
            collectsAnew = false;
        }
        to.onNodes(anew, whole);
    }

    private boolean isNext(NewsCodec.News news) {
        if (news.anew()) {
            return true;
        }
        if (!beginsAnew && news.previous() != last) {
            LOG.warn("news of nodes are missing between {} and {}; asking anew", last, news.previous());
            ask();
        }
        return !beginsAnew;
    }
}
