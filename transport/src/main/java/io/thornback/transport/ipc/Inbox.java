/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import static io.thornback.transport.ipc.InboxDescriptor.PARKED;
import static io.thornback.transport.ipc.InboxDescriptor.RUNNING;

import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.TransportException;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;

/**
 * What one agent receives from other processes of the host, and from other agents of its own: a mapped file with a
 * doorbell bit and a slot for each sender, and one lane per sender behind it. The protocol, its memory order and what
 * each death leaves are on the package's page.
 *
 * <p><b>Threads.</b> {@link #poll}, {@link #park} and {@link #forEachLane} belong to one agent thread. {@link #wake},
 * {@link #producerDied} and the counters may be called from any thread. {@link #close} is the agent thread's too, or
 * anybody's after it has ended; called by a handler, it takes effect when the poll returns.
 *
 * <p>Polling and parking allocate nothing, opening and closing of lanes and the liveness sweep apart.
 */
public final class Inbox implements AutoCloseable {
    /** Messages taken from one lane before the next has its turn. */
    private static final int LANE_BURST = 64;

    private static final int POLLS_PER_CLOCK_READ = 1024;

    private final Path shmDir;
    private final InboxFile file;
    private final InboundLane[] lanes;
    private final long[] attention; // lanes to visit though nobody rang; as the doorbell's words, but the agent's own
    private final LivenessSweep sweep;
    private final Dispatcher dispatcher;
    private final Queue<ProcessIdentity> deaths = new ConcurrentLinkedQueue<>();
    private final UseCount uses;
    private int nextSlot;
    private int polls;
    private boolean polling;
    private boolean closeWanted;

    Inbox(Path shmDir, InboxFile file, ErrorHandler errorHandler) {
        this.shmDir = shmDir;
        this.file = file;
        this.lanes = new InboundLane[file.slotCount];
        this.attention = new long[file.doorbellWords()];
        this.sweep = new LivenessSweep(shmDir, file, lanes, System.nanoTime());
        this.dispatcher = new Dispatcher(errorHandler);
        this.uses = new UseCount(file::close);
    }

    /** As {@link #create(Path, String, InboxOptions, ErrorHandler)}, with errors going to the log. */
    public static Inbox create(Path shmDir, String name, InboxOptions options) {
        return create(shmDir, name, options, InboxErrors.logging(name));
    }

    /**
     * Makes the inbox and publishes it. One that a dead process left under that name is replaced: its senders see
     * {@link OutboundLane#CLOSED} and open lanes to this one. A file that is no inbox is set aside as {@code <name>.inbox.corrupt}.
     *
     * @param shmDir       shared-memory folder of the session; {@code inbox/} and {@code lanes/} are made if missing
     * @param name         1 to 100 of letters, digits, {@code . _ -}, not beginning with a dot
     * @param errorHandler told, on the agent thread, what handlers throw, which lanes were found corrupt, and the first
     *     message of each lane that is unreadable
     * @throws InboxTakenException if a living process, or this one, has an inbox of that name open
     * @throws PeerVersionException if another version's process left one
     */
    public static Inbox create(Path shmDir, String name, InboxOptions options, ErrorHandler errorHandler) {
        return InboxBirth.create(shmDir, name, options, errorHandler);
    }

    /** As {@link #inherit(Path, String, LaneHandler, ErrorHandler)}, with errors going to the log. */
    public static int inherit(Path shmDir, String name, LaneHandler handler) {
        return inherit(shmDir, name, handler, InboxErrors.logging(name));
    }

    /**
     * Reads out what senders had committed to an inbox of that name whose owner is dead or has {@link #suspend}ed it, and then removes
     * it; before the successor is made, so that a sender's later messages cannot come before its earlier ones. Takes lanes one by
     * one, and of each what was committed before its sender could know. What a living sender has claimed and does not finish
     * within {@value InheritedLanes#PATIENCE_MS} ms is skipped; its sender sees CLOSED afterwards and must send it again.
     *
     * <p>Killed meanwhile, the next call goes on behind the last message whose handler returned. Blocks.
     *
     * @param handler gets each lane's opening, messages and closing; must not keep the lane
     * @return messages handed over
     * @throws InboxTakenException if a living process, or this one, has an inbox of that name open
     * @throws PeerVersionException if another version's process left one
     */
    public static int inherit(Path shmDir, String name, LaneHandler handler, ErrorHandler errorHandler) {
        return InboxBirth.inherit(shmDir, name, handler, errorHandler);
    }

    /**
     * Removes inboxes, and lanes into them, whose owners are dead, and what dead processes left that were about to take a name. One that cannot be removed is logged. Any process may.
     *
     * @param which names
     * @return how many inboxes that were
     */
    public static int removeDead(Path shmDir, Predicate<String> which) {
        return InboxBirth.removeDead(shmDir, which);
    }

    /** The same for one name; false if there is none, or its owner lives. */
    public static boolean removeDead(Path shmDir, String name) {
        return InboxBirth.removeDead(shmDir, name);
    }

    static Path pathOf(Path shmDir, String name) {
        return shmDir.resolve("inbox").resolve(name + ".inbox");
    }

    // ---- duty cycle

    /**
     * Hands over what has arrived: visits the lanes that rang, each for at most {@value #LANE_BURST} messages in a row,
     * beginning behind the one where the last poll stopped. Does not block.
     *
     * @param limit most messages to hand over
     * @return messages handed over; 0 after close
     */
    public int poll(LaneHandler handler, int limit) {
        if (polling) {
            throw new IllegalStateException("inbox=" + name() + " polled from its own handler");
        }
        if (uses.isClosed()) {
            return 0;
        }
        polling = true;
        try {
            dispatcher.begin(handler);
            if (!deaths.isEmpty()) {
                takeDeaths();
            }
            int handled = pollRung(limit);
            if (++polls >= POLLS_PER_CLOCK_READ) {
                polls = 0;
                sweep.sweepIfDue(System.nanoTime(), attention);
            }
            return handled;
        } finally {
            polling = false;
            if (closeWanted) {
                close();
            }
        }
    }

    /**
     * All lanes that rang, in a circle from the one behind the last that the limit cut off: if the circle begins inside
     * a word, the bits below are left in the doorbell, and that word comes again at the end.
     */
    private int pollRung(int limit) {
        int handled = 0;
        int words = attention.length;
        int word = nextSlot >>> 6;
        long below = (1L << nextSlot) - 1;
        int visits = below == 0 ? words : words + 1;
        for (int i = 0; i < visits && handled < limit; i++) {
            long bits = file.takeBits(word) | attention[word];
            attention[word] = 0;
            if (i == 0 && (bits & below) != 0) {
                file.setBits(word, bits & below);
                bits &= ~below;
            }
            handled += pollWord(word, bits, limit - handled);
            word = word + 1 == words ? 0 : word + 1;
        }
        return handled;
    }

    private int pollWord(int word, long taken, int limit) {
        int handled = 0;
        long bits = taken;
        try {
            while (bits != 0 && handled < limit) {
                int bit = Long.numberOfTrailingZeros(bits);
                bits &= bits - 1;
                int slot = word * Long.SIZE + bit;
                handled += pollLane(slot, limit - handled);
                nextSlot = slot + 1 == lanes.length ? 0 : slot + 1;
            }
        } finally {
            if (bits != 0) {
                file.setBits(word, bits); // not visited: the limit is reached, or a handler ended the agent
            }
        }
        return handled;
    }

    private int pollLane(int slot, int limit) {
        InboundLane lane = lanes[slot];
        if (lane == null) {
            lane = open(slot);
            if (lane == null) {
                return 0;
            }
        }
        int handled = 0;
        try {
            handled = dispatcher.readOut(lane, Math.min(limit, LANE_BURST));
        } catch (CorruptLaneException e) {
            dispatcher.corrupt(e);
            retire(lane);
            return handled;
        } finally {
            // Left with records: ring for ourselves, so that park sees it. A record that is committed after this look
            // is
            // rung by its producer.
            if (!lane.isClosed() && lane.reader.hasCommitted()) {
                file.setBits(slot >>> 6, 1L << slot);
            }
        }
        if (lane.isFinished()) {
            retire(lane);
        } else if (lane.isProducerDead()) {
            attention[slot >>> 6] |= 1L << slot;
        }
        return handled;
    }

    private InboundLane open(int slot) {
        long word = file.slotVolatile(slot); // pairs with the producer's CAS to READY
        if (SlotWord.state(word) != SlotWord.READY) {
            return null;
        }
        LaneFile laneFile = null;
        try {
            laneFile = LaneFile.attach(shmDir, file, slot, word);
            LaneReader reader = new LaneReader(laneFile, file.laneCapacity);
            if (reader.isSealed()) {
                // Heirs seal lanes of a dead owner's inbox. Nothing would be read behind the seal, and no space given
                // back.
                throw new CorruptLaneException(
                        "lane " + laneFile.path + " of producer=" + laneFile.producerName,
                        "sealedTail=" + laneFile.sealedTail() + " though the owner of its inbox lives");
            }
            InboundLane lane = new InboundLane(slot, word, laneFile, reader);
            lanes[slot] = lane;
            if (!SlotWord.isClaimantAlive(word)) {
                lane.producerDead();
                attention[slot >>> 6] |= 1L << slot;
            }
            return lane;
        } catch (TransportException | PosixException e) {
            dispatcher.corrupt(e);
            if (laneFile != null) {
                laneFile.consumerClosedRelease();
                laneFile.close();
            }
            free(slot, word);
            return null;
        }
    }

    /** Ends a lane: the handler is told, the sender (if it lives) sees CLOSED, the file goes, then the slot is free. */
    private void retire(InboundLane lane) {
        lanes[lane.slot] = null;
        try {
            dispatcher.closed(lane);
        } finally {
            lane.close();
            free(lane.slot, lane.word);
        }
    }

    private void free(int slot, long word) {
        int generation = SlotWord.generation(word);
        InboxHeir.delete(LaneFile.pathOf(shmDir, file.name, file.incarnation, slot, generation));
        file.casSlot(slot, word, SlotWord.free(generation + 1));
    }

    // ---- waiting

    /** Whether a poll would find something to look at. Agent thread; no fence, for spinning. */
    boolean hasWork() {
        if (file.isRung() || file.isSignalled() || !deaths.isEmpty()) {
            return true;
        }
        for (long bits : attention) {
            if (bits != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Sleeps until a sender rings, {@link #wake} is called, or the time has passed; returns at once if something is
     * there already. May return for no reason. Then looks, at most once a second, whether senders live.
     *
     * @param timeoutNs must be greater than 0; whoever wants to sleep long calls again
     */
    public void park(long timeoutNs) {
        if (timeoutNs <= 0) {
            throw new IllegalArgumentException("timeoutNs=" + timeoutNs + " must be greater than 0");
        }
        if (uses.isClosed()) {
            return;
        }
        file.futexVolatile(PARKED);
        // PARKED before the bits: a producer sets its bit and then reads the futex word. Either it sees PARKED and
        // wakes
        // us, or we see its bit here. Pairs with the fence in InboxFile.ring and InboxFile.signal.
        VarHandle.fullFence();
        if (!hasWork() && !file.isSweepWanted()) {
            file.awaitFutex(timeoutNs);
        }
        file.futexVolatile(RUNNING);
        file.takeSignal();
        sweep.sweepIfDue(System.nanoTime(), attention);
    }

    /** Makes a parked agent return from {@link #park}, or its next park return at once. Any thread of this process. */
    public void wake() {
        if (uses.enter()) {
            try {
                file.signal();
            } finally {
                uses.leave();
            }
        }
    }

    /**
     * An idle strategy for the agent that polls this inbox: spins a little, then parks.
     *
     * @param maxParkNs longest sleep, e.g. the agent's timer resolution; an idle agent wakes that often
     */
    public IdleStrategy idleStrategy(long maxParkNs) {
        return new InboxIdleStrategy(this, maxParkNs);
    }

    // ---- peers

    /** The kernel says that this process is dead (from a ProcessWatcher): its lanes are read out and closed soon. Any thread. */
    public void producerDied(ProcessIdentity process) {
        deaths.add(process);
        wake();
    }

    private void takeDeaths() {
        ProcessIdentity dead = deaths.poll();
        while (dead != null) {
            sweep.processDied(dead, attention);
            dead = deaths.poll();
        }
    }

    /**
     * Every sender attached at this moment, those included whose first message has not been polled. Agent thread; may be
     * called by a handler, for instance to note how far each lane must be read ({@link InboundLane#producerPosition}).
     */
    public void forEachLane(Consumer<InboundLane> action) {
        for (int slot = 0; slot < lanes.length; slot++) {
            InboundLane lane = lanes[slot];
            if (lane == null && SlotWord.state(file.slotVolatile(slot)) == SlotWord.READY) {
                lane = open(slot);
            }
            if (lane != null) {
                action.accept(lane);
            }
        }
    }

    /** As it was created. */
    public String name() {
        return file.name;
    }

    /** Longest message a sender can put into a lane of this inbox, SBE header included. */
    public int maxMessageLength() {
        return LaneDescriptor.maxMessageLength(file.laneCapacity);
    }

    /** How many times a handler threw. */
    public long handlerErrors() {
        return dispatcher.handlerErrors();
    }

    /** How many lanes were refused or closed because something in them could not be true. */
    public long corruptLanes() {
        return dispatcher.corruptLanes();
    }

    /** How many messages were skipped because their length fields led out of them; see {@link LaneHandler#onUnreadable}. */
    public long unreadableMessages() {
        return dispatcher.unreadableMessages();
    }

    /** Senders see CLOSED at once; what is still in the lanes is dropped, handlers are not told; the files go. */
    @Override
    public void close() {
        if (polling) {
            closeWanted = true;
            return;
        }
        if (uses.isClosed()) {
            return;
        }
        file.markClosed();
        for (InboundLane lane : lanes) {
            if (lane != null) {
                lane.close();
            }
        }
        InboxBirth.unpublish(shmDir, file);
        uses.close();
    }

    /** As close, but what is still in the lanes stays there for {@link #inherit}. Agent thread, not a handler. */
    public void suspend() {
        if (uses.isClosed()) {
            return;
        }
        file.markClosed();
        for (InboundLane lane : lanes) {
            if (lane != null) {
                lane.suspend();
            }
        }
        uses.close();
    }
}
