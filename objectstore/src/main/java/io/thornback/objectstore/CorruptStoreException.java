/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** A file of the store holds what no store writes. */
public final class CorruptStoreException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    CorruptStoreException(final String what) {
        super("STORE_CORRUPT", what, "stop the node and start it again; if it comes back, report the message");
    }
}
