/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.objectstore.ObjectId;
import io.thornback.serialization.Contained;
import java.util.List;

/** An argument of a call, as it is kept until the call can be sent, and as it arrives. */
sealed interface Argument {
    /**
     * A value's bytes.
     *
     * @param references that are in it: while they are reachable here, this process holds their objects. Sender's side only.
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody; the bytes are handed on
    record Value(int format, byte[] bytes, List<Contained> references) implements Argument {
        Value(final int format, final byte[] bytes) {
            this(format, bytes, List.of());
        }
    }

    /** An object of the store. */
    record Stored(ObjectId id) implements Argument {}

    /** The result of a task, perhaps still to come; sender's side only. */
    record Reference(ObjectEntry entry) implements Argument {}

    /** Values that arrive as one list. */
    record Listed(List<Argument> items) implements Argument {}
}
