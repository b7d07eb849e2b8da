/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.InboxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * The object store's service: the only writer of index and descriptors' states, the allocator, the judge of who may have what. Runs in any
 * JVM, one per folder; clients of the same JVM use it like all others.
 *
 * <p>Made ready by the constructor: when that returns, clients can connect, and are answered once the agent runs. {@link #doWork} and
 * {@link #onClose} belong to one thread, {@link #counters} and {@link #wake} to any.
 */
public final class ObjectStoreAgent implements Agent {
    private static final int POLL_LIMIT = 1024;
    private static final long TIMER_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NEAR_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(100);
    /** The longest sleep when nothing is under way: the store's clock, which counts seconds, must go on. */
    private static final long REST_PARK_NS = TimeUnit.SECONDS.toNanos(1);

    private final StoreFiles files;
    private final Inbox inbox;
    private final NanoClock clock;
    private final StoreParts parts;
    private final StoreService service;
    private final StoreRecovery recovery;
    private final ArenaAhead ahead;
    private final long startNs;
    private boolean timerNear;
    private boolean atRest;
    private boolean closed;
    private volatile boolean terminating;
    private long tick;

    /**
     * Takes the folder and makes the store's files, or goes on with those of a store that died or was suspended, if they are of this shape: then all that was
     * sealed is there when this returns.
     *
     * @throws StoreOwnedException if a living process has a store there
     * @throws io.thornback.posix.SharedMemoryFullException if there is no room for descriptors and index
     */
    public ObjectStoreAgent(final StoreConfig config) {
        this(config, SystemNanoClock.INSTANCE);
    }

    ObjectStoreAgent(final StoreConfig config, final NanoClock clock) {
        this.clock = clock;
        final long beganNs = System.nanoTime();
        this.files = new StoreFiles(config);
        this.tick = UnsafeApi.getLong(files.storeAddress + StoreDescriptor.TICK_OFFSET);
        this.startNs = clock.nanoTime() - TimeUnit.SECONDS.toNanos(tick);
        final AtomicReference<Inbox> bell = new AtomicReference<>();
        Inbox newInbox = null;
        boolean complete = false;
        try {
            parts = assemble(config, files, () -> wake(bell.get()), clock);
            service = new StoreService(parts, clock);
            ahead = new ArenaAhead(
                    parts.cells().extents(), files.arena(), config.reserveStepBytes(), () -> wake(bell.get()));
            recovery = new StoreRecovery(config, parts, service);
            if (files.recovered) {
                parts.residency().onTick(tick);
                recovery.run(beganNs);
            }
            newInbox = Inbox.create(config.shmDir(), config.inboxName(), InboxOptions.DEFAULT);
            inbox = newInbox;
            bell.set(inbox);
            Steps.reached(Step.RECOVERY_INBOX_MADE);
            parts.undecided().open(inbox);
            parts.admissions().open(inbox);
            files.publish();
            recovery.ringClients();
            complete = true;
        } finally {
            if (!complete) {
                if (newInbox != null) {
                    newInbox.close();
                }
                files.abandon();
            }
        }
    }

    /**
     * Deletes what a store that is gone for good has outside its folder: an arena in huge pages, which nobody else can use meanwhile. For whoever removes the
     * folder itself; does nothing if there is none.
     *
     * @param shmDir as in its {@link StoreConfig}
     */
    public static void deleteHugePages(final Path shmDir) {
        final Path arena = shmDir.resolve(StoreFiles.DIRECTORY).resolve(StoreFiles.ARENA);
        if (Files.isSymbolicLink(arena)) {
            StoreFiles.delete(arena);
        }
    }

    @Override
    public String roleName() {
        return "objectstore";
    }

    /** One duty cycle. Does not block. */
    @Override
    public int doWork() {
        if (terminating) {
            throw new AgentTerminationException();
        }
        int work = inbox.poll(service, POLL_LIMIT);
        final long nowNs = clock.nanoTime();
        if (recovery.isAwaiting()) {
            work += recovery.poll(nowNs);
        }
        if (parts.undecided().size() > 0) {
            work += parts.undecided().poll();
        }
        work += service.dropUnheld();
        work += freeDoomed(nowNs);
        work += ahead.poll();
        work += parts.residency().poll(nowNs, parts.leases().wantedCells());
        if (parts.leases().isAnybodyWaiting()) {
            work += parts.leases().retry(nowNs);
        }
        boolean backlog = false;
        for (final ClientSession client : parts.clients().list()) {
            if (client.hasBacklog()) {
                work += client.drain();
                backlog |= client.hasBacklog();
            }
        }
        parts.tally().waiting(parts.leases().waiting());
        advanceTick(nowNs);
        timerNear = backlog
                || isMemoryAwaited()
                || (parts.doomed().size() > 0 && parts.doomed().nextScanNs(nowNs) - nowNs < NEAR_NS);
        atRest = !timerNear
                && parts.doomed().size() == 0
                && parts.undecided().size() == 0
                && !recovery.isAwaiting()
                && parts.residency().isAtRest();
        return work;
    }

    /**
     * Ends, and leaves everything for the next store in this folder: objects, clients, what is in the lanes. Clients find that it is gone, read on, and
     * wait for the next. In place of onClose, on its thread.
     */
    public void suspend() {
        if (!closed) {
            closed = true;
            parts.residency().close(false);
            ahead.close();
            inbox.suspend();
            parts.admissions().close();
            parts.clients().suspend();
            files.suspend();
        }
    }

    /** Closes the inbox and deletes the files: clients that still map them are not disturbed. */
    @Override
    public void onClose() {
        if (!closed) {
            closed = true;
            parts.residency().close(true);
            ahead.close();
            inbox.close();
            parts.admissions().close();
            for (final ClientSession client : List.copyOf(parts.clients().list())) {
                parts.clients().remove(client);
            }
            files.close();
        }
    }

    /** How the thread of this agent waits: parked until somebody rings, or a timer of the store is due. */
    public IdleStrategy idleStrategy() {
        return new StoreIdleStrategy(
                this, inbox.idleStrategy(TIMER_NS), inbox.idleStrategy(MAX_PARK_NS), inbox.idleStrategy(REST_PARK_NS));
    }

    /**
     * Ends the agent's thread now, by an {@link AgentTerminationException} of its next cycle: an interrupt, which is all that a runner has, does not end the wait for
     * the inbox, which may be a second long. Any thread; before the runner is closed.
     */
    public void terminate() {
        terminating = true;
        wake();
    }

    /** Lets the agent's thread look around now. */
    void wake() {
        inbox.wake();
    }

    /** What the store holds. Not after onClose. */
    public StoreCounters counters() {
        return StoreCounters.read(files.storeAddress);
    }

    /** How many messages its service could not deal with: faults of its own, each of which is in the log. Any thread. */
    long handlerErrors() {
        return inbox.handlerErrors();
    }

    /** What becomes of objects that memory has no room for, for people. */
    String describe() {
        return parts.residency().describe();
    }

    /** Something will be due sooner than the longest sleep. The agent's thread. */
    boolean isTimerNear() {
        return timerNear;
    }

    /** Nothing is due until somebody rings. The agent's thread. */
    boolean isAtRest() {
        return atRest;
    }

    private int freeDoomed(final long nowNs) {
        final DoomedCells doomed = parts.doomed();
        if (doomed.size() == 0) {
            return 0;
        }
        if (isMemoryAwaited()) {
            doomed.hurry(nowNs + LeaseDesk.RETRY_NS);
        }
        final int freed = doomed.scanIfDue(nowNs, parts.clients().list(), parts.cells()::freeDoomed);
        UnsafeApi.putLongRelease(null, files.storeAddress + StoreDescriptor.DOOMED_OFFSET, doomed.size());
        return freed;
    }

    private boolean isMemoryAwaited() {
        return parts.leases().isAnybodyWaiting() || parts.residency().waitingRestores() > 0;
    }

    private void advanceTick(final long nowNs) {
        final long seconds = TimeUnit.NANOSECONDS.toSeconds(nowNs - startNs);
        if (seconds != tick) {
            tick = seconds;
            parts.cells().retryPages();
            UnsafeApi.putLongRelease(null, files.storeAddress + StoreDescriptor.TICK_OFFSET, seconds);
            parts.residency().onTick(seconds);
        }
    }

    /** The threads of the store's own begin before its inbox is there; what they finish until then is seen by the first cycle. */
    private static void wake(final Inbox inbox) {
        if (inbox != null) {
            inbox.wake();
        }
    }

    private static StoreParts assemble(
            final StoreConfig config, final StoreFiles files, final Runnable wake, final NanoClock clock) {
        final CellTable cells = new CellTable(files, config);
        final ObjectIndexWriter index =
                new ObjectIndexWriter(files.indexAddress, files.indexCapacity, files.cellsAddress, config.maxObjects());
        final PinScan pins = new PinScan(config.maxObjects());
        final DoomedCells doomed = new DoomedCells(pins);
        final Outbox outbox = new Outbox();
        final ClientRegistry clients = new ClientRegistry(files, config);
        final StoreTally tally = new StoreTally(files);
        final Lru lru = new Lru(cells, config.maxObjects());
        final Waiters waiters = new Waiters(outbox);
        final Catalog catalog = new Catalog(config.catalog(), files, cells, lru, wake);
        final StoreMemory memory = new StoreMemory(cells, index, pins, doomed, lru, clients, tally, catalog, clock);
        final Spilling disk =
                config.spill().isEnabled() ? Spilling.open(config.spill(), files, memory, waiters, wake) : null;
        final Residency residency = new Residency(memory, new References(), new Evictor(memory), disk);
        final StoreRoom room = new StoreRoom(cells, doomed, clients, residency);
        return new StoreParts(
                files,
                cells,
                index,
                doomed,
                waiters,
                new LeaseDesk(cells, outbox, room),
                new Undecided(new DeleteLog(files.deletesAddress)),
                new Admissions(config, files, clients, outbox),
                clients,
                outbox,
                residency,
                tally);
    }
}
