/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** The object store is not there, did not answer, or this client has been closed. */
public final class StoreUnavailableException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    StoreUnavailableException(final String what, final String remedy) {
        super("STORE_UNAVAILABLE", what, remedy);
    }
}
