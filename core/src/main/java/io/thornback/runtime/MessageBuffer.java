/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.transport.wire.MessageHeaderEncoder;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/** A buffer of each thread's own in which a message is encoded before room in a lane is claimed. */
public final class MessageBuffer {
    private static final int INITIAL_BYTES = 16 * 1024;
    private static final ThreadLocal<MessageBuffer> LOCAL = ThreadLocal.withInitial(MessageBuffer::new);

    private final MutableDirectBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();

    private MessageBuffer() {}

    /** The calling thread's; valid until it encodes the next message. */
    public static MessageBuffer local() {
        return LOCAL.get();
    }

    /** The bytes. */
    public MutableDirectBuffer buffer() {
        return buffer;
    }

    /** For {@code wrapAndApplyHeader}. */
    public MessageHeaderEncoder header() {
        return header;
    }

    /** Length of the message with its header. */
    public static int lengthOf(final int encodedBody) {
        return MessageHeaderEncoder.ENCODED_LENGTH + encodedBody;
    }
}
