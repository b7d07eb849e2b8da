/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/** The object was not sealed within the time allowed. */
public final class ObjectTimeoutException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    private final transient ObjectId id;

    ObjectTimeoutException(final ObjectId id, final long timeoutNs) {
        super(
                "OBJECT_TIMEOUT",
                "object " + id + " was not sealed within timeoutMs=" + timeoutNs / 1_000_000,
                "check that its task still runs, or wait longer");
        this.id = id;
    }

    /** What was waited for; null after the exception itself was serialized. */
    public ObjectId id() {
        return id;
    }
}
