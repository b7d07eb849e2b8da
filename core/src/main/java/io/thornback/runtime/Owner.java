/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.objectstore.ObjectId;
import io.thornback.posix.ProcessIdentity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Who owns an object: the one who submitted the task that makes it, or put it. Travels with every reference.
 *
 * @param process that it lives in.
 * @param inbox its name.
 */
record Owner(ProcessIdentity process, String inbox) {
    private static final int FIXED_BYTES = ObjectId.LENGTH_BYTES + 2 * Long.BYTES;

    /** A reference as it travels: id, process, inbox. */
    byte[] reference(final ObjectId id) {
        final byte[] name = inbox.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(FIXED_BYTES + name.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(id.toByteArray())
                .putLong(process.pid())
                .putLong(process.startTicks())
                .put(name)
                .array();
    }

    /** The object of a reference. */
    static ObjectId objectOf(final byte[] reference) {
        return ObjectId.of(reference, 0);
    }

    /** The owner in a reference. */
    static Owner of(final byte[] reference) {
        final ByteBuffer in =
                ByteBuffer.wrap(reference).order(ByteOrder.LITTLE_ENDIAN).position(ObjectId.LENGTH_BYTES);
        final ProcessIdentity process = new ProcessIdentity(in.getLong(), in.getLong());
        return new Owner(
                process, new String(reference, FIXED_BYTES, reference.length - FIXED_BYTES, StandardCharsets.UTF_8));
    }
}
