/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * The object was there and is not any more: it was spilled, and what is on disk is damaged or gone. Waiting does not help; it has to be made again. Whoever makes it again
 * seals it under the same id as if it had never been.
 */
public final class ObjectLostException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    ObjectLostException(final String what) {
        super("OBJECT_LOST", what, "make it again, and look at the disk of the spill directory");
    }
}
