/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.runtime.ClientRuntime;
import io.thornback.runtime.MessageBuffer;
import io.thornback.runtime.Outbox;
import io.thornback.transport.wire.OwesNothingEncoder;

/**
 * Whether calls that this worker's tasks have made go on when the tasks have ended: their results would end with the process, so the raylet is not to stop it for having nothing to run. The raylet
 * hears that there are some with the end of a task, and when there are none any more. Thread-safe.
 */
final class Owed {
    private final ClientRuntime runtime;
    private final Outbox raylet;
    private volatile boolean told;

    Owed(final ClientRuntime runtime, final Outbox raylet) {
        this.runtime = runtime;
        this.raylet = raylet;
        runtime.whenNoCallIsPending(() -> {
            if (told) {
                told = false;
                tellNothing();
            }
        });
    }

    /** Whether there are some; the raylet is told so, and then {@link #told} is called. */
    boolean some() {
        final boolean some = runtime.pendingCalls() > 0;
        told |= some;
        return some;
    }

    /** Whether calls of actors wait for their arguments, or to hear where the actor is. Looks at all that have not ended. */
    boolean someAreUnsent() {
        return runtime.hasUnsentCalls();
    }

    /** The raylet has been told that there are some: again, if there are none now, for the word of that may have been sent before. */
    void told() {
        if (runtime.pendingCalls() == 0) {
            tellNothing();
        }
    }

    private void tellNothing() {
        final MessageBuffer message = MessageBuffer.local();
        final OwesNothingEncoder out =
                new OwesNothingEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
        raylet.post(OwesNothingEncoder.TEMPLATE_ID, message, out.encodedLength());
    }
}
