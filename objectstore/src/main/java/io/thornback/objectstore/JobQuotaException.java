/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** The job's objects and leases take all the memory that one job may have, and none of it came free within the time allowed. */
public final class JobQuotaException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    private final long wantedBytes;

    JobQuotaException(final long wantedBytes, final String what) {
        super("QUOTA", what, "delete objects of this job, close buffers that are still open, or raise the quota");
        this.wantedBytes = wantedBytes;
    }

    /** Bytes of the object that found no room. */
    public long wantedBytes() {
        return wantedBytes;
    }
}
