/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.transport.wire.MessageHeaderDecoder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One received message in memory of its own: an SBE {@code messageHeader} at offset 0 and the message behind it.
 *
 * <p>The copy out of Netty's buffer is deliberate: frames cross to another thread, and a reference count that crosses
 * with them is a leak waiting for its first exception. Control frames are small. Never changed after it was read.
 */
public final class NetFrame {
    private final UnsafeBuffer buffer;

    NetFrame(byte[] bytes) {
        this.buffer = new UnsafeBuffer(bytes);
    }

    /** The whole frame; bounds are exactly its own. */
    public DirectBuffer buffer() {
        return buffer;
    }

    public int length() {
        return buffer.capacity();
    }

    public int templateId() {
        return buffer.getShort(MessageHeaderDecoder.templateIdEncodingOffset(), MessageHeaderDecoder.BYTE_ORDER)
                & 0xFFFF;
    }

    int schemaId() {
        return buffer.getShort(MessageHeaderDecoder.schemaIdEncodingOffset(), MessageHeaderDecoder.BYTE_ORDER) & 0xFFFF;
    }

    int schemaVersion() {
        return buffer.getShort(MessageHeaderDecoder.versionEncodingOffset(), MessageHeaderDecoder.BYTE_ORDER) & 0xFFFF;
    }
}
