/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.ObjectRef;
import io.thornback.TaskException;
import io.thornback.Thornback;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Values on their way to other processes and back. */
abstract class ValuesContract extends StreamContract {
    @SuppressWarnings("ArrayRecordComponent") // arrays are what it is about
    record Matrix(String name, double[] values, List<int[]> rows) {}

    record Page(String name, ByteBuffer bytes) {}

    interface Edit extends UnaryOperator<String>, Serializable {}

    record Editor(Edit edit) {}

    static Matrix doubled(final Matrix matrix) {
        final double[] twice = matrix.values().clone();
        for (int i = 0; i < twice.length; i++) {
            twice[i] *= 2;
        }
        return new Matrix(matrix.name() + "2", twice, matrix.rows());
    }

    static Page page(final int length) {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            bytes.put(i, (byte) (i * 7));
        }
        return new Page("p", bytes);
    }

    static long checksum(final Page page) {
        long sum = 0;
        for (int i = page.bytes().position(); i < page.bytes().limit(); i++) {
            sum += page.bytes().get(i) & 0xFF;
        }
        return sum;
    }

    static String edited(final Editor editor, final String text) {
        return editor.edit().apply(text);
    }

    static int unsendable(final int ignored) {
        throw new WithThread("carries number=" + ignored);
    }

    /** Cannot be written. */
    static final class WithThread extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final Thread thread = Thread.currentThread();

        WithThread(final String message) {
            super(message);
        }
    }

    @Test
    void recordsWithLargeArraysGoThereAndBack() {
        final double[] values = IntStream.range(0, 200_000).asDoubleStream().toArray();
        final int[] row = IntStream.range(0, 3_000).toArray();
        final Matrix back = connection()
                .task(ValuesContract::doubled, new Matrix("m", values, List.of(row, new int[] {1})))
                .submit()
                .get(LONG);
        assertEquals("m2", back.name());
        assertEquals(200_000, back.values().length);
        assertEquals(2 * 199_999.0, back.values()[199_999]);
        assertArrayEquals(row, back.rows().get(0));
        assertArrayEquals(new int[] {1}, back.rows().get(1));
    }

    @Test
    void aByteBufferInAValueIsReadInPlaceAndKeepsItsObject() {
        final Thornback tb = connection();
        ObjectRef<Page> ref = tb.task(ValuesContract::page, 1_000_000).submit();
        final Page page = ref.get(LONG);
        assertTrue(page.bytes().isDirect(), "no copy on the heap");
        final long expected = checksum(page(1_000_000));
        assertEquals(expected, checksum(page));
        assertEquals(expected, tb.task(ValuesContract::checksum, ref).submit().get(LONG));
        tb.store().delete(ref.id());
        ref = null;
        for (int i = 0; i < 40; i++) {
            System.gc();
            tb.put(new byte[1_000_000 + i]);
        }
        assertEquals(expected, checksum(page), "the object stays while its bytes can be reached");
    }

    @Test
    void aLambdaInAFieldRunsElsewhere() {
        final String ending = "!".repeat(2);
        assertEquals(
                "hey!!",
                connection()
                        .task(ValuesContract::edited, new Editor(text -> text + ending), "hey")
                        .submit()
                        .get(LONG));
    }

    @Test
    void whatATaskThrowsArrivesAsTextWhereItCannotBeSent() {
        final ObjectRef<Integer> ref =
                connection().task(ValuesContract::unsendable, 5).submit();
        final TaskException e = assertThrows(TaskException.class, () -> ref.get(LONG));
        assertTrue(e.getMessage().contains("carries number=5"), e.getMessage());
        assertTrue(e.getCause().toString().contains("WithThread"), e.getCause().toString());
    }
}
