/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.util.function.IntConsumer;

/** The answer to a client's hello: the client is made ready on the feeding thread, then everybody is let in. */
final class Admission extends Reply {
    private final IntConsumer onAdmitted;

    Admission(final long correlationId, final IntConsumer onAdmitted) {
        super(correlationId);
        this.onAdmitted = onAdmitted;
    }

    @Override
    void beforeDone() {
        if (failure == null) {
            onAdmitted.accept(value);
        }
    }
}
