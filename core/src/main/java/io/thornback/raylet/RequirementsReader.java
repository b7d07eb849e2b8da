/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.labels.LabelSelector;
import io.thornback.resources.ResourceAmount;
import io.thornback.resources.ResourceSet;
import io.thornback.runtime.PlacementRequest;
import io.thornback.scheduling.Requirements;
import io.thornback.scheduling.Strategy;
import io.thornback.transport.wire.SubmitTaskDecoder;
import org.agrona.DirectBuffer;

/**
 * Reads what submitted tasks ask for. Nearly all of a program's tasks ask for one of a few things: what was read is kept beside the bytes that said it, and recognised by them, so that names are checked and
 * sets are built once and not for each task. The same bytes give the same object. The raylet's agent's.
 */
final class RequirementsReader {
    private static final int KEPT = 16;

    private final Known[] known = new Known[KEPT];
    private int next;

    /** What certain bytes say. */
    @SuppressWarnings("ArrayRecordComponent") // compared by hand, with what lies in a lane
    private record Known(long memoryBytes, Strategy strategy, byte[] groups, Requirements requirements) {
        boolean isSaidAt(final DirectBuffer buffer, final int offset) {
            if (offset + groups.length > buffer.capacity()) {
                return false;
            }
            for (int i = 0; i < groups.length; i++) {
                if (buffer.getByte(offset + i) != groups[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Reads memory, strategy, resources and labels; nothing behind the fields has been read before, and the name comes next. */
    Requirements read(final SubmitTaskDecoder in) {
        final long memoryBytes = in.memoryBytes();
        final Strategy strategy = PlacementRequest.readStrategy(in);
        final int begin = in.limit();
        for (final Known each : known) {
            // The groups say their own lengths: where all of these bytes stand, they are all of the groups.
            if (each != null
                    && each.memoryBytes == memoryBytes
                    && each.strategy.equals(strategy)
                    && each.isSaidAt(in.buffer(), begin)) {
                in.limit(begin + each.groups.length);
                return each.requirements;
            }
        }
        ResourceSet resources = memoryBytes == 0
                ? ResourceSet.EMPTY
                : ResourceSet.of(ResourceSet.MEMORY, ResourceAmount.of(memoryBytes));
        for (final SubmitTaskDecoder.ResourcesDecoder resource : in.resources()) {
            final ResourceAmount amount = ResourceAmount.ofUnits(resource.amount());
            resources = resources.with(resource.name(), amount);
        }
        final LabelSelector labels = PlacementRequest.readLabels(in);
        final byte[] groups = new byte[in.limit() - begin];
        in.buffer().getBytes(begin, groups);
        final Requirements read = new Requirements(resources, labels, strategy);
        known[next] = new Known(memoryBytes, strategy, groups, read);
        next = (next + 1) % KEPT;
        return read;
    }
}
