/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Memory segments of Java 22 and later (JEP 454), reached by reflection: this release is compiled for Java 17. Made once per JVM.
 */
final class Segments {
    private static final String SEGMENT = "java.lang.foreign.MemorySegment";
    /** Null on a Java without them. */
    private static final Segments INSTANCE = find();

    private final Class<?> segment;
    private final Method ofBuffer;
    private final Method ofAddress;
    private final Method reinterpret;
    private final Method asReadOnly;
    private final Method ofAuto;

    private Segments() throws ReflectiveOperationException {
        segment = Class.forName(SEGMENT);
        final Class<?> arena = Class.forName("java.lang.foreign.Arena");
        ofBuffer = segment.getMethod("ofBuffer", Buffer.class);
        ofAddress = segment.getMethod("ofAddress", long.class);
        reinterpret = segment.getMethod("reinterpret", long.class, arena, Consumer.class);
        asReadOnly = segment.getMethod("asReadOnly");
        ofAuto = arena.getMethod("ofAuto");
    }

    /** A read-only view of memory; while it or what is made from it is reachable, so is its owner. */
    static Object view(final ObjectBuffer owner, final Class<?> type, final long address, final long length) {
        if (type == ByteBuffer.class) {
            return owner.asByteBuffer();
        }
        if (!type.getName().equals(SEGMENT) || INSTANCE == null) {
            throw new UnsupportedOperationException("an object cannot be seen as " + type.getName() + " on Java "
                    + Runtime.version().feature() + "; memory segments need Java 22 or later, byte buffers any");
        }
        try {
            return length <= Integer.MAX_VALUE - 8
                    ? INSTANCE.ofBuffer.invoke(null, owner.asByteBuffer())
                    : INSTANCE.large(owner, address, length);
        } catch (final InvocationTargetException e) {
            throw failed(e.getCause());
        } catch (final IllegalAccessException e) {
            throw failed(e);
        }
    }

    /** The arena of the segment lives as long as anybody has the segment; its clean-up action has the owner until then. */
    private Object large(final ObjectBuffer owner, final long address, final long length)
            throws InvocationTargetException, IllegalAccessException {
        final Consumer<Object> release = new Owner(owner);
        final Object at = ofAddress.invoke(null, address);
        return asReadOnly.invoke(reinterpret.invoke(at, length, ofAuto.invoke(null), release));
    }

    /** Has nothing to do when the segment is gone; until then it is what the owner is reachable by. */
    private record Owner(ObjectBuffer buffer) implements Consumer<Object> {
        @Override
        public void accept(final Object ignored) {
            // The buffer's own reference gives the pin back.
        }
    }

    private static UnsupportedOperationException failed(final Throwable cause) {
        return new UnsupportedOperationException(
                "no memory segment of an object of 2 GiB or more: start Java with --enable-native-access=ALL-UNNAMED, or with"
                        + " this module's name in place of ALL-UNNAMED",
                cause);
    }

    private static Segments find() {
        try {
            return Runtime.version().feature() >= 22 ? new Segments() : null;
        } catch (final ReflectiveOperationException e) {
            return null;
        }
    }
}
