/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that all processes of the torture map: which objects there are, for the others to read and delete, and how far everybody is. Beside the store, and quicker than it, so that
 * an id is known before its SEAL is applied. A number taken off the board is its taker's to delete.
 */
final class TortureBoard {
    static final int OBJECTS = 192;
    static final int ANNOUNCED = 16;
    static final int CLIENTS = 64;

    /** Operations done, objects read and checked, reads while the store was down. */
    static final int OPERATIONS = 0;

    static final int READS = 1;
    static final int READS_WHILE_DOWN = 2;

    private static final int DISTURBANCES_AT = 0;
    private static final int OBJECTS_AT = 64;
    private static final int ANNOUNCED_AT = OBJECTS_AT + OBJECTS * Long.BYTES;
    private static final int PROGRESS_AT = ANNOUNCED_AT + ANNOUNCED * Long.BYTES;
    private static final int FILE_BYTES = PROGRESS_AT + CLIENTS * 64;
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer board;

    TortureBoard(final Path path) {
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            board = file.map(FileChannel.MapMode.READ_WRITE, 0, FILE_BYTES);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Odd while the store is killed or stopped: until it is even again, waits may fail. */
    long disturbances() {
        return (long) LONGS.getVolatile(board, DISTURBANCES_AT);
    }

    boolean isDisturbed() {
        return (disturbances() & 1) != 0;
    }

    void disturbed(final boolean now) {
        if (isDisturbed() != now) {
            LONGS.getAndAdd(board, DISTURBANCES_AT, 1L);
        }
    }

    long object(final int place) {
        return (long) LONGS.getVolatile(board, OBJECTS_AT + place * Long.BYTES);
    }

    /** Puts a number there; returns the one that was, now the caller's, or 0. */
    long exchange(final int place, final long number) {
        return (long) LONGS.getAndSet(board, OBJECTS_AT + place * Long.BYTES, number);
    }

    /** True if it was there: it is the caller's now. */
    boolean take(final int place, final long number) {
        return LONGS.compareAndSet(board, OBJECTS_AT + place * Long.BYTES, number, 0L);
    }

    /** A number whose object is perhaps being made. */
    long announced(final int place) {
        return (long) LONGS.getVolatile(board, ANNOUNCED_AT + place * Long.BYTES);
    }

    void announce(final int place, final long number) {
        LONGS.setVolatile(board, ANNOUNCED_AT + place * Long.BYTES, number);
    }

    long progress(final int client, final int what) {
        return (long) LONGS.getVolatile(board, progressAt(client, what));
    }

    void progressed(final int client, final int what) {
        LONGS.getAndAdd(board, progressAt(client, what), 1L);
    }

    private static int progressAt(final int client, final int what) {
        return PROGRESS_AT + client % CLIENTS * 64 + what * Long.BYTES;
    }
}
