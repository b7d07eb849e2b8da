/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One file of the input, not read yet. Usable until its {@link ClassFileInput} is closed. */
interface ClassFile {
    /** Where it is, for messages. */
    String name();

    /** Its length when it was listed. */
    int sizeBytes();

    /**
     * Copies the file into {@code target}, at most to its limit. May be called more than once.
     *
     * @return how many bytes there were; fewer than {@link #sizeBytes} if the file has become shorter
     * @throws IOException if it cannot be read, or is gone
     */
    int copyTo(ByteBuffer target) throws IOException;
}
