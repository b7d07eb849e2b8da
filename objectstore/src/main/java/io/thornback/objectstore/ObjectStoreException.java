/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

/**
 * What went wrong in the object store, and what to do about it. The root of this module's exceptions; unchecked. The message says
 * what, with names and values, and ends with the remedy.
 */
public class ObjectStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String remedy;

    /**
     * An error with its remedy.
     *
     * @param code stable, upper case, for programs
     * @param what happened, with {@code name=value}
     * @param remedy what the reader can do
     */
    public ObjectStoreException(final String code, final String what, final String remedy) {
        super(what + "; " + remedy);
        this.code = code;
        this.remedy = remedy;
    }

    /** Stable name of this kind of error, upper case. */
    public final String code() {
        return code;
    }

    /** What to do. */
    public final String remedy() {
        return remedy;
    }
}
