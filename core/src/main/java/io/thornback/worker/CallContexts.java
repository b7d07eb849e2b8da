/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.runtime.CallContext;
import io.thornback.runtime.CallOptions;
import io.thornback.transport.wire.TaskKind;
import java.util.Map;

/** What the calls of a worker are told about themselves. A call of an actor holds what the actor was created with. Any thread. */
final class CallContexts {
    private volatile Map<String, Double> ofActor = Map.of();

    CallContext.Call of(final RunOrder order, final CallOptions options) {
        final Map<String, Double> assigned = order.kind() == TaskKind.ACTOR_CALL ? ofActor : options.assigned();
        if (order.kind() == TaskKind.ACTOR_CREATION) {
            ofActor = assigned;
        }
        return new CallContext.Call(
                order.task(), order.name(), order.attempt(), order.origin().parent(), assigned);
    }
}
