/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.TransportException;
import io.thornback.transport.TransportException.Code;
import io.thornback.transport.wire.MessageHeaders;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * The sending end of a lane: what this process tells one receiver. Messages of one thread arrive in its order; messages
 * of several threads in the order of their claims.
 *
 * <p><b>Use.</b> Encode and check the arguments first, then {@link #tryClaim}, write, {@link #commit}; and
 * {@link #abort} in {@code finally} whatever was claimed and not committed, because a claim that is left jams the lane for
 * good. {@link #offer} does all of it for an encoded message, {@link #send} also waits. A message begins with the SBE
 * message header, and its template id is the one given to the claim.
 *
 * <p><b>Threads.</b> Any number. {@link #close} may run beside them: new claims are refused, and the mapping goes when the
 * last claim has been committed or aborted. Nothing here blocks but {@code send}, and {@code open} for at most half a
 * second if the inbox is full. Claim and commit allocate nothing, but for the question whether a receiver lives that
 * seems to sleep or lag: at most 20 times a second, then about 15 µs.
 */
public final class OutboundLane implements AutoCloseable {
    /** No room now. The receiver is behind; try again later, or drop the message if it may be dropped. */
    public static final int FULL = -1;

    /** The receiver closed its inbox or this lane, or this end was closed. Nothing more will arrive. */
    public static final int CLOSED = -2;

    /** The receiver's process is dead. Nothing more will arrive. */
    public static final int PEER_DEAD = -3;

    /** The message is longer than {@link #maxMessageLength}, or shorter than its header. */
    public static final int TOO_LONG = -4;

    /** What {@link #offer} returns when the message is in the lane. */
    public static final int SENT = 0;

    private final SlotClaim claim;
    private final RingBuffer ring;
    private final UnsafeBuffer buffer;
    private final int maxMessageLength;
    private final int capacity;
    private final ReceiverWatch receiver;
    private final UseCount uses;

    private OutboundLane(SlotClaim claim) {
        this.claim = claim;
        this.buffer = claim.lane.ring();
        this.ring = new ManyToOneRingBuffer(buffer);
        this.capacity = claim.inbox.laneCapacity;
        this.maxMessageLength = LaneDescriptor.maxMessageLength(capacity);
        this.receiver = new ReceiverWatch(claim);
        this.uses = new UseCount(claim::release);
    }

    /**
     * Attaches to a receiver of this host.
     *
     * @param shmDir    shared-memory folder of the session
     * @param inboxName the receiver's inbox
     * @param myName    how the receiver shall call this sender in its messages; cut at 64 bytes of UTF-8
     * @throws PeerNotFoundException if there is no such inbox, or its owner is dead
     * @throws PeerVersionException  if the receiver is of another version
     * @throws InboxFullException    if all its slots are taken by living senders
     * @throws CorruptLaneException  if the file of that name is no inbox
     * @throws io.thornback.posix.SharedMemoryFullException if there is no memory for the lane
     */
    public static OutboundLane open(Path shmDir, String inboxName, String myName) {
        return new OutboundLane(SlotClaim.attach(shmDir, inboxName, myName));
    }

    /**
     * Takes room for one message of exactly {@code length} bytes.
     *
     * @param templateId 1 to 65,535, equal to the one that will be in the header
     * @param length     message header included, 8 to {@link #maxMessageLength}
     * @return where to write in {@link #buffer}; or {@link #FULL}, {@link #CLOSED}, {@link #PEER_DEAD}, {@link #TOO_LONG}
     */
    public int tryClaim(int templateId, int length) {
        if (length > maxMessageLength || length < MessageHeaders.LENGTH) {
            return TOO_LONG;
        }
        if (templateId <= 0 || templateId > 0xFFFF) {
            throw new IllegalArgumentException("templateId=" + templateId + " must be 1 to 65535");
        }
        if (!uses.enter()) {
            return CLOSED;
        }
        int index = claimEntered(templateId, length);
        if (index < 0) {
            uses.leave();
        }
        return index;
    }

    /**
     * As {@link #tryClaim}, but also while the receiver is dead and has no heir yet: what is committed then is for a successor that
     * {@link Inbox#inherit}s. Never {@link #PEER_DEAD}.
     */
    public int tryClaimForHeir(int templateId, int length) {
        int index = tryClaim(templateId, length);
        if (index != PEER_DEAD || !uses.enter()) {
            return index;
        }
        if (claim.lane.isConsumerClosed() || !claim.inbox.isOpen()) {
            index = CLOSED;
        } else {
            index = ring.tryClaim(templateId, length);
            index = index == RingBuffer.INSUFFICIENT_CAPACITY ? FULL : index;
        }
        if (index < 0) {
            uses.leave();
        }
        return index;
    }

    private int claimEntered(int templateId, int length) {
        if (receiver.known() != SENT) {
            return receiver.known();
        }
        if (claim.lane.isConsumerClosed() || !claim.inbox.isOpen()) {
            return CLOSED;
        }
        int index = ring.tryClaim(templateId, length);
        if (index != RingBuffer.INSUFFICIENT_CAPACITY) {
            return index;
        }
        if (claim.lane.isConsumerClosed() || !claim.inbox.isOpen()) {
            return CLOSED; // an heir has sealed the ring
        }
        receiver.check();
        return receiver.known() == SENT ? FULL : receiver.known();
    }

    /** Shared memory to write a claimed message into, at the claim's index only, between claim and commit only. */
    public MutableDirectBuffer buffer() {
        return buffer;
    }

    /**
     * Makes a claimed message visible and rings. Checks first that it begins with the header of its template.
     *
     * @throws IllegalArgumentException if it does not; then the claim is aborted
     * @throws IllegalStateException    if the claim was committed or aborted before
     */
    public void commit(int index) {
        commitUnrung(index);
        ringAndLeave();
    }

    private void commitUnrung(int index) {
        int type = buffer.getInt(RecordDescriptor.typeOffset(recordOf(index)));
        if (!MessageHeaders.isMessage(buffer, index, MessageHeaders.LENGTH, type)) {
            String found = "templateId=" + MessageHeaders.templateId(buffer, index) + " schemaId="
                    + MessageHeaders.schemaId(buffer, index);
            abort(index);
            throw new IllegalArgumentException(
                    "claimed for templateId=" + type + ", but the header written has " + found);
        }
        ring.commit(index);
    }

    /** Gives a claim up. The receiver skips it. Rings too: committed messages behind it may have waited for this one. */
    public void abort(int index) {
        recordOf(index);
        ring.abort(index);
        ringAndLeave();
    }

    private static int recordOf(int index) {
        if (index < RecordDescriptor.HEADER_LENGTH) {
            throw new IllegalArgumentException("index=" + index + " is not one that tryClaim gave for a message");
        }
        return index - RecordDescriptor.HEADER_LENGTH;
    }

    private void ringAndLeave() {
        try {
            if (claim.inbox.ring(claim.slot)) {
                receiver.check();
            }
        } finally {
            uses.leave();
        }
    }

    /**
     * Sends an encoded message if there is room.
     *
     * @return {@link #SENT}, or a code of {@link #tryClaim}
     */
    public int offer(int templateId, DirectBuffer src, int offset, int length) {
        int outcome = enterAndPut(templateId, src, offset, length);
        if (outcome < 0) {
            return outcome;
        }
        ringAndLeave();
        return SENT;
    }

    /**
     * As {@link #offer}, but does not ring: whoever puts several messages into a lane in one go rings once behind them, with {@link #ring}. Until then a receiver that sleeps may
     * sleep on, and what other threads have sent behind this may wait for it.
     */
    public int offerUnrung(int templateId, DirectBuffer src, int offset, int length) {
        int outcome = enterAndPut(templateId, src, offset, length);
        if (outcome < 0) {
            return outcome;
        }
        uses.leave();
        return SENT;
    }

    /**
     * As {@link #offer}, but rings only where other messages wait behind this one: else the receiver reads it with the next that comes, and not before.
     *
     * <p>Those others may have been committed and rung between our claim and our commit; the receiver looked, found the lane blocked by us, and will not look again. They have moved the tail.
     * A sender whose claim comes after our look at the tail comes after our commit too, because of the fence, so whom it rings sees our message.
     */
    public int offerUnhurried(int templateId, DirectBuffer src, int offset, int length) {
        int index = enterAndPut(templateId, src, offset, length);
        if (index < 0) {
            return index;
        }
        VarHandle.fullFence(); // commit before tail; pairs with the CAS of a claim
        int end = recordOf(index) + BitUtil.align(length + RecordDescriptor.HEADER_LENGTH, RecordDescriptor.ALIGNMENT);
        // In the ring, not for ever: a tail that is a whole ring further means that ours has been read.
        if (((ring.producerPosition() ^ end) & (capacity - 1)) == 0) {
            uses.leave();
        } else {
            ringAndLeave();
        }
        return SENT;
    }

    /** Commits a message and gives its index in the ring; then the lane is still entered. Or a code of {@link #tryClaim}. */
    private int enterAndPut(int templateId, DirectBuffer src, int offset, int length) {
        int index = tryClaim(templateId, length);
        if (index < 0) {
            return index;
        }
        boolean copied = false;
        try {
            buffer.putBytes(index, src, offset, length);
            copied = true;
        } finally {
            if (!copied) {
                abort(index);
            }
        }
        commitUnrung(index);
        return index;
    }

    /** Rings for what {@link #offerUnrung} has put into the lane. After a close it does nothing: the close has rung. */
    public void ring() {
        if (uses.enter()) {
            ringAndLeave();
        }
    }

    /**
     * Sends an encoded message; waits for room, at most so long.
     *
     * @throws BackPressureException if the receiver lives and made no room in that time
     * @throws PeerDiedException     within 100 ms of the receiver's death
     * @throws PeerGoneException     if the receiver closed its inbox or this lane
     * @throws TransportException    with TOO_LONG, CLOSED (this end) or INTERRUPTED (the thread's flag stays set)
     */
    public void send(int templateId, DirectBuffer src, int offset, int length, long timeoutNs) {
        int outcome = offer(templateId, src, offset, length);
        if (outcome == FULL) {
            outcome = BoundedWait.sendWhenRoom(this, templateId, src, offset, length, timeoutNs);
        }
        if (outcome != SENT) {
            throw failure(outcome, length, timeoutNs);
        }
    }

    private TransportException failure(int outcome, int length, long timeoutNs) {
        return switch (outcome) {
            case FULL -> new BackPressureException(receiverName(), timeoutNs, capacity);
            case PEER_DEAD -> new PeerDiedException(receiverName(), receiver());
            case TOO_LONG ->
                new TransportException(
                        Code.TOO_LONG,
                        "message of length=" + length + " to receiver=" + receiverName() + ", limit=8 to "
                                + maxMessageLength,
                        "put what is larger into the object store and send its id");
            default ->
                uses.isClosed()
                        ? new TransportException(
                                Code.CLOSED, "lane to receiver=" + receiverName() + " was closed here", "open another")
                        : PeerGoneException.closed(receiverName());
        };
    }

    /** Longest message in bytes, SBE header included: a sixteenth of the receiver's lane capacity, less 8. */
    public int maxMessageLength() {
        return maxMessageLength;
    }

    /** Name of the receiver's inbox. */
    public String receiverName() {
        return claim.inbox.name;
    }

    /** The process that owns the inbox. */
    public ProcessIdentity receiver() {
        return claim.inbox.owner;
    }

    /** Whether the kernel says that the receiver's process lives, asked now: reads /proc, allocates. */
    public boolean isReceiverAlive() {
        return receiver.checkNow();
    }

    /** Whether something sent now could still arrive: neither end closed, the receiver not known to be dead. Cheap. */
    public boolean isOpen() {
        if (receiver.known() != SENT || !uses.enter()) {
            return false;
        }
        try {
            return !claim.lane.isConsumerClosed() && claim.inbox.isOpen();
        } finally {
            uses.leave();
        }
    }

    /**
     * Position in bytes behind everything that this process has claimed; growing for ever. What was sent before the call
     * has been handled once {@link #consumerPosition} has come there. -1 if closed.
     */
    public long producerPosition() {
        if (!uses.enter()) {
            return -1;
        }
        try {
            return ring.producerPosition();
        } finally {
            uses.leave();
        }
    }

    /** Position in bytes up to which the receiver has handled messages and given the space back. -1 if closed. */
    public long consumerPosition() {
        if (!uses.enter()) {
            return -1;
        }
        try {
            return ring.consumerPosition();
        } finally {
            uses.leave();
        }
    }

    /** What is committed will still be delivered; then the receiver frees the slot. */
    @Override
    public void close() {
        uses.close();
    }

    @Override
    public String toString() {
        return "OutboundLane[receiver=" + receiverName() + " pid=" + receiver().pid() + " slot=" + claim.slot + "]";
    }
}
