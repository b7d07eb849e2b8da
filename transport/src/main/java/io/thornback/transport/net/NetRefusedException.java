/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.transport.wire.RefusalCode;

/** The peer refused the hello or a request. Trying again with the same values does not help. */
public final class NetRefusedException extends NetException {
    private static final long serialVersionUID = 1L;

    private final RefusalCode refusal;
    private final long limitValue;

    public NetRefusedException(RefusalCode refusal, long limitValue, String message) {
        super(Code.REFUSED, message);
        this.refusal = refusal;
        this.limitValue = limitValue;
    }

    public RefusalCode refusal() {
        return refusal;
    }

    /** The limit that the refusal is about; its meaning follows from {@link #refusal()}. */
    public long limitValue() {
        return limitValue;
    }
}
