/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * How processes of one host talk: an {@link io.thornback.transport.ipc.Inbox} where somebody receives, and into it one
 * <b>lane</b> per sending process, whose sending end is an {@link io.thornback.transport.ipc.OutboundLane}.
 *
 * <h2>Why a lane per pair</h2>
 *
 * Who shares a ring shares its fate: a process that is stopped or killed between claim and commit blocks every other
 * that writes there, and "unblocking" the ring while it lives corrupts memory. So no two processes write into one ring.
 * A lane is an Agrona {@code ManyToOneRingBuffer} in a mapped file; its many are the threads of one process, which live
 * and die together. What is shared by all senders of an inbox is touched by single atomic operations only: doorbell
 * bits, the futex word, the slot words. Killed or stopped before, between or after them, a sender harms nobody.
 *
 * <h2>Files</h2>
 *
 * <pre>
 * &lt;shm&gt;/inbox/&lt;name&gt;.inbox                                     receiver's; layout: InboxDescriptor
 * &lt;shm&gt;/lanes/&lt;name&gt;-&lt;incarnation&gt;-&lt;slot&gt;-&lt;generation&gt;.lane     sender's until READY, then the receiver deletes it; layout: LaneDescriptor
 * </pre>
 *
 * A file appears under its name only when it is complete (inbox: link(2); lane: the slot's word says READY), with every
 * page reserved, and is never truncated or used for anything else afterwards.
 *
 * <h2>Protocol</h2>
 *
 * <pre>
 * sender, once    : slot CAS FREE to CLAIMED (its pid in the word); make lane; CAS to READY; ring
 * sender, message : encode; claim (CAS tail, store -length); write; commit (store length, release);
 *                   FULL FENCE; set own doorbell bit unless it is set; load futex word;
 *                   unless RUNNING: CAS PARKED to NOTIFIED, FUTEX_WAKE
 * receiver, poll  : exchange each doorbell word with 0; for each bit, read that lane;
 *                   a lane left with a committed record: set its bit again
 * receiver, read  : load length (acquire); check; handler; store consumedTo; ... ; zero; store head (release)
 * receiver, wait  : spin for 20 us unless more threads want to run than there are cores;
 *                   store PARKED; FULL FENCE; look at bits and signal once more; FUTEX_WAIT(PARKED, time-out); store RUNNING
 * </pre>
 *
 * <b>Why no wake-up is lost.</b> The two full fences make store-then-load on both sides sequentially consistent: the
 * sender's bit or the receiver's PARKED is seen by the other, at least. Between the receiver's last look and its
 * FUTEX_WAIT a wake-up would reach nobody; therefore the waker changes the word, and FUTEX_WAIT returns at once because
 * it does not find PARKED. Not changed to RUNNING: a waker may be killed before its system call, and then the next
 * sender must still find a reason to make it. Only the last sender's death in that window leaves the receiver asleep, until
 * its time-out at the latest. That a bit found set need not be set again is argued at {@code InboxFile.ring}.
 *
 * <p><b>Memory order, elsewhere.</b> Commit is a release store of the length, read with acquire; head is a release store
 * after the zeros, read volatile by claims: whoever claims space sees it zeroed. {@code consumedTo} is fenced before the
 * first zero. READY is published by CAS after the lane's header; the receiver loads the word before it maps the file.
 * Closing: the receiver stores CLOSED, fences, and looks for READY slots; the sender makes READY by CAS and looks for
 * CLOSED; one of the two sees the other and removes the file.
 *
 * <h2>What the receiver sees if the sender dies</h2>
 *
 * <pre>
 * after                              receiver sees                         and does
 * slot CLAIMED                       pid of a dead process in the word     slot FREE, generation + 1
 * lane file made, any part           the same                              file deleted, then as above
 * READY, not rung                    READY without a bit                   opens, delivers, closes (sweep, or producerDied)
 * tail moved, padding or length not  zeros to the next record or the tail  made padding, across the end of the ring
 * length negative                    a claim with its extent               made padding
 * message written, not committed     the same                              the same: it was never sent
 * committed, not rung                a committed record without a bit      delivered when the death is known
 * bit set, not woken                 a bit, at its next wake-up            delivered then
 * NOTIFIED, not woken                the same                              the same
 * </pre>
 *
 * Dead means dead by the kernel's word: pid gone, a zombie, or another start time
 * ({@link io.thornback.posix.ProcessIdentity}). The owner of an inbox is told by a {@code ProcessWatcher} and says so
 * to {@link io.thornback.transport.ipc.Inbox#producerDied}; if nobody says it, a sweep asks the kernel about some senders each
 * second. A thread of a killed process may run for microseconds after its process counts as dead: it then writes into
 * a lane that is read out once and never used again, or sets a bit for nothing.
 *
 * <h2>What senders and the successor see if the receiver dies</h2>
 *
 * <pre>
 * after                              successor (if it inherits)            senders
 * creating, not linked               a temporary file; deletes it          PeerNotFoundException
 * linked                             dead owner: takes heir, sets CLOSED   PEER_DEAD within 100 ms, CLOSED once there is a successor
 * handler called, consumedTo not     the message again                     space is not given back
 * consumedTo, zeros partly written   zeroes [head, consumedTo) again       the same
 * head                               goes on behind it                     space is free
 * state CLOSED, files not deleted    closed inbox: removes the file        CLOSED
 * </pre>
 *
 * A successor replaces the inbox; lanes are not adopted, because it does not know what was said before on them. One that
 * {@linkplain io.thornback.transport.ipc.Inbox#inherit inherits} first seals each old lane (takes all its free space, so that no
 * claim can follow), has what was committed delivered, and closes it, and only then removes the old inbox and makes its own; so
 * it can itself be killed at any moment, and what a sender says on its new lane comes after what it said on the old one. One
 * message at most, of all lanes together, is then seen twice: the one whose handler ran. Without a successor that inherits, messages
 * are lost with the receiver. So every effect of a message is idempotent or carries a request id, and what was not acknowledged is
 * sent again.
 *
 * <h2>Limits</h2>
 *
 * Lane 256 KiB by default, message at most a sixteenth of the lane less 8 bytes (16,376), 256 senders per inbox by default
 * and 1,024 at most, 64 messages from one lane before the next has its turn. Nothing here protects against a
 * process that means harm: all of a node's processes run as one user and may write into each other's lanes. What is found in
 * memory is checked so that a broken process harms its own lane only, and is named.
 *
 * <h2>Questions</h2>
 *
 * <dl>
 *   <dt>A sender gets FULL for ever, though the receiver polls.
 *   <dd>A claim was neither committed nor aborted (an exception between the two, without {@code finally}). The lane is
 *       stuck at it until the sending process ends. Use {@code offer}, or abort in {@code finally}.
 *   <dt>Messages arrive up to a second late.
 *   <dd>The agent waits elsewhere than in its inbox's idle strategy, or other threads enqueue without
 *       {@link io.thornback.transport.ipc.Inbox#wake}.
 *   <dt>{@code InboxTakenException} at a restart.
 *   <dd>The former process still runs, or this one made the inbox twice. Its pid is in the message.
 *   <dt>{@code InboxFullException}, though few processes run.
 *   <dd>Lanes that are not closed: each open {@code OutboundLane} holds a slot until it is closed or its process dies.
 *   <dt>{@code CorruptLaneException} in the log, and one sender is CLOSED.
 *   <dd>That sender, or whoever wrote into its memory, is broken. The message names it, the position and the value.
 *   <dt>"message … is skipped: its length fields lead out of it" in the log.
 *   <dd>The same, but the record around the message is in order, so the lane stays open. Logged once for a lane; how many there
 *       were is in {@link io.thornback.transport.ipc.Inbox#unreadableMessages}.
 *   <dt>May sender and receiver be in one process?
 *   <dd>Yes, as many of each as you like. Such a pair cannot die apart, so only closing ends it.
 * </dl>
 */
package io.thornback.transport.ipc;
