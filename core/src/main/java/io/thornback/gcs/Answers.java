/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes of futures. Any thread; {@link #await} not on a network thread. */
final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private Answers() {}

    /** Runs a step when its future is done, and does not keep to itself what the step throws. */
    static <T> void onDone(CompletableFuture<T> future, BiConsumer<T, Throwable> step) {
        final CompletableFuture<T> unused = future.whenComplete((value, failure) -> {
            try {
                step.accept(value, failure);
            } catch (RuntimeException e) {
                LOG.error("a step of the gcs client failed", e);
            }
        });
    }

    /** @throws NetException what the future failed with, {@code TIMED_OUT}, or {@code CLOSED} if the thread is interrupted */
    static <T> T await(CompletableFuture<T> future, Duration limit, String peer) {
        try {
            return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NetException known) {
                throw known;
            }
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new NetException(
                    NetException.Code.TIMED_OUT, "no answer from " + peer + " within " + limit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NetException(NetException.Code.CLOSED, "interrupted while waiting for " + peer, e);
        }
    }
}
