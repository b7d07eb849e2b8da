/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.Label;
import io.thornback.labels.LabelSelector;
import io.thornback.scheduling.Strategy;
import io.thornback.transport.wire.SchedulingStrategy;
import io.thornback.transport.wire.SubmitTaskDecoder;
import io.thornback.transport.wire.SubmitTaskEncoder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Where a task or actor may run, as its caller says it and as it travels in {@code SubmitTask}: strategy among the fields, labels in the group after the resources.
 * Mutable while it is built; one thread.
 */
public final class PlacementRequest {
    private static final int NODE_BYTES = SubmitTaskEncoder.strategyNodeLength();
    private static final byte[] NO_NODE = new byte[NODE_BYTES];
    private static final String SEPARATOR = ",";
    /** What a condition takes besides its texts. */
    private static final int BYTES_EACH = 8;

    final List<Label> labels = new ArrayList<>();
    Strategy strategy = Strategy.HYBRID;

    void labels(final Label... conditions) {
        labels.addAll(List.of(conditions));
        if (labels.size() > LabelSelector.MAX_CONDITIONS) {
            throw new IllegalArgumentException(
                    "a request has " + labels.size() + " conditions on labels; limit=" + LabelSelector.MAX_CONDITIONS);
        }
        if (labelChars() > Limits.MAX_EXTRA_BYTES) {
            throw new IllegalArgumentException(
                    "a request's conditions on labels have chars=" + labelChars() + " together, limit="
                            + Limits.MAX_EXTRA_BYTES + "; name fewer values, or give the nodes a label of their own");
        }
    }

    /** About as many bytes as they take of a message. */
    int labelChars() {
        int chars = 0;
        for (final Label label : labels) {
            chars += label.key().length() + BYTES_EACH;
            for (final String value : label.values()) {
                chars += value.length() + SEPARATOR.length();
            }
        }
        return chars;
    }

    void node(final String nodeId, final boolean soft) {
        if (nodeId.length() != 2 * NODE_BYTES || !nodeId.matches("[0-9a-f]*")) {
            throw new IllegalArgumentException("not a node's id: '" + nodeId + "' (" + 2 * NODE_BYTES
                    + " hexadecimal digits, as 'thornback status --json' has them)");
        }
        strategy = new Strategy.NodeAffinity(nodeId, soft);
    }

    void writeFields(final SubmitTaskEncoder out) {
        if (strategy instanceof Strategy.NodeAffinity affinity) {
            out.strategy(affinity.soft() ? SchedulingStrategy.PREFER_NODE : SchedulingStrategy.NODE)
                    .putStrategyNode(HexFormat.of().parseHex(affinity.nodeId()), 0, NODE_BYTES);
        } else {
            final boolean spread = strategy instanceof Strategy.Spread;
            out.strategy(spread ? SchedulingStrategy.SPREAD : SchedulingStrategy.HYBRID)
                    .putStrategyNode(NO_NODE, 0, NODE_BYTES);
        }
    }

    void writeLabels(final SubmitTaskEncoder out) {
        final SubmitTaskEncoder.LabelsEncoder group = out.labelsCount(labels.size());
        for (final Label label : labels) {
            group.next()
                    .condition((short) label.operator().code())
                    .key(label.key())
                    .values(String.join(SEPARATOR, label.values()));
        }
    }

    /** The strategy; any time while the fields can be read. */
    public static Strategy readStrategy(final SubmitTaskDecoder in) {
        final SchedulingStrategy kind = in.strategy();
        if (kind == SchedulingStrategy.SPREAD) {
            return Strategy.SPREAD;
        }
        if (kind != SchedulingStrategy.NODE && kind != SchedulingStrategy.PREFER_NODE) {
            return Strategy.HYBRID;
        }
        final byte[] node = new byte[NODE_BYTES];
        in.getStrategyNode(node, 0, NODE_BYTES);
        return new Strategy.NodeAffinity(HexFormat.of().formatHex(node), kind == SchedulingStrategy.PREFER_NODE);
    }

    /** The labels; the resources must have been read. */
    public static LabelSelector readLabels(final SubmitTaskDecoder in) {
        final SubmitTaskDecoder.LabelsDecoder group = in.labels();
        if (group.count() == 0) {
            return LabelSelector.ANY;
        }
        final List<Label> conditions = new ArrayList<>();
        for (final SubmitTaskDecoder.LabelsDecoder each : group) {
            final Label.Operator operator = Label.Operator.ofCode(each.condition());
            final String key = each.key();
            final String values = each.values();
            final boolean none = operator == Label.Operator.EXISTS || operator == Label.Operator.ABSENT;
            conditions.add(new Label(key, operator, none ? List.of() : List.of(values.split(SEPARATOR, -1))));
        }
        return new LabelSelector(conditions);
    }

    /** Passes over the labels; the resources must have been read. */
    public static void skipLabels(final SubmitTaskDecoder in) {
        in.labels().forEachRemaining(each -> {
            each.skipKey();
            each.skipValues();
        });
    }
}
