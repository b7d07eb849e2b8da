/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.RuntimeEnvironment;
import io.thornback.ids.JobId;
import io.thornback.posix.ProcessIdentity;
import io.thornback.resources.ResourceSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of the node: starts as many as are wanted, finds an idle one for a job, stops those that are too many. The raylet's agent's.
 */
final class WorkerPool {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    /** After this many starts in a row that failed, waiting tasks are told rather than kept. */
    private static final int MAX_FAILED_STARTS = 3;

    /** The same for starts that somebody else ended with SIGKILL: that says nothing of the workers, unless it never ends, as where the kernel always finds too little memory. */
    private static final int MAX_SHOT_STARTS = 50;

    /** How long a worker that was asked to end may take; and how long it waits for what it runs. */
    private static final long EXIT_TIMEOUT_NS = 10_000_000_000L;

    private static final int EXIT_DEADLINE_MS = 1_000;
    private static final long REFILL_DELAY_NS = 1_500_000_000L;
    /** Environments whose failed starts are remembered. */
    private static final int MAX_KNOWN_FAILURES = 1_000;
    /** After memory was short, no worker is started ahead for so long: what it takes would soon make it short again. */
    private static final long REFILL_AFTER_SHORT_NS = 30_000_000_000L;

    private final RayletConfig config;
    private final WorkerLauncher launcher;
    private final Events events;
    private final Map<Integer, WorkerRecord> workers = new TreeMap<>();
    private int lastNumber;
    private long tooFewSinceNs;
    /** Whether memory is short now, or was; and when that was last heard. */
    private boolean memoryShort;

    private boolean memoryWasShort;
    private long memoryHeardNs;

    /** By environment, those looked at last at the end: programs may make up as many as they like. */
    private final Map<RuntimeEnvironment, FailedStarts> failedStarts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<RuntimeEnvironment, FailedStarts> eldest) {
            return size() > MAX_KNOWN_FAILURES;
        }
    };

    private boolean closed;

    /** Starts in a row that failed, of one environment. */
    private static final class FailedStarts {
        private int count;
        private int shot;
        private WorkerRecord last;
    }

    /** What the pool tells the raylet; called on any thread. */
    interface Events {
        void started(int number, ProcessIdentity identity);

        void exited(int number, String how, boolean shot, List<String> lastLines);
    }

    WorkerPool(final RayletConfig config, final WorkerLauncher launcher, final Events events) {
        this.config = config;
        this.launcher = launcher;
        this.events = events;
    }

    WorkerRecord get(final int number) {
        return workers.get(number);
    }

    Collection<WorkerRecord> all() {
        return workers.values();
    }

    int size() {
        return workers.size();
    }

    int count(final Predicate<WorkerRecord> which) {
        int count = 0;
        for (final WorkerRecord worker : workers.values()) {
            if (which.test(worker)) {
                count++;
            }
        }
        return count;
    }

    /**
     * The smallest idle worker that is large enough: of the job, else of no job yet, else null.
     *
     * @param neededBytes what the task named; 0: nothing.
     * @param environment that the task needs.
     */
    WorkerRecord idleFor(final JobId job, final long neededBytes, final RuntimeEnvironment environment) {
        WorkerRecord own = null;
        WorkerRecord unassigned = null;
        for (final WorkerRecord worker : workers.values()) {
            if (worker.isIdle() && worker.processBytes >= neededBytes) {
                if (worker.job == null && worker.environment.equals(environment.ofProcess())) {
                    unassigned = smaller(unassigned, worker);
                } else if (worker.serves(job) && worker.environment.equals(environment)) {
                    own = smaller(own, worker);
                }
            }
        }
        return own != null ? own : unassigned;
    }

    private static WorkerRecord smaller(final WorkerRecord known, final WorkerRecord other) {
        return known == null || other.processBytes < known.processBytes ? other : known;
    }

    /** Starts a worker of at least this size, if none is on its way; stops idle ones that it has no room beside. */
    void ensureOneOf(final long neededBytes, final RuntimeEnvironment environment, final long nowNs) {
        final RuntimeEnvironment ofProcess = environment.ofProcess();
        if (closed || count(w -> isStarting(w, ofProcess) && w.processBytes >= neededBytes) > 0) {
            return;
        }
        final long size = config.workerSizes().next(neededBytes, usedBytes());
        boolean room = true;
        while (room && (isFull() || usedBytes() + size > config.workerSizes().totalBytes())) {
            room = stopOneIdle();
        }
        if (!isFull()) {
            if (!room) {
                LOG.warn(
                        "a worker of {} bytes starts though the workers then have more than the node has for them",
                        size);
            }
            start(size, ofProcess, nowNs);
        }
    }

    /** What actors hold together. */
    ResourceSet heldByActors() {
        ResourceSet held = ResourceSet.EMPTY;
        for (final WorkerRecord worker : workers.values()) {
            if (worker.state == WorkerRecord.State.ACTOR) {
                held = held.plus(worker.granted);
            }
        }
        return held;
    }

    private static boolean isStarting(final WorkerRecord worker, final RuntimeEnvironment ofProcess) {
        return worker.state == WorkerRecord.State.STARTING && worker.environment.equals(ofProcess);
    }

    /** Whether it was started for an environment of its own and serves nobody: of no use when nobody wants that environment any more. */
    boolean isSpecialAndUnused(final WorkerRecord worker) {
        return worker.job == null && !worker.environment.isPlain();
    }

    private boolean isFull() {
        return count(w -> w.state != WorkerRecord.State.STOPPING) >= config.maxWorkers();
    }

    /** What the workers have together that are not about to end. */
    private long usedBytes() {
        long used = 0;
        for (final WorkerRecord worker : workers.values()) {
            if (worker.state != WorkerRecord.State.STOPPING) {
                used += worker.processBytes;
            }
        }
        return used;
    }

    /** Starts workers until so many are on their way, as far as the limits allow. */
    void ensureStarting(final int wanted, final RuntimeEnvironment environment, final long nowNs) {
        if (closed) {
            return;
        }
        final RuntimeEnvironment ofProcess = environment.ofProcess();
        int starting = count(w -> w.state == WorkerRecord.State.STARTING);
        int ofThese = count(w -> isStarting(w, ofProcess));
        while (ofThese < wanted && starting < config.maxStarting()) {
            if (isFull() && !stopOneIdle()) {
                return;
            }
            start(config.workerSizes().next(0, usedBytes()), ofProcess, nowNs);
            starting++;
            ofThese++;
        }
    }

    /**
     * Keeps the prestarted number of workers, so that the next job need not wait for a JVM: at once when the node starts, later when they have
     * been too few for a while, for a job that has just ended leaves a host that is busy with the next thing. Not while memory is short, nor soon after.
     */
    void refill(final long nowNs) {
        final int there = count(w -> w.state != WorkerRecord.State.STOPPING && w.state != WorkerRecord.State.ACTOR);
        if (there >= config.prestart() || cannotStart(RuntimeEnvironment.none()) || mindsMemory(nowNs)) {
            tooFewSinceNs = nowNs;
        } else if (lastNumber == 0 || nowNs - tooFewSinceNs > REFILL_DELAY_NS) {
            final int starting = count(w -> w.state == WorkerRecord.State.STARTING);
            ensureStarting(starting + config.prestart() - there, RuntimeEnvironment.none(), nowNs);
        }
    }

    /** How it is with the node's memory, whenever that is heard. */
    void memoryIsShort(final boolean isShort, final long nowNs) {
        memoryShort = isShort;
        memoryWasShort |= isShort;
        memoryHeardNs = nowNs;
    }

    private boolean mindsMemory(final long nowNs) {
        return memoryShort || (memoryWasShort && nowNs - memoryHeardNs < REFILL_AFTER_SHORT_NS);
    }

    private void start(final long processBytes, final RuntimeEnvironment environment, final long nowNs) {
        final int number = ++lastNumber;
        final WorkerRecord worker = new WorkerRecord(number, processBytes, nowNs);
        worker.environment = environment;
        workers.put(number, worker);
        launcher.launch(number, processBytes, environment, new WorkerLauncher.Listener() {
            @Override
            public void started(final ProcessIdentity identity) {
                events.started(number, identity);
            }

            @Override
            public void exited(final String how, final boolean shot, final List<String> lastLines) {
                events.exited(number, how, shot, lastLines);
            }
        });
    }

    /** One that owes nothing, if there is one: else the calls are lost that it has made. */
    private boolean stopOneIdle() {
        WorkerRecord least = null;
        for (final WorkerRecord worker : workers.values()) {
            if (worker.isIdle() && (least == null || least.owes)) {
                least = worker;
            }
        }
        if (least != null) {
            if (least.owes) {
                LOG.warn("{} is stopped for want of room though calls that it has made have not ended", least);
            }
            stop(least);
        }
        return least != null;
    }

    /** The calls that the worker has made have ended. */
    void owesNothing(final WorkerRecord worker, final long nowNs) {
        worker.owes = false;
        worker.idleSinceNs = nowNs;
    }

    /** Asks a worker to end by itself, with what its JVM does at its end; one that does not is killed in the end. */
    void stopInOrder(final WorkerRecord worker, final long nowNs) {
        if (worker.state != WorkerRecord.State.STOPPING) {
            worker.state = WorkerRecord.State.STOPPING;
            worker.killAtNs = nowNs + EXIT_TIMEOUT_NS;
            worker.ends = true;
            RayletMessages.sendStop(worker.outbox, EXIT_DEADLINE_MS);
        }
    }

    /** Ends a worker, whatever it does; it is gone when its exit is told. */
    void stop(final WorkerRecord worker) {
        if (worker.state != WorkerRecord.State.STOPPING) {
            worker.state = WorkerRecord.State.STOPPING;
            launcher.kill(worker.number);
        }
    }

    /** The worker has said hello. */
    void ready(final WorkerRecord worker, final long nowNs) {
        failedStarts.remove(worker.environment);
        idle(worker, nowNs);
        LOG.debug("{} is ready after {} ms", worker, (nowNs - worker.startedNs) / 1_000_000);
    }

    /** The worker has nothing to do. */
    void idle(final WorkerRecord worker, final long nowNs) {
        worker.state = WorkerRecord.State.IDLE;
        worker.idleSinceNs = nowNs;
    }

    /** Takes out a worker that is no more. */
    WorkerRecord remove(final int number) {
        final WorkerRecord worker = workers.remove(number);
        if (worker != null && worker.state == WorkerRecord.State.STARTING) {
            startFailed(worker);
        }
        return worker;
    }

    private void startFailed(final WorkerRecord worker) {
        final FailedStarts failed = failedStarts.computeIfAbsent(worker.environment, e -> new FailedStarts());
        if (worker.shot) {
            failed.shot++;
        } else {
            failed.count++;
        }
        failed.last = worker;
    }

    /** Whether workers of this environment do not start at all, so that nothing that waits for one can go on. */
    boolean cannotStart(final RuntimeEnvironment environment) {
        final FailedStarts failed = failedStarts.get(environment.ofProcess());
        return failed != null && (failed.count >= MAX_FAILED_STARTS || failed.shot >= MAX_SHOT_STARTS);
    }

    /** Lets the next task try again; says what became of the last that was started. */
    String forgetFailedStarts(final RuntimeEnvironment environment) {
        final FailedStarts failed = failedStarts.remove(environment.ofProcess());
        return obituary(failed.last, "did not start", logOf(failed.last.number));
    }

    /** How the worker ended, where its log is, and what it wrote last. */
    static String obituary(final WorkerRecord worker, final String how, final String log) {
        final StringBuilder text = new StringBuilder(worker.toString())
                .append(' ')
                .append(how)
                .append("; see ")
                .append(log);
        if (!worker.lastLines.isEmpty()) {
            text.append("; its last lines:");
            worker.lastLines.forEach(line -> text.append("\n    ").append(line));
        }
        return text.toString();
    }

    /** As the other form, with the worker's own log. */
    String obituary(final WorkerRecord worker, final String how) {
        return worker.endedFor == null ? obituary(worker, how, logOf(worker.number)) : worker + " " + worker.endedFor;
    }

    String logOf(final int number) {
        return launcher.logOf(number);
    }

    /** Stops what starts too long or idles too long. Returns the number of workers stopped. */
    int sweep(final long nowNs) {
        final List<WorkerRecord> tooMany = new ArrayList<>();
        int spare = count(WorkerRecord::isIdle) - config.prestart();
        for (final WorkerRecord worker : workers.values()) {
            if (worker.ends && nowNs - worker.killAtNs > 0) {
                LOG.warn("{} did not end when it was asked to, and is killed", worker);
                worker.ends = false;
                launcher.kill(worker.number);
            } else if (worker.state == WorkerRecord.State.STARTING
                    && nowNs - worker.startedNs > config.workerStartTimeoutNs()) {
                LOG.warn(
                        "{} did not say hello within {} s, see {}",
                        worker,
                        config.workerStartTimeoutNs() / 1_000_000_000,
                        launcher.logOf(worker.number));
                tooMany.add(worker);
                startFailed(worker);
            } else if (worker.isIdleAndOwesNothing()
                    && spare > 0
                    && nowNs - worker.idleSinceNs > config.workerIdleTimeoutNs()) {
                tooMany.add(worker);
                spare--;
            }
        }
        tooMany.forEach(this::stop);
        return tooMany.size();
    }

    /** Starts no more. */
    void close() {
        closed = true;
    }
}
