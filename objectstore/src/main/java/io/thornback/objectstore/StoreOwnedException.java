/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** A living process owns the store of this directory; there can be one only. */
public final class StoreOwnedException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    StoreOwnedException(final String directory, final String holder) {
        super(
                "STORE_OWNED",
                "the store in " + directory + " is owned by a living process: " + holder,
                "stop that process first, or start this one on another directory");
    }
}
