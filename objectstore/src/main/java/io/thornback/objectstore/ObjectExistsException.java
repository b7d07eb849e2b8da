/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** Another object of the same id was sealed first; this one is dropped. */
public final class ObjectExistsException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    private final transient ObjectId id;

    ObjectExistsException(final ObjectId id) {
        super(
                "OBJECT_EXISTS",
                "object " + id + " was sealed by another first; this copy is dropped",
                "use a fresh id for every create, or delete the old object before");
        this.id = id;
    }

    /** The id that is taken; null after the exception itself was serialized. */
    public ObjectId id() {
        return id;
    }
}
