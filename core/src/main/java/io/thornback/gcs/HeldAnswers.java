/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.SendResult;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers that wait until what they acknowledge is durable, at most {@value #MOST}: who gets none asks again. The GCS's agent thread only.
 */
final class HeldAnswers {
    static final int MOST = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(HeldAnswers.class);

    private record Held(NetConnection to, long commit, Supplier<DirectBuffer> answer) {}

    /** In the order in which they are to be sent; the commits that they wait for do not fall, but for those that wait for none any more. */
    private final Queue<Held> held = new ArrayDeque<>();

    /** Keeps an answer, made when it is sent. */
    void add(NetConnection to, long commit, Supplier<DirectBuffer> answer) {
        if (held.size() == MOST) {
            held.remove();
        }
        held.add(new Held(to, commit, answer));
    }

    /** Sends what need not wait any more, and forgets what is for nobody; returns how many. */
    int release(LongPredicate isDurable) {
        final int before = held.size();
        held.removeIf(answer -> {
            if (!answer.to().isOpen()) {
                return true;
            }
            final boolean isDue = isDurable.test(answer.commit());
            if (isDue) {
                send(answer.to(), answer.answer().get());
            }
            return isDue;
        });
        return before - held.size();
    }

    /** Sends an answer that waits for nothing. */
    static void send(NetConnection to, DirectBuffer answer) {
        if (to.isOpen() && to.send(answer) == SendResult.FULL) {
            LOG.warn("peer={} does not read its answers; closing", to.peer());
            to.close("does not read its answers");
        }
    }
}
