/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.Thornback;
import io.thornback.function.FunctionResolver;
import io.thornback.ids.ActorId;
import io.thornback.ids.TaskId;
import io.thornback.runtime.ActorExit;
import io.thornback.runtime.ActorOptions;
import io.thornback.runtime.BlockListener;
import io.thornback.runtime.CallContext;
import io.thornback.runtime.CallDecoder;
import io.thornback.runtime.Connector;
import io.thornback.runtime.InboxTurn;
import io.thornback.runtime.Links;
import io.thornback.runtime.Outbox;
import io.thornback.transport.wire.TaskKind;
import io.thornback.transport.wire.TaskOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs user code, one call at a time, on a thread of its own, and sends results to their owners. The calls of an actor that may run at the same time have threads of their own
 * ({@link ActorThreads}).
 */
final class TaskRunner implements BlockListener {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);
    /** What is interrupted should end; what does not is left to the end of the process. */
    private static final long INTERRUPT_TIMEOUT_MS = 200;

    /** How often a thread with nothing to do looks whether it is to end, though it would be woken. */
    private static final long LOOK_UP_NS = TimeUnit.MINUTES.toNanos(1);

    /** While so many tasks wait here the raylet, which has nothing more to send, is not woken for the end of one: it hears of it with the end of a later one. */
    private static final int MUCH_TO_DO = 16;

    private static final Object RETRY = new Object();

    /** How long the answers of an actor that leaves may wait for room in their lanes. */
    private static final long EXIT_TIMEOUT_NS = 5_000_000_000L;

    private final CallContexts contexts = new CallContexts();
    private final String name;
    private final InboxTurn.Waits inbox;
    private final Links links;
    private final ResultSender results;
    private final StreamProducers streams;
    private final RayletNews raylet;
    private final CallRecorder calls;
    private final Consumer<Throwable> onBroken;
    /** Guards what waits and what runs, so that a cancelled call is found in one of the two, and an interrupt hits neither the next call nor the sending of a result. */
    private final Object lock = new Object();

    private final Deque<RunOrder> orders = new ArrayDeque<>();
    private final NextOrder nextOrder = new NextOrder();
    private RunOrder interruptible;
    /** Whether a call runs, or what it has given is being sent. */
    private boolean runs;
    /** Orders that were taken so far, but for those that {@link #actorThreads} has. */
    private long taken;
    /** The node drains. */
    private volatile boolean finishes;
    /** What is run is to be run elsewhere. */
    private volatile boolean abandoned;
    /** Whether the task that runs waits for an object: then nothing is kept waiting behind it. */
    private boolean waits;

    private final Thread thread;
    private volatile boolean running = true;
    private volatile CallDecoder decoder;
    private volatile FunctionResolver resolver;
    private volatile Thornback api;
    private volatile Owed owed;
    /** The actor that this worker is, once it has been created; written by this thread before others are given its calls. */
    private Object actor;
    /** How it lives, once it is being created. */
    private ActorOptions actorOptions;
    /** Runs its calls if they may run at the same time; else null. */
    private volatile ActorThreads actorThreads;
    /** Whether the actor leaves after the call that runs; this thread's. */
    private boolean exits;
    /** Whether the actor has left: nothing begins any more. */
    private boolean left;
    /** The plain task that runs now, or null; this thread's. */
    private RunOrder current;

    /** @param onBroken told what kept a call from being answered, on the call's thread: nothing else would tell its owner, and the raylet would count on this worker. */
    TaskRunner(
            final String name,
            final InboxTurn.Waits inbox,
            final Links links,
            final Outbox raylet,
            final CallRecorder calls,
            final Consumer<Throwable> onBroken) {
        this.name = name;
        this.inbox = inbox;
        this.links = links;
        this.results = new ResultSender(links);
        this.streams = new StreamProducers(links, this);
        this.raylet = new RayletNews(raylet);
        this.calls = calls;
        this.onBroken = onBroken;
        this.thread = new Thread(this::loop, name + "-tasks");
        thread.setDaemon(true);
    }

    /** Starts the thread; before the first order. */
    void start(
            final CallDecoder callDecoder,
            final FunctionResolver functions,
            final Thornback connection,
            final Owed ofItsCalls) {
        owed = ofItsCalls;
        decoder = callDecoder;
        resolver = functions;
        api = connection;
        thread.setContextClassLoader(functions.loader());
        thread.start();
    }

    StreamProducers streams() {
        return streams;
    }

    void submit(final RunOrder order) {
        if (finishes
                && order.kind() == TaskKind.ACTOR_CALL
                && !order.ownerInbox().startsWith(Worker.INBOX_PREFIX)) {
            sendRefused(order);
            return;
        }
        final ActorThreads ofActor = actorThreads;
        if (ofActor != null && order.kind() == TaskKind.ACTOR_CALL) {
            ofActor.submit(order);
            return;
        }
        synchronized (lock) {
            if (left) {
                return; // who made the call hears of the actor's end
            }
            if (!waits || order.kind() != TaskKind.TASK) {
                taken++;
                orders.add(order); // who reads the inbox is the thread itself, or the agent while that sleeps
                lock.notifyAll();
                return;
            }
        }
        raylet.returned(order);
    }

    /**
     * The node drains: takes no more calls of drivers, those of other workers still, and tells the raylet what there is. Where messages are handled, when all that had come before the question has been.
     */
    void tellOfCalls(final int round) {
        finishes = true;
        final ActorThreads ofActor = actorThreads;
        final CallCount concurrent = ofActor == null ? new CallCount(0, false) : ofActor.count();
        final boolean isSending = links.hasBacklog() || owed.someAreUnsent();
        final CallCount all;
        synchronized (lock) {
            all = concurrent.and(taken, runs || !orders.isEmpty() || isSending);
        }
        raylet.calls(round, all);
    }

    /** No result counts any more: what runs is about to be interrupted, and that is nothing that its owner should hear of. Any thread. */
    void abandon() {
        abandoned = true;
    }

    private void sendRefused(final RunOrder order) {
        links.tryTo(order.ownerInbox()).ifPresent(owner -> RayletNews.refused(owner, order));
    }

    /** Gives tasks back to the raylet that were sent ahead: last first, so that it can put each before those that wait there. */
    void returnWaiting() {
        final List<RunOrder> returned = new ArrayList<>();
        synchronized (lock) {
            for (final Iterator<RunOrder> last = orders.descendingIterator(); last.hasNext(); ) {
                final RunOrder order = last.next();
                if (order.kind() == TaskKind.TASK) {
                    returned.add(order);
                    last.remove();
                }
            }
        }
        returned.forEach(raylet::returned);
    }

    /** Nobody wants the result: a call that waits is dropped, one that runs is interrupted. The agent's thread. */
    void cancel(final TaskId task) {
        final ActorThreads ofActor = actorThreads;
        if (ofActor != null) {
            ofActor.cancel(task);
        }
        final List<RunOrder> dropped = new ArrayList<>();
        synchronized (lock) {
            orders.removeIf(order -> order.task().equals(task) && dropped.add(order));
            if (interruptible != null && interruptible.task().equals(task)) {
                thread.interrupt();
            }
        }
        for (final RunOrder order : dropped) {
            if (order.kind() == TaskKind.TASK) {
                sendDone(order, TaskOutcome.FAILED, RunTimes.NEVER); // the raylet counts on it
            }
        }
    }

    /** Ends after the calls that run now, waiting so long for them; then interrupts them, and waits a moment for that. */
    void stop(final long timeoutMs) {
        running = false;
        nextOrder.wake();
        try {
            final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
            if (timeoutMs > 0) {
                thread.join(timeoutMs);
            }
            thread.interrupt();
            thread.join(INTERRUPT_TIMEOUT_MS);
            final ActorThreads ofActor = actorThreads;
            final boolean isIdle = ofActor == null || ofActor.stop(deadlineNs, INTERRUPT_TIMEOUT_MS);
            calls.close(isIdle && !thread.isAlive());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        Connector.bindToThread(api);
        ActorExit.bindToThread(this::exitAfterThisCall);
        try {
            while (running) {
                final RunOrder order = next();
                if (order != null) {
                    run(order);
                }
            }
        } catch (final Throwable e) { // what user code throws is its result; this is not of user code
            onBroken.accept(e);
        }
    }

    /** The next call, which may be interrupted from now on; null if the runner is to end. */
    private RunOrder next() {
        while (running) {
            synchronized (lock) {
                interruptible = orders.poll();
                runs = interruptible != null;
                if (interruptible != null) {
                    return interruptible;
                }
            }
            try {
                inbox.await(nextOrder, LOOK_UP_NS);
            } catch (final InterruptedException e) {
                LOG.debug("interrupted between tasks"); // left over from a task; running says whether to go on
            }
        }
        return null;
    }

    /** Something to do, or the end. */
    private final class NextOrder extends InboxTurn.GoalOfOne {
        @Override
        public boolean isReached() {
            synchronized (lock) {
                return !orders.isEmpty() || !running;
            }
        }

        @Override
        public void sleep(final long ns) throws InterruptedException {
            synchronized (lock) {
                if (orders.isEmpty() && running) {
                    TimeUnit.NANOSECONDS.timedWait(lock, ns);
                }
            }
        }

        /** Ends a wait from elsewhere than the inbox. */
        void wake() {
            synchronized (lock) {
                lock.notifyAll();
            }
            wakeAtInbox();
        }
    }

    private void run(final RunOrder order) {
        current = order.kind() == TaskKind.TASK ? order : null;
        execute(order, () -> {
            synchronized (lock) {
                interruptible = null;
                Thread.interrupted();
            }
            current = null;
        });
        if (exits) {
            leave(order.actor());
        }
    }

    private void exitAfterThisCall() {
        if (current != null) {
            throw new IllegalStateException("exitActor() is for the calls of an actor; this is task " + current.task()
                    + " " + current.name() + ", which ends when it returns");
        }
        exits = true;
    }

    /** The actor has left by itself: tells the raylet, once nothing that was answered can be lost with this process. */
    private void leave(final ActorId id) {
        synchronized (lock) {
            left = true;
            orders.clear();
        }
        running = false;
        final long deadline = System.nanoTime() + EXIT_TIMEOUT_NS;
        while (links.hasBacklog() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        LOG.info("actor {} has left by itself", id);
        raylet.left(id);
    }

    /** Runs a call on this thread, which may be any for an actor's. */
    private void execute(final RunOrder order, final Runnable afterUserCode) {
        final long started = System.nanoTime();
        final boolean isCall = order.kind() == TaskKind.ACTOR_CALL;
        final long position = isCall ? calls.began(order, started) : 0;
        if (order.kind() == TaskKind.ACTOR_CREATION) {
            prepareForCalls();
        }
        CallResult result;
        try {
            result = call(order);
        } catch (final Throwable e) { // whatever user code throws is its result
            if (order.kind() == TaskKind.ACTOR_CREATION) {
                LOG.warn("{} {} threw", order.name(), order.task(), e); // of a restart nobody else hears
            }
            result = CallResult.failed(decoder.encodeError(e));
        }
        final long ended = System.nanoTime();
        afterUserCode.run();
        if (abandoned) {
            return;
        }
        final ResultSender.Delivered delivered = results.deliver(order, result, decoder);
        final RunTimes times = new RunTimes(started, ended, System.nanoTime());
        if (isCall) {
            calls.ended(position, delivered.outcome() == TaskOutcome.OK, times);
        } else {
            delivered.whenSent(() -> sendDone(order, delivered.outcome(), times));
        }
    }

    /** While the actor is being made, for its first call would wait for it. */
    private void prepareForCalls() {
        final Thread preparing = new Thread(calls::prepare, name + "-calls");
        preparing.setDaemon(true);
        preparing.start();
    }

    private CallResult call(final RunOrder order) throws Throwable {
        final byte[] spec = order.spec() != null ? order.spec() : decoder.storedSpec(order.task(), order.ownerInbox());
        final Object receiver = order.kind() == TaskKind.ACTOR_CALL ? receiverOf(order) : null;
        final CallDecoder.ReadyCall call = decoder.decode(spec, resolver, receiver, order.ownerInbox());
        try {
            final Object result = invoke(order, call);
            if (result == RETRY) {
                return CallResult.retry();
            }
            if (order.kind() == TaskKind.ACTOR_CREATION) {
                becomeActor(order, result);
                return CallResult.of(decoder.encode(null));
            }
            return call.options().returns() == 0
                    ? CallResult.of(decoder.encode(result))
                    : CallResult.ofEach(call, result, decoder);
        } finally {
            call.release();
        }
    }

    private Object receiverOf(final RunOrder call) {
        final String group = call.group();
        if (!group.isEmpty() && !actorOptions.groups().containsKey(group)) {
            throw new IllegalArgumentException("the actor has no concurrency group '" + group + "'; it has "
                    + actorOptions.groups().keySet());
        }
        return actor;
    }

    private void becomeActor(final RunOrder creation, final Object made) {
        actor = made;
        actorOptions = ActorOptions.decode(creation.actorOptions());
        if (actorOptions.isConcurrent()) {
            actorThreads = new ActorThreads(
                    name, actorOptions, api, resolver.loader(), this::execute, () -> leave(creation.actor()), onBroken);
        }
    }

    private Object invoke(final RunOrder order, final CallDecoder.ReadyCall call) throws Throwable {
        CallContext.running(contexts.of(order, call.options()));
        try {
            return call.options().window() > 0
                    ? streams.run(order, call, decoder)
                    : call.invocable().invoke(call.arguments());
        } catch (final Throwable e) {
            if (order.isRetriable() && call.options().retriesAfter(e)) {
                LOG.info(
                        "{} {} attempt {} threw {}: it runs again",
                        order.task(),
                        order.name(),
                        order.attempt(),
                        e.toString());
                return RETRY;
            }
            throw e;
        } finally {
            CallContext.running(null);
        }
    }

    private void sendDone(final RunOrder order, final TaskOutcome outcome, final RunTimes times) {
        final boolean owes = owed.some();
        if (order.kind() == TaskKind.TASK && hasMuchToDo()) {
            raylet.doneUnhurried(order, outcome, times, owes);
            if (!hasMuchToDo()) {
                raylet.hurry(); // what waited here was given back meanwhile, and the raylet told before this
            }
        } else {
            raylet.done(order, outcome, times, owes);
        }
        if (owes) {
            owed.told();
        }
    }

    private boolean hasMuchToDo() {
        synchronized (lock) {
            return orders.size() >= MUCH_TO_DO;
        }
    }

    @Override
    public void blocked() {
        if (Thread.currentThread() == thread && current != null) {
            waits(true);
            returnWaiting(); // it might wait for one of them
            raylet.blocked(current.task());
        }
    }

    @Override
    public void unblocked() {
        if (Thread.currentThread() == thread && current != null) {
            waits(false);
            raylet.unblocked(current.task());
        }
    }

    private void waits(final boolean now) {
        synchronized (lock) {
            waits = now;
        }
    }
}
