/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a call is to be made, as far as it concerns the worker that makes it and not the raylet; travels with the specification.
 *
 * @param returns 0: the result is one object; else it is a list or an array, and each of its so many elements is an object.
 * @param window 0: no stream; else how many items may be made that have not been taken.
 * @param resources what it holds while it runs, memory included, in {@link CallRequest#UNITS}.
 * @param retryOn names of the classes of exceptions after which it is run again.
 */
public record CallOptions(int returns, int window, Map<String, Long> resources, List<String> retryOn) {
    /** Whether a call that threw this is to be run again: it is of one of the classes, or of one that extends one. */
    public boolean retriesAfter(final Throwable error) {
        if (retryOn.isEmpty()) {
            return false;
        }
        for (Class<?> type = error.getClass(); type != null; type = type.getSuperclass()) {
            if (retryOn.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }

    /** What the call holds, in whole resources and bytes. */
    public Map<String, Double> assigned() {
        final Map<String, Double> assigned = new TreeMap<>();
        resources.forEach((name, units) -> assigned.put(name, units / (double) CallRequest.UNITS));
        return Collections.unmodifiableMap(assigned);
    }
}
