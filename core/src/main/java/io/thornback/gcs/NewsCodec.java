/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import io.thornback.transport.wire.FollowNodesEncoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.NodeNewsDecoder;
import io.thornback.transport.wire.NodeNewsEncoder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** The news of nodes. As {@link GcsCodec}, of which it is a part; frames were found whole before they come here. */
final class NewsCodec {
    private static final int ID_BYTES = NodeNewsDecoder.NodesDecoder.nodeIdLength();
    /** Rows beyond so many bytes go into a message of their own. */
    static final int PART_BYTES = 256 << 10;

    private NewsCodec() {}

    /**
     * One message of news.
     *
     * @param previous number of the message before it
     * @param sequence its own
     * @param anew what was told before is to be forgotten
     * @param more the next message belongs to the same news
     */
    record News(long previous, long sequence, boolean anew, boolean more, List<PeerNode> nodes) {}

    static DirectBuffer followNodes() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        final FollowNodesEncoder encoder =
                new FollowNodesEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    /** News of these nodes in as many messages as it takes, at least one. */
    static List<DirectBuffer> news(long previous, long sequence, boolean anew, List<PeerNode> nodes) {
        final List<DirectBuffer> parts = new ArrayList<>();
        int from = 0;
        do {
            final int to = endOfPart(nodes, from);
            final News part = new News(
                    from == 0 ? previous : sequence,
                    sequence,
                    anew && from == 0,
                    to < nodes.size(),
                    nodes.subList(from, to));
            parts.add(news(part));
            from = to;
        } while (from < nodes.size());
        return parts;
    }

    private static int endOfPart(List<PeerNode> nodes, int from) {
        int bytes = 0;
        int to = from;
        while (to < nodes.size() && (to == from || bytes < PART_BYTES)) {
            bytes += sizeOf(nodes.get(to));
            to++;
        }
        return to;
    }

    /** About as many bytes as its row has. */
    private static int sizeOf(PeerNode node) {
        int bytes = 64 + node.address().length();
        for (String name : node.total().names()) {
            bytes += 20 + name.length();
        }
        for (Map.Entry<String, String> label : node.labels().entrySet()) {
            bytes += 2 + label.getKey().length() + label.getValue().length();
        }
        return bytes;
    }

    static DirectBuffer news(News news) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);
        final NodeNewsEncoder encoder = new NodeNewsEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.previous(news.previous())
                .sequence(news.sequence())
                .anew((short) (news.anew() ? 1 : 0))
                .more((short) (news.more() ? 1 : 0));
        final NodeNewsEncoder.NodesEncoder rows =
                encoder.nodesCount(news.nodes().size());
        for (PeerNode node : news.nodes()) {
            rows.next()
                    .putNodeId(HexFormat.of().parseHex(node.nodeId()), 0, ID_BYTES)
                    .state(node.state())
                    .port(node.port());
            final NodeNewsEncoder.NodesEncoder.ResourcesEncoder resources =
                    rows.resourcesCount(node.total().size());
            node.total()
                    .forEach((name, amount) ->
                            resources.next().total(amount.units()).name(name));
            rows.address(node.address()).labels(LabelText.of(node.labels()));
        }
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    static News news(DirectBuffer buffer, int offset) {
        final NodeNewsDecoder decoder =
                new NodeNewsDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final long previous = decoder.previous();
        final long sequence = decoder.sequence();
        final boolean anew = decoder.anew() != 0;
        final boolean more = decoder.more() != 0;
        final List<PeerNode> nodes = new ArrayList<>();
        for (NodeNewsDecoder.NodesDecoder row : decoder.nodes()) {
            final byte[] id = new byte[ID_BYTES];
            row.getNodeId(id, 0, ID_BYTES);
            final Map<String, ResourceAmount> total = new TreeMap<>();
            for (NodeNewsDecoder.NodesDecoder.ResourcesDecoder resource : row.resources()) {
                final ResourceAmount inAll = ResourceAmount.ofUnits(resource.total());
                total.put(resource.name(), inAll);
            }
            final String address = row.address();
            nodes.add(new PeerNode(
                    HexFormat.of().formatHex(id),
                    row.state(),
                    address,
                    row.port(),
                    ResourceSet.copyOf(total),
                    LabelText.parse(row.labels())));
        }
        return new News(previous, sequence, anew, more, nodes);
    }
}
