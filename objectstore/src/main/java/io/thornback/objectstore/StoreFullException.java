/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** No memory for a new object within the time allowed. The message names what was wanted, what the arena holds and who holds it. */
public final class StoreFullException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    private final long wantedBytes;

    StoreFullException(final long wantedBytes, final String what) {
        super(
                "STORE_FULL",
                what,
                "delete objects, close buffers that are still open, give the store a larger arena, or wait longer");
        this.wantedBytes = wantedBytes;
    }

    /** Bytes of the object that found no room. */
    public long wantedBytes() {
        return wantedBytes;
    }
}
