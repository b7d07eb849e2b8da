/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.transport.ipc.InboundLane;
import org.agrona.DirectBuffer;

/** A message that came down a lane; a flyweight of the agent's, valid only while it is being handled. */
public final class Message {
    private InboundLane from;
    private int templateId;
    private DirectBuffer buffer;
    private int offset;
    private int length;

    Message wrap(
            final InboundLane lane,
            final int messageTemplateId,
            final DirectBuffer messageBuffer,
            final int messageOffset,
            final int messageLength) {
        from = lane;
        templateId = messageTemplateId;
        buffer = messageBuffer;
        offset = messageOffset;
        length = messageLength;
        return this;
    }

    /** The lane that it came by. */
    public InboundLane from() {
        return from;
    }

    /** Its type. */
    public int templateId() {
        return templateId;
    }

    /** Holds it. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** Of its header, in bytes. */
    public int offset() {
        return offset;
    }

    /** Of header and body, in bytes. */
    public int length() {
        return length;
    }
}
