/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** The store has another layout or schema version than this client. */
public final class StoreVersionException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    StoreVersionException(final String kind, final int theirs, final int ours) {
        super(
                "VERSION_MISMATCH",
                "the store has " + kind + " version " + theirs + ", this process has " + ours,
                "run all processes of a node from one release, and restart the node after an upgrade");
    }
}
