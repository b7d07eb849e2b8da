/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import io.thornback.ThornbackException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.fory.Fory;
import org.apache.fory.config.Language;
import org.apache.fory.logging.LoggerFactory;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.serializer.Serializer;

/**
 * Object graphs by Apache Fory. A {@code Fory} is not thread-safe and dear to make, so they are kept in a pool that grows to the number of threads
 * that use it at one time.
 */
final class GraphCodec {
    private final ClassLoader loader;
    private final List<Handle<?>> handles;
    private final ConcurrentLinkedQueue<Fory> idle = new ConcurrentLinkedQueue<>();

    GraphCodec(final ClassLoader loader, final List<Handle<?>> handles) {
        this.loader = loader;
        this.handles = List.copyOf(handles);
    }

    ByteBuffer write(final Object value) {
        final Fory fory = take();
        try {
            final byte[] bytes = fory.serialize(value);
            idle.add(fory);
            return ByteBuffer.wrap(bytes);
        } catch (final RuntimeException | LinkageError e) {
            // The instance is dropped: a failed write may have left it half-way.
            throw new ThornbackException(
                    ThornbackException.Code.NOT_SERIALIZABLE,
                    "a value of " + value.getClass().getName() + " cannot be sent to another process: " + e.getMessage()
                            + "; make it a record or a plain class of serializable fields",
                    e);
        }
    }

    Object read(final ByteBuffer bytes) {
        final Fory fory = take();
        try {
            final Object value = fory.deserialize(MemoryBuffer.fromByteBuffer(bytes));
            idle.add(fory);
            return value;
        } catch (final RuntimeException | LinkageError e) {
            throw new ThornbackException(
                    ThornbackException.Code.NOT_SERIALIZABLE,
                    "a value that was received cannot be read: " + e.getMessage()
                            + "; both sides need the same classes on their class path",
                    e);
        }
    }

    private Fory take() {
        final Fory pooled = idle.poll();
        return pooled != null ? pooled : create();
    }

    private Fory create() {
        LoggerFactory.disableLogging();
        final Fory fory = Fory.builder()
                .withLanguage(Language.JAVA)
                .withRefTracking(true)
                .requireClassRegistration(false)
                .suppressClassRegistrationWarnings(true)
                .withClassLoader(loader)
                .withAsyncCompilation(true)
                .build();
        for (final Handle<?> handle : handles) {
            register(fory, handle);
        }
        return fory;
    }

    private static <T> void register(final Fory fory, final Handle<T> handle) {
        fory.registerSerializer(handle.type(), new HandleSerializer<>(fory, handle));
    }

    /** Writes a handle as the bytes that it gives. */
    private static final class HandleSerializer<T> extends Serializer<T> {
        private final Handle<T> handle;

        HandleSerializer(final Fory fory, final Handle<T> handle) {
            super(fory, handle.type());
            this.handle = handle;
        }

        @Override
        public void write(final MemoryBuffer buffer, final T value) {
            final byte[] bytes = handle.write().apply(value);
            buffer.writeVarUint32(bytes.length);
            buffer.writeBytes(bytes);
        }

        @Override
        public T read(final MemoryBuffer buffer) {
            return handle.read().apply(buffer.readBytes(buffer.readVarUint32()));
        }
    }
}
