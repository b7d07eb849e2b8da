/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** The object would not fit into an empty arena. */
public final class ObjectTooLargeException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    ObjectTooLargeException(final ObjectId id, final long sizeBytes, final long arenaBytes) {
        super(
                "OBJECT_TOO_LARGE",
                "object " + id + " is larger than the arena: sizeBytes=" + sizeBytes + " arenaBytes=" + arenaBytes,
                "split the object, or start the store with a larger arena");
    }
}
