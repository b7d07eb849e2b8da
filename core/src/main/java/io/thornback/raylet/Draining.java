/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.transport.wire.CallsNowDecoder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That the node finishes what it has taken on: tasks, which the raylet counts, and calls of actors, which do not pass it. The raylet's agent's.
 *
 * <p>Workers are asked, in rounds; the first question has actors refuse drivers' calls that come after it, while those of other workers are part of what is finished. Nothing is left when no task runs and two rounds, one behind
 * the other, have found every one idle, with nothing that it has still to send, and with the same number of calls taken: what one has sent to another lies in that one's inbox before its own answer is given, and a worker answers when it has read all that had come before the
 * question. So a call that one round could miss shows in the number of the next.
 */
final class Draining {
    private static final Logger LOG = LoggerFactory.getLogger(Draining.class);
    /** Between two rounds while an actor is busy. */
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long BUSY = -1;

    private final Dispatcher dispatcher;
    private final WorkerPool pool;
    private Runnable done;
    private boolean underWay;
    private int round;
    /** In this round: numbers of workers. */
    private final Set<Integer> asked = new HashSet<>();
    /** Of this round, by the workers' numbers: calls taken, or BUSY. */
    private final Map<Integer, Long> answers = new HashMap<>();
    /** The answers of the round before if all were idle; else empty. */
    private Map<Integer, Long> before = Map.of();

    private long askedNs;

    Draining(final Dispatcher dispatcher, final WorkerPool pool) {
        this.dispatcher = dispatcher;
        this.pool = pool;
    }

    boolean isUnderWay() {
        return underWay;
    }

    /** @param whenDone run once, when nothing is left. */
    void begin(final Runnable whenDone, final long nowNs) {
        underWay = true;
        done = whenDone;
        final List<WorkerRecord> callees = withCalls();
        LOG.info(
                "draining: tasks running={} waiting={}, workers that may have calls={}",
                dispatcher.running(),
                dispatcher.queued(),
                callees.size());
        ask(callees, nowNs);
    }

    /** Actors, and those whose tasks have left calls behind, which may not have been sent yet. */
    private List<WorkerRecord> withCalls() {
        return pool.all().stream()
                .filter(worker -> worker.state == WorkerRecord.State.ACTOR || (worker.isIdle() && worker.owes))
                .toList();
    }

    private void ask(final List<WorkerRecord> workers, final long nowNs) {
        round++;
        answers.clear();
        asked.clear();
        workers.forEach(worker -> asked.add(worker.number));
        askedNs = nowNs;
        workers.forEach(worker -> RayletMessages.sendAskCalls(worker.outbox, round));
    }

    void onCalls(final WorkerRecord worker, final CallsNowDecoder now) {
        if (now.round() == round) {
            answers.put(worker.number, now.busy() == 0 ? now.taken() : BUSY);
        }
    }

    /** Looks whether anything is left; asks again if that is not known yet. */
    void duty(final long nowNs) {
        if (done == null) {
            return;
        }
        if (!dispatcher.isAtRest()) {
            before = Map.of();
            return;
        }
        final List<WorkerRecord> workers = withCalls();
        final boolean isRoundOver = workers.stream()
                .map(worker -> worker.number)
                .noneMatch(number -> asked.contains(number) && !answers.containsKey(number));
        if (!isRoundOver) {
            return;
        }
        final Map<Integer, Long> idle = idleOf(workers);
        final boolean allIdle = idle.size() == workers.size();
        if (workers.isEmpty() || (allIdle && idle.equals(before))) {
            final Runnable told = done;
            done = null;
            told.run();
        } else if (allIdle || nowNs - askedNs >= PAUSE_NS) {
            before = allIdle ? idle : Map.of();
            ask(workers, nowNs);
        }
    }

    /** The answers of those that said that they are idle. */
    private Map<Integer, Long> idleOf(final List<WorkerRecord> workers) {
        final Map<Integer, Long> idle = new HashMap<>();
        for (final WorkerRecord worker : workers) {
            final Long taken = answers.get(worker.number);
            if (taken != null && taken != BUSY) {
                idle.put(worker.number, taken);
            }
        }
        return idle;
    }
}
