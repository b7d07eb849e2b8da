/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

/** How the bytes of a value are to be read. The numbers are part of the wire format. */
public final class Format {
    /** No bytes: null. */
    public static final int NULL = 0;
    /** Bytes that were written in place; read as an {@code ObjectBuffer}. */
    public static final int BUFFER = 1;
    /** {@code byte[]}. */
    public static final int BYTES = 2;
    /** UTF-8. */
    public static final int STRING = 3;
    /** {@code Integer}, 4 bytes. */
    public static final int INT = 4;
    /** {@code Long}, 8 bytes. */
    public static final int LONG = 5;
    /** {@code Double}, 8 bytes. */
    public static final int DOUBLE = 6;
    /** {@code Boolean}, 1 byte. */
    public static final int BOOLEAN = 7;
    /** {@code int[]}. */
    public static final int INTS = 8;
    /** {@code long[]}. */
    public static final int LONGS = 9;
    /** {@code float[]}. */
    public static final int FLOATS = 10;
    /** {@code double[]}. */
    public static final int DOUBLES = 11;
    /** An object graph as Apache Fory writes it. */
    public static final int FORY = 16;
    /** An object graph whose large arrays and buffers stand behind it; see {@link OutOfBand}. */
    public static final int GRAPH = 18;
    /** What a task threw; see {@link RemoteError}. */
    public static final int ERROR = 17;

    private Format() {}
}
