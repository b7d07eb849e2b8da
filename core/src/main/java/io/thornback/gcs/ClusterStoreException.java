/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import java.io.Serial;

/** The cluster's tables cannot be used: one line that names the file, what is wrong, and the remedy. */
public final class ClusterStoreException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Why, in one line. */
    public ClusterStoreException(String message) {
        super(message);
    }

    ClusterStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
