/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static io.thornback.objectstore.StoreFixture.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Beyond what an int counts. Touches some pages only; the others are reserved, not written. */
class LargeObjectTest {
    private static final long LENGTH = 2200L << 20;

    /** Through a memory segment of the whole length, which this is not compiled against. */
    private static long lastOfSegment(final ObjectBuffer object) throws ReflectiveOperationException {
        final Class<?> type = Class.forName("java.lang.foreign.MemorySegment");
        final Class<?> layouts = Class.forName("java.lang.foreign.ValueLayout");
        final Class<?> ofLong = Class.forName("java.lang.foreign.ValueLayout$OfLong");
        final Object segment = object.as(type);
        assertEquals(LENGTH, type.getMethod("byteSize").invoke(segment));
        return (long) type.getMethod("get", ofLong, long.class)
                .invoke(segment, layouts.getField("JAVA_LONG_UNALIGNED").get(null), LENGTH - Long.BYTES);
    }

    @Test
    void anObjectLongerThanTwoGibibytesIsReadAtItsEnd() throws ReflectiveOperationException {
        try (StoreFixture store = new StoreFixture(LENGTH + (64L << 20))) {
            final ObjectStoreClient client = store.client();
            client.put(id(1), new byte[1000]);
            try (WritableObject object = client.create(id(2), LENGTH, LONG)) {
                assertEquals(LENGTH, object.sizeBytes());
                object.putLong(0, 1);
                object.putLong(Integer.MAX_VALUE, 2);
                object.slice(LENGTH - 16, 16).putLong(0, 3);
                object.putLong(LENGTH - 8, 4);
                assertThrows(IndexOutOfBoundsException.class, () -> object.putLong(LENGTH - 7, 5));
                object.seal();
            }
            client.flush(LONG);
            assertTrue(store.counters().usedBytes() >= LENGTH);
            try (ObjectBuffer object = store.client().get(id(2))) {
                assertEquals(LENGTH, object.length());
                assertEquals(1, object.getLong(0));
                assertEquals(2, object.getLong(Integer.MAX_VALUE));
                assertEquals(3, object.slice(LENGTH - 16, 16).getLong(0));
                assertEquals(4, object.byteBuffer(LENGTH - 8, 8).getLong());
                assertThrows(IndexOutOfBoundsException.class, () -> object.getByte(LENGTH));
                assertThrows(IllegalStateException.class, object::asByteBuffer);
                assertThrows(IllegalStateException.class, object::toByteArray);
                if (Runtime.version().feature() >= 22) {
                    assertEquals(4, lastOfSegment(object));
                }
            }
        }
    }
}
