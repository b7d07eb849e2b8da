/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.ids.TaskId;
import io.thornback.runtime.BlockListener;
import io.thornback.runtime.CallDecoder;
import io.thornback.runtime.Links;
import io.thornback.transport.wire.StreamConsumedDecoder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/** The streams that this worker makes now. Thread-safe. */
final class StreamProducers {
    private final Links links;
    private final BlockListener blockListener;
    private final Map<TaskId, StreamProducer> producers = new ConcurrentHashMap<>();

    StreamProducers(final Links links, final BlockListener blockListener) {
        this.links = links;
        this.blockListener = blockListener;
    }

    /**
     * Makes a call whose items go out while it runs.
     *
     * @return the number of items.
     * @throws Throwable what the call throws.
     */
    long run(final RunOrder order, final CallDecoder.ReadyCall call, final CallDecoder decoder) throws Throwable {
        final StreamProducer producer = new StreamProducer(
                order, call.options().window(), decoder, links.to(order.ownerInbox()), blockListener);
        producers.put(order.task(), producer);
        try {
            final Object[] arguments = call.arguments();
            if (call.yields()) {
                arguments[arguments.length - 1] = producer;
                call.invocable().invoke(arguments);
            } else {
                producer.emitAll(call.invocable().invoke(arguments));
            }
            return producer.made();
        } finally {
            producers.remove(order.task(), producer);
        }
    }

    /** The owner tells how many have been taken. The agent's thread. */
    void onConsumed(final StreamConsumedDecoder consumed) {
        final byte[] id = new byte[TaskId.LENGTH];
        consumed.getTaskId(id, 0, id.length);
        final StreamProducer producer = producers.get(TaskId.read(new UnsafeBuffer(id), 0));
        if (producer != null) {
            producer.taken(consumed.items());
        }
    }
}
