/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.transport.wire.ValuePlace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A call on its way: what was asked, what to send, where the result goes. */
final class Call {
    private final CallRequest request;
    private final CallSpec spec;
    private final PendingTask pending;
    private volatile ValuePlace specPlace = ValuePlace.INLINE;
    // Of an actor's call; touched only by the thread that sends the actor's calls.
    private long sequence;
    private int attempt;
    private boolean sent;

    Call(final CallRequest request, final CallSpec spec, final PendingTask pending) {
        this.request = request;
        this.spec = spec;
        this.pending = pending;
    }

    CallRequest request() {
        return request;
    }

    CallSpec spec() {
        return spec;
    }

    PendingTask pending() {
        return pending;
    }

    ValuePlace specPlace() {
        return specPlace;
    }

    void specPlace(final ValuePlace place) {
        specPlace = place;
    }

    /** An actor's call is about to be sent, as this one of those of its caller. */
    void sent(final long newSequence) {
        sequence = newSequence;
        attempt++;
        sent = true;
        pending.sentAs(this);
    }

    /** The process that it was sent to is gone. */
    void unsent() {
        sent = false;
    }

    boolean isSent() {
        return sent;
    }

    long sequence() {
        return sequence;
    }

    /** How often it was sent. */
    int attempt() {
        return attempt;
    }

    /** Whether it may be sent to the actor's next process. */
    boolean maySendAgain(final int maxRetries) {
        return maxRetries == ActorOptions.FOR_EVER || attempt <= maxRetries;
    }

    /** Whether all references are done. */
    boolean isReady() {
        return areDone(spec.arguments());
    }

    private static boolean areDone(final List<Argument> arguments) {
        for (final Argument argument : arguments) {
            if (argument instanceof Argument.Reference reference
                    ? !reference.entry().isDone()
                    : argument instanceof Argument.Listed list && !areDone(list.items())) {
                return false;
            }
        }
        return true;
    }

    /** The first reference, in the order of the arguments, that has no value; null if all have one. */
    Failure failedArgument() {
        return failed(spec.arguments());
    }

    private static Failure failed(final List<Argument> arguments) {
        for (final Argument argument : arguments) {
            Failure failure = null;
            if (argument instanceof Argument.Reference reference) {
                failure = reference.entry().failure();
            } else if (argument instanceof Argument.Listed list) {
                failure = failed(list.items());
            }
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }

    /** Runs something when all references are done; at once, on this thread, if they are. */
    void whenReady(final Runnable now, final Executor later) {
        if (isReady()) {
            now.run();
            return;
        }
        final List<ObjectEntry> missing = new ArrayList<>();
        addMissing(spec.arguments(), missing);
        final AtomicInteger left = new AtomicInteger(missing.size());
        if (missing.isEmpty()) { // they have come meanwhile
            now.run();
        }
        for (final ObjectEntry entry : missing) {
            entry.onDone(() -> {
                if (left.decrementAndGet() == 0) {
                    later.execute(now);
                }
            });
        }
    }

    private static void addMissing(final List<Argument> arguments, final List<ObjectEntry> missing) {
        for (final Argument argument : arguments) {
            if (argument instanceof Argument.Reference reference
                    && !reference.entry().isDone()) {
                missing.add(reference.entry());
            } else if (argument instanceof Argument.Listed list) {
                addMissing(list.items(), missing);
            }
        }
    }
}
