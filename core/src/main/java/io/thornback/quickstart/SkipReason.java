/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

/**
 * Why a file was left out of the count. A file that is left out adds nothing to any table, only one to its reason.
 *
 * <p>{@link #index} is the place in {@link Totals#skipped()}: append, never reorder.
 */
public enum SkipReason {
    /** No bytes at all. */
    EMPTY(0, "empty file"),
    /** The first four bytes are not {@code CAFEBABE}. */
    NOT_A_CLASS(1, "no class file magic"),
    /** The file ends before the structures that it announces. */
    TRUNCATED(2, "truncated"),
    /** Bytes remain after the last attribute. */
    TRAILING_BYTES(3, "bytes after the end of the class"),
    /** The constant pool holds a tag that no class file version defines. */
    UNKNOWN_TAG(4, "unknown constant-pool tag"),
    /** The pool's size is 0, or a long or double takes a slot beyond its end. */
    BAD_POOL_SIZE(5, "constant pool size does not fit its entries"),
    /** An entry points outside the pool, or to an entry of another kind. */
    BAD_INDEX(6, "constant-pool index points to the wrong entry"),
    /** A name or descriptor is not modified UTF-8 in its shortest form. */
    BAD_UTF8(7, "name is not modified UTF-8"),
    /** The file, or the names its references spell out, are beyond {@link ClassFileReader}'s limits. */
    TOO_LARGE(8, "too large"),
    /** The operating system refused to read it. */
    UNREADABLE(9, "cannot be read");

    /** How many reasons there are: the length of a table by {@link #index}. */
    static final int COUNT = values().length;

    private final int index;
    private final String text;

    SkipReason(int index, String text) {
        this.index = index;
        this.text = text;
    }

    /** Place of this reason in a table by reason, from 0. */
    public int index() {
        return index;
    }

    /** The reason in words, for a report's line. */
    public String text() {
        return text;
    }
}
