/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** The answer to a client's hello: the client is made ready on the feeding thread, then everybody is let in. */
final class Admission extends Reply {
    /** Makes the client ready, before anybody is let in. */
    interface Admitted {
        void admitted(int clientId, long epoch);
    }

    private final Admitted onAdmitted;

    Admission(final long correlationId, final Admitted onAdmitted) {
        super(correlationId);
        this.onAdmitted = onAdmitted;
    }

    @Override
    void beforeDone() {
        if (failure == null) {
            onAdmitted.admitted(value, epoch);
        }
    }
}
