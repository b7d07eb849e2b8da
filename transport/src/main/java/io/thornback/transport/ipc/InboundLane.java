/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.ProcessIdentity;

/**
 * One sender, as its receiver sees it. Made by the inbox, handed to the {@link LaneHandler}; belongs to the agent thread
 * that polls the inbox, and is of no use after {@code onLaneClosed} but for its accessors of identity.
 */
public final class InboundLane {
    final int slot;
    final long word;
    final LaneFile file;
    final LaneReader reader;
    private Object attachment;
    private boolean announced;
    private boolean producerDead;
    private boolean unreadable;
    private boolean closed;

    InboundLane(int slot, long word, LaneFile file, LaneReader reader) {
        this.slot = slot;
        this.word = word;
        this.file = file;
        this.reader = reader;
    }

    /** Who sends. Checked against the slot's claim, not against the kernel: within one node processes trust each other's word. */
    public ProcessIdentity producer() {
        return file.producer;
    }

    /** The sender's own name, usually that of its inbox; up to 64 bytes of UTF-8, for answers and for messages to people. */
    public String producerName() {
        return file.producerName;
    }

    /** Whatever {@link #attach} was given; null at first. */
    public Object attachment() {
        return attachment;
    }

    /** Keeps an object of the receiver's with the lane. */
    public void attach(Object newAttachment) {
        attachment = newAttachment;
    }

    /** A number that no other lane of any inbox of the host has, in all likelihood: with a position in it, it names a message. */
    public long key() {
        return file.key;
    }

    /** Position in bytes, growing for ever, up to which records have been handled; the record being handled not yet. */
    public long consumerPosition() {
        return reader.position();
    }

    /**
     * Position in bytes up to which the sender has claimed, as found in memory. All that was committed before the call
     * lies below it; so once {@link #consumerPosition} has come there, all of that has been handled.
     */
    public long producerPosition() {
        return closed ? reader.position() : reader.tail();
    }

    /** Whether the inbox has let go of it. */
    public boolean isClosed() {
        return closed;
    }

    boolean announce() {
        boolean first = !announced;
        announced = true;
        return first;
    }

    boolean isAnnounced() {
        return announced;
    }

    /** Whether none of its messages was unreadable before this one. */
    boolean isFirstUnreadable() {
        boolean first = !unreadable;
        unreadable = true;
        return first;
    }

    boolean isProducerDead() {
        return producerDead;
    }

    void producerDead() {
        producerDead = true;
    }

    /** Whether nothing can follow: the order of the two loads matters, the flag says that the tail is final. */
    boolean isFinished() {
        return (producerDead || file.isProducerClosed()) && reader.isDrained();
    }

    /** Tells the sender, unmaps. The file stays; who calls deletes it. */
    void close() {
        closed = true;
        file.consumerClosedRelease();
        file.close();
    }

    /** Unmaps; all stays as it is for an heir. */
    void suspend() {
        closed = true;
        file.close();
    }

    @Override
    public String toString() {
        return "InboundLane[producer=" + producerName() + " pid=" + producer().pid() + " slot=" + slot + "]";
    }
}
