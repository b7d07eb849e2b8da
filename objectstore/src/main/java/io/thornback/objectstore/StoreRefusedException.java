/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** The object store refused a request; the message holds its reason. */
public final class StoreRefusedException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    private final String refusal;

    StoreRefusedException(final String refusal, final String what) {
        super("STORE_REFUSED", what, "the reason is " + refusal);
        this.refusal = refusal;
    }

    /** The refusal's name in the message schema, for example TOO_MANY_CLIENTS. */
    public String refusal() {
        return refusal;
    }
}
