/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** The client has as many buffers open as its pin table has entries. */
public final class PinTableFullException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    PinTableFullException(final int slots) {
        super(
                "PIN_TABLE_FULL",
                "every entry of the pin table is in use: slots=" + slots,
                "close ObjectBuffers when they are read, drop slices that are no longer used, or raise pinSlots");
    }
}
