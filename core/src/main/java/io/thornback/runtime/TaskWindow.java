/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.Label;
import io.thornback.scheduling.Strategy;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.MpmcUnboundedXaddArrayQueue;

/**
 * How many of this process's tasks the raylet has at a time, of each kind of request. The others wait here, as they will be sent, in the order in which they were submitted: the raylet's
 * memory does not grow with what a driver submits, and what one kind of request waits for does not keep another from the raylet.
 *
 * <p>Thread-safe, and nobody waits. A place is taken by whoever sends and given back when the task has ended; whoever gives one back sends what waits.
 */
final class TaskWindow {
    /** As many as keep a node busy for the time in which a place comes back, many times over. */
    static final int PLACES = 10_000;

    private static final int HELD_CHUNK = 256;
    /** With more kinds of requests, those that no task asks for now are forgotten. */
    private static final int MOST_IDLE = 64;

    private final int places;
    private final Sender sender;
    private final Map<Request, Places> byRequest = new ConcurrentHashMap<>();

    /**
     * @param places of each kind of request.
     * @param sender sends what has a place.
     */
    TaskWindow(final int places, final Sender sender) {
        this.places = places;
        this.sender = sender;
    }

    /** What tasks ask for: those that ask for the same share a window. */
    private record Request(
            Map<String, Long> resources, long memoryBytes, List<Label> labels, Strategy strategy, String environment) {}

    /** Hands a task over. */
    interface Sender {
        void send(PendingTask task, byte[] message);
    }

    /** The places of one kind of request. */
    final class Places {
        private final AtomicInteger taken = new AtomicInteger();
        private final Queue<PendingTask> held = new MpmcUnboundedXaddArrayQueue<>(HELD_CHUNK);
        private final MessageDeltas deltas = new MessageDeltas();

        private boolean isIdle() {
            return taken.get() == 0 && held.isEmpty();
        }

        private boolean take() {
            while (true) {
                final int now = taken.get();
                if (now >= places) {
                    return false;
                }
                if (taken.compareAndSet(now, now + 1)) {
                    return true;
                }
            }
        }

        /** A task that had a place has ended. */
        void giveBack() {
            taken.decrementAndGet();
            sendHeld();
        }

        private void sendHeld() {
            // Again after the last look: who adds looks for a place after adding, who gives back looks for what is held
            // after giving back.
            while (!held.isEmpty() && take()) {
                final PendingTask next = held.poll();
                if (next == null) {
                    taken.decrementAndGet();
                } else {
                    send(next, deltas.restore(next.takeMessage()));
                }
            }
        }

        private void send(final PendingTask task, final byte[] message) {
            if (task.place(this)) {
                sender.send(task, message);
            } else {
                taken.decrementAndGet(); // it was cancelled while it waited
            }
        }
    }

    private Places placesOf(final CallRequest request) {
        final Places known = byRequest.get(new Request(
                request.resources,
                request.memoryBytes,
                request.placement.labels,
                request.placement.strategy,
                request.environment));
        return known != null ? known : add(request);
    }

    /** Of its own copy of what is asked for: the request may be changed and submitted once more. */
    private Places add(final CallRequest request) {
        if (byRequest.size() >= MOST_IDLE) {
            // One who has just found such places goes on with them: the limit may be passed once, by as many as they
            // are.
            byRequest.values().removeIf(Places::isIdle);
        }
        return byRequest.computeIfAbsent(
                new Request(
                        Map.copyOf(request.resources),
                        request.memoryBytes,
                        List.copyOf(request.placement.labels),
                        request.placement.strategy,
                        request.environment),
                wanted -> new Places());
    }

    /** Kinds of requests that are known. */
    int kinds() {
        return byRequest.size();
    }

    /** Sends the task, now or when there is a place. */
    void submit(final CallRequest request, final PendingTask task, final byte[] message) {
        final Places of = placesOf(request);
        if (of.held.isEmpty() && of.take()) {
            of.send(task, message);
            return;
        }
        task.keepMessage(of.deltas.shorten(message));
        of.held.add(task);
        of.sendHeld();
    }

    /** The task has ended, however it did; more than once is once. */
    static void ended(final PendingTask task) {
        final Places place = task.end();
        if (place != null) {
            place.giveBack();
        }
    }
}
