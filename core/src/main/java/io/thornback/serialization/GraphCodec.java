/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import io.thornback.ThornbackException;
import io.thornback.ThornbackException.Code;
import io.thornback.objectstore.ObjectId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.fory.Fory;
import org.apache.fory.config.Language;
import org.apache.fory.logging.LoggerFactory;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.serializer.BufferObject;
import org.apache.fory.serializer.Serializer;

/**
 * Object graphs by Apache Fory. A {@code Fory} is not thread-safe and dear to make, so they are kept in a pool that grows to the number of threads
 * that use it at one time.
 *
 * <p>What is large and needs no encoding (arrays of primitive types, byte buffers) is kept out of the bytes that Fory writes, see {@link OutOfBand}: it is copied once, to where it goes.
 */
final class GraphCodec {
    /** Smaller ones are written among the rest: a piece of its own costs more than the copy. */
    private static final int OUT_OF_BAND_BYTES = 4 * 1024;

    private static final int MOST_CAUSES = 10;

    private final ClassLoader loader;
    private final List<Handle<?>> handles;
    private final ClassFilter filter;
    private final ConcurrentLinkedQueue<Pooled> idle = new ConcurrentLinkedQueue<>();

    GraphCodec(final ClassLoader loader, final List<Handle<?>> handles, final ClassFilter filter) {
        this.loader = loader;
        this.handles = List.copyOf(handles);
        this.filter = filter;
    }

    /** An instance, the class that it was refused last, and what it has met while it wrote; one thread at a time. */
    private static final class Pooled {
        private Fory fory;
        private volatile String refused;
        private List<Contained> references = List.of();

        void met(final Contained reference) {
            if (references.isEmpty()) {
                references = new ArrayList<>();
            }
            references.add(reference);
        }

        List<Contained> takeReferences() {
            final List<Contained> taken = references;
            references = List.of();
            return taken;
        }
    }

    /**
     * A graph as bytes.
     *
     * @param references to objects that are in it; kept reachable by whoever keeps the bytes.
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody; the bytes are handed on
    record Written(byte[] bytes, List<Contained> references) {}

    /** Everything in one. */
    Written write(final Object value) {
        return writeWith(value, null);
    }

    /** What is large apart. */
    Payload encode(final Object value) {
        final List<BufferObject> apart = new ArrayList<>(0);
        final Written graph = writeWith(value, apart);
        return apart.isEmpty()
                ? Payload.ofBytes(Format.FORY, ByteBuffer.wrap(graph.bytes()), graph.references())
                : Payload.ofGraph(new OutOfBand(graph.bytes(), apart), graph.references());
    }

    private Written writeWith(final Object value, final List<BufferObject> apart) {
        final Pooled pooled = take();
        try {
            final byte[] bytes = apart == null
                    ? pooled.fory.serialize(value)
                    : pooled.fory.serialize(value, part -> {
                        final boolean small = part.totalBytes() < OUT_OF_BAND_BYTES;
                        return small || !apart.add(part);
                    });
            final List<Contained> references = pooled.takeReferences();
            idle.add(pooled);
            return new Written(bytes, references);
        } catch (final RuntimeException | LinkageError | StackOverflowError e) {
            // The instance is dropped: a failed write may have left it half-way.
            final String type = value.getClass().getName();
            if (isTooDeep(e)) {
                throw tooDeep("a value of " + type + " cannot be sent to another process", e);
            }
            if (pooled.refused != null) {
                throw refused(pooled.refused, "in a value of " + type, e);
            }
            throw new ThornbackException(
                    Code.NOT_SERIALIZABLE,
                    "a value of " + type + " cannot be sent to another process: " + e.getMessage()
                            + "; make it a record or a plain class of serializable fields",
                    e);
        }
    }

    /** Fory may have wrapped the error. */
    private static boolean isTooDeep(final Throwable error) {
        Throwable cause = error;
        for (int i = 0; i < MOST_CAUSES && cause != null; i++, cause = cause.getCause()) {
            if (cause instanceof StackOverflowError) {
                return true;
            }
        }
        return false;
    }

    private static ThornbackException tooDeep(final String what, final Throwable cause) {
        return new ThornbackException(
                Code.NOT_SERIALIZABLE,
                what
                        + ": it is nested too deeply for this thread's stack (a long chain of objects, each inside the one before?);"
                        + " keep them in a list, or give threads more stack (-Xss)",
                cause);
    }

    private static ThornbackException refused(final String className, final String where, final Throwable cause) {
        return new ThornbackException(
                Code.NOT_SERIALIZABLE,
                "class " + className + ", " + where
                        + ", is not one of those that this job allows in values; name it, or"
                        + " its package as a.b.*, in ConnectOptions.withAllowedClasses, 'thornback run --allow-classes',"
                        + " or THORNBACK_JOB_ALLOWED_CLASSES",
                cause);
    }

    /** Reads what {@link #write} wrote. */
    Object read(final ByteBuffer bytes) {
        return read(bytes, null);
    }

    /** Reads what {@link #encode} wrote where nothing was large. */
    Object readGraph(final ByteBuffer graph) {
        return read(graph, List.of()); // it says in its first byte that parts may stand apart; null would be refused
    }

    /** Reads what {@link #encode} wrote with parts apart; byte buffers are read in place, arrays copied. */
    Object readOutOfBand(final ByteBuffer all) {
        final List<MemoryBuffer> parts = OutOfBand.split(all);
        return read(OutOfBand.graphOf(all), parts);
    }

    private Object read(final ByteBuffer graph, final List<MemoryBuffer> parts) {
        final Pooled pooled = take();
        try {
            final MemoryBuffer in = MemoryBuffer.fromByteBuffer(graph);
            final Object value = parts == null ? pooled.fory.deserialize(in) : pooled.fory.deserialize(in, parts);
            idle.add(pooled);
            return value;
        } catch (final RuntimeException | LinkageError | StackOverflowError e) {
            if (isTooDeep(e)) {
                throw tooDeep("a value that was received cannot be read", e);
            }
            if (pooled.refused != null) {
                throw refused(pooled.refused, "in a value that was received", e);
            }
            throw new ThornbackException(
                    Code.NOT_SERIALIZABLE,
                    "a value that was received cannot be read: " + e.getMessage()
                            + "; both sides need the same classes on their class path",
                    e);
        }
    }

    private Pooled take() {
        final Pooled pooled = idle.poll();
        return pooled != null ? pooled : create();
    }

    private Pooled create() {
        LoggerFactory.disableLogging();
        final Fory fory = Fory.builder()
                .withLanguage(Language.JAVA)
                .withRefTracking(true)
                .requireClassRegistration(false)
                .suppressClassRegistrationWarnings(true)
                .withClassLoader(loader)
                .withAsyncCompilation(true)
                .build();
        final Pooled pooled = new Pooled();
        pooled.fory = fory;
        if (!filter.isAny()) {
            fory.getClassResolver().setTypeChecker((resolver, name) -> {
                final boolean allowed = filter.allows(name);
                if (!allowed) {
                    pooled.refused = name;
                }
                return allowed;
            });
        }
        DeclaredTypeSerializer.install(fory);
        for (final Handle<?> handle : handles) {
            register(pooled, handle);
        }
        return pooled;
    }

    private static <T> void register(final Pooled pooled, final Handle<T> handle) {
        pooled.fory.registerSerializer(handle.type(), new HandleSerializer<>(pooled, handle));
    }

    /** Writes a handle as the bytes that it gives. */
    private static final class HandleSerializer<T> extends Serializer<T> {
        private final Handle<T> handle;
        private final Pooled pooled;

        HandleSerializer(final Pooled pooled, final Handle<T> handle) {
            super(pooled.fory, handle.type());
            this.handle = handle;
            this.pooled = pooled;
        }

        @Override
        public void write(final MemoryBuffer buffer, final T value) {
            final byte[] bytes = handle.write().apply(value);
            buffer.writeVarUint32(bytes.length);
            buffer.writeBytes(bytes);
            final ObjectId object = handle.object().apply(value);
            if (object != null) {
                pooled.met(new Contained(object, value));
            }
        }

        @Override
        public T read(final MemoryBuffer buffer) {
            return handle.read().apply(buffer.readBytes(buffer.readVarUint32()));
        }
    }
}
