/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.ObjectEventKind;
import java.util.Objects;

/**
 * What became of an object, as the store of this node saw it.
 *
 * @param kind what
 * @param id of the object
 * @param sizeBytes of its data, or {@link #UNKNOWN_SIZE}
 * @param dropped events of this subscription that were lost so far, because the client did not keep up
 */
public record ObjectEvent(Kind kind, ObjectId id, long sizeBytes, long dropped) {
    /** The store does not know any more how large it was. */
    public static final long UNKNOWN_SIZE = -1;

    /** What can become of an object. */
    public enum Kind {
        /** It was sealed: from now on it can be read. */
        SEALED(ObjectEventKind.SEALED),
        /** It was deleted; who reads it keeps its view. */
        DELETED(ObjectEventKind.DELETED),
        /** Its memory was given to another object; it is on disk, or on another node. */
        EVICTED(ObjectEventKind.EVICTED),
        /** It was written to disk; it may be in memory still. */
        SPILLED(ObjectEventKind.SPILLED),
        /** It was read back from disk. */
        RESTORED(ObjectEventKind.RESTORED),
        /** It could not be read back, and is gone. */
        LOST(ObjectEventKind.LOST);

        private final ObjectEventKind wire;

        Kind(final ObjectEventKind wire) {
            this.wire = wire;
        }

        int bit() {
            return 1 << wire.value();
        }

        /** Null for a kind of a later release. */
        static Kind of(final int value) {
            for (final Kind kind : values()) {
                if (kind.wire.value() == value) {
                    return kind;
                }
            }
            return null;
        }
    }

    /** Nothing but the size may be unknown. */
    public ObjectEvent {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(id, "id");
    }
}
