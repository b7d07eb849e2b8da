/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.gcs.NodeRegistration;
import io.thornback.labels.LabelManager;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceManager;
import io.thornback.resources.ResourceSet;
import io.thornback.runtime.Links;
import io.thornback.transport.wire.ChangeNodeDecoder;
import io.thornback.transport.wire.RefusalCode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes totals and labels while the node runs: all of a message or, if something in it is wrong, nothing. The raylet's agent's. */
final class NodeChanges {
    private static final Logger LOG = LoggerFactory.getLogger(NodeChanges.class);

    private final ResourceManager resources;
    private final LabelManager labels;
    private final Links links;

    NodeChanges(final ResourceManager resources, final LabelManager labels, final Links links) {
        this.resources = resources;
        this.labels = labels;
        this.links = links;
    }

    void apply(final ChangeNodeDecoder change) {
        final long correlationId = change.correlationId();
        ResourceSet total = resources.total();
        final Map<String, String> newLabels = new TreeMap<>(labels.labels());
        newLabels.keySet().removeIf(key -> key.startsWith(LabelManager.RESERVED));
        String problem = "";
        try {
            for (final ChangeNodeDecoder.TotalsDecoder each : change.totals()) {
                final ResourceAmount amount = ResourceAmount.ofUnits(each.amount());
                total = total.with(each.name(), amount);
            }
            if (total.size() > NodeRegistration.MAX_RESOURCES) {
                throw new IllegalArgumentException("a node has " + total.size() + " kinds of resources; limit="
                        + NodeRegistration.MAX_RESOURCES + "; take some away (name=0)");
            }
            for (final ChangeNodeDecoder.LabelsDecoder each : change.labels()) {
                final boolean remove = each.removed() != 0;
                final String key = each.key();
                final String value = each.value();
                if (remove) {
                    newLabels.remove(key);
                } else {
                    newLabels.put(key, value);
                }
            }
            LabelManager.check(newLabels);
        } catch (final IllegalArgumentException | ArithmeticException e) {
            problem = e.getMessage();
        }
        final String tool = problem.isEmpty() ? change.inbox() : inboxOf(change);
        if (problem.isEmpty()) {
            labels.replace(newLabels);
            resources.setTotal(total);
            LOG.info("totals are now {}, labels {}", total, labels.labels());
        }
        answer(tool, correlationId, problem);
    }

    /** What is wrong may have stopped the reading in the middle. */
    private static String inboxOf(final ChangeNodeDecoder change) {
        change.sbeRewind();
        change.totals().forEachRemaining(ChangeNodeDecoder.TotalsDecoder::skipName);
        change.labels().forEachRemaining(each -> {
            each.skipKey();
            each.skipValue();
        });
        return change.inbox();
    }

    private void answer(final String tool, final long correlationId, final String problem) {
        links.tryTo(tool).ifPresent(to -> {
            if (problem.isEmpty()) {
                RayletMessages.sendNodeChanged(
                        to, correlationId, resources.total().toString(), text(labels.labels()));
            } else {
                RayletMessages.sendRefused(to, RefusalCode.BAD_MESSAGE, problem);
            }
        });
        links.forget(tool);
    }

    private static String text(final Map<String, String> labels) {
        return labels.entrySet().stream()
                .filter(e -> !e.getKey().startsWith(LabelManager.RESERVED))
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
    }
}
