/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import java.nio.ByteBuffer;

/** Memory that a stream is read from or written to, in place. Asked on the network thread. A sender's may throw, and the stream fails; a receiver's must not. */
public interface StreamMemory {
    /**
     * A part of it, whose remaining bytes are exactly that part. Not kept beyond the moment when the stream has ended.
     *
     * @param offset in bytes, from the start of the whole
     */
    ByteBuffer at(long offset, int length);
}
