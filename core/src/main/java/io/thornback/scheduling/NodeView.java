/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.scheduling;

import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import java.util.Map;

/**
 * What a policy sees of one node, at one moment. Immutable; any thread.
 *
 * @param nodeId hexadecimal digits.
 * @param total what it has in all.
 * @param available what could be granted now.
 * @param labels its labels.
 */
public record NodeView(String nodeId, ResourceSet total, ResourceSet available, Map<String, String> labels) {
    /** Whether it could ever run the request. */
    public boolean feasible(final Requirements request) {
        return total.covers(request.resources()) && request.labels().matches(labels);
    }

    /** Whether it could run the request now. */
    public boolean available(final Requirements request) {
        return feasible(request) && available.covers(request.resources());
    }

    /** The part of its scarcest resource that would be in use with the request on it, 0 to 1; more than 1 if the request does not fit. */
    public double criticalUtilisationWith(final ResourceSet request) {
        double highest = 0;
        for (final Map.Entry<String, ResourceAmount> resource : total.asMap().entrySet()) {
            final long inAll = resource.getValue().units();
            final long free = available.get(resource.getKey()).units();
            final long asked = request.get(resource.getKey()).units();
            highest = Math.max(highest, (double) (inAll - free + asked) / inAll);
        }
        return highest;
    }

    /** Why it can never run the request as things are; empty if it can. */
    String obstacle(final Requirements request) {
        for (final Map.Entry<String, ResourceAmount> asked :
                request.resources().asMap().entrySet()) {
            final ResourceAmount inAll = total.get(asked.getKey());
            if (asked.getValue().compareTo(inAll) > 0) {
                return "asks for " + asked.getKey() + "=" + asked.getValue() + ", it has " + inAll + " in all";
            }
        }
        return request.labels()
                .unmet(labels)
                .map(condition -> "asks for label " + condition + ", it has "
                        + (labels.containsKey(condition.key())
                                ? condition.key() + "=" + labels.get(condition.key())
                                : "no label " + condition.key()))
                .orElse("");
    }
}
