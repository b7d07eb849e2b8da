/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An object that is being made, written in place. Write it, then {@link #seal()}; {@link #close()} without seal gives it up. Its
 * content is undefined until written, not zero.
 *
 * <p>Offsets and lengths are in bytes, 64-bit. Several threads may write disjoint parts; one seals, after the others are
 * done. Slices and NIO buffers point into shared memory and must not be written after seal, abort or close: the store
 * cannot take them back, and the next object may be there.
 *
 * <p>One that is neither sealed nor closed holds its memory until the garbage collector finds it, and all slices of it, unreachable; then it is given up, and
 * that is reported as an error of the program.
 */
public final class WritableObject implements AutoCloseable {
    private static final int OPEN = 0;
    private static final int SEALED = 1;
    private static final int ABORTED = 2;

    private static final int MAX_COPY_BYTES = 1 << 30;
    private static final long DOUBLES_OFFSET = UnsafeApi.arrayBaseOffset(double[].class);
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(WritableObject.class, "state", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ObjectStoreClient client;
    private final ObjectId id;
    private final long token;
    private final long address;
    private final long sizeBytes;
    private final long lengthBytes;
    private final int metadataLength;
    private final int flags;
    private final Leaks.Unsealed watch;
    private int format;

    private volatile int state;

    WritableObject(
            final ObjectStoreClient client,
            final ObjectId id,
            final long token,
            final long address,
            final long sizeBytes,
            final CreateOptions options) {
        this.client = client;
        this.id = id;
        this.token = token;
        this.address = address;
        this.sizeBytes = sizeBytes;
        this.lengthBytes = options.lengthOf(sizeBytes);
        this.flags = options.flags();
        this.metadataLength = options.metadata().length;
        Contents.write(address, sizeBytes, options.contents());
        UnsafeApi.copyMemory(
                options.metadata(),
                BufferUtil.ARRAY_BASE_OFFSET,
                null,
                address + CellDescriptor.metadataStart(lengthBytes),
                metadataLength);
        this.watch = client.leaks.watch(this, token);
    }

    /** The object's id. */
    public ObjectId id() {
        return id;
    }

    /** Bytes of the object, as asked for at create. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** The byte kept with the object. */
    public int format() {
        return format;
    }

    /**
     * Sets a byte that is kept with the object and means nothing to the store.
     *
     * @param newFormat 0..255
     * @return this
     */
    public WritableObject format(final int newFormat) {
        Objects.checkIndex(newFormat, 256);
        checkOpen();
        format = newFormat;
        return this;
    }

    /** A part of the object as an Agrona buffer, in place. */
    public MutableDirectBuffer slice(final long offset, final int length) {
        return new Slice(this, at(offset, length), length);
    }

    /** A part of the object as a NIO buffer, in place, little-endian. */
    public ByteBuffer byteBuffer(final long offset, final int length) {
        at(offset, length);
        return client.files.writableByteBuffer(this, address + offset, length);
    }

    /** Writes one byte. */
    public void putByte(final long offset, final byte value) {
        try {
            UnsafeApi.putByte(at(offset, Byte.BYTES), value);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Writes a 32-bit value, little-endian. */
    public void putInt(final long offset, final int value) {
        try {
            UnsafeApi.putIntUnaligned(null, at(offset, Integer.BYTES), value, false);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Writes a 64-bit value, little-endian. */
    public void putLong(final long offset, final long value) {
        try {
            UnsafeApi.putLongUnaligned(null, at(offset, Long.BYTES), value, false);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Writes a 64-bit floating-point value, little-endian. */
    public void putDouble(final long offset, final double value) {
        putLong(offset, Double.doubleToRawLongBits(value));
    }

    /** Copies a whole array in. */
    public void put(final long offset, final byte[] source) {
        put(offset, source, 0, source.length);
    }

    /** Copies a part of an array in. */
    public void put(final long offset, final byte[] source, final int sourceOffset, final int length) {
        Objects.checkFromIndexSize(sourceOffset, length, source.length);
        try {
            UnsafeApi.copyMemory(source, BufferUtil.ARRAY_BASE_OFFSET + sourceOffset, null, at(offset, length), length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Copies a whole array of doubles in, in native order. */
    public void put(final long offset, final double[] source) {
        final long length = (long) source.length * Double.BYTES;
        try {
            UnsafeApi.copyMemory(source, DOUBLES_OFFSET, null, at(offset, length), length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Copies a part of an Agrona buffer in. */
    public void put(final long offset, final DirectBuffer source, final int sourceOffset, final int length) {
        source.boundsCheck(sourceOffset, length);
        try {
            UnsafeApi.copyMemory(
                    source.byteArray(), source.addressOffset() + sourceOffset, null, at(offset, length), length);
        } finally {
            Reference.reachabilityFence(source);
            Reference.reachabilityFence(this);
        }
    }

    /** Copies what remains of a NIO buffer in, and moves its position. */
    public void put(final long offset, final ByteBuffer source) {
        byteBuffer(offset, source.remaining()).put(source);
    }

    /**
     * Reads from a file straight into the object. Blocks as the file does.
     *
     * @param channel to read from; its own position is left alone
     * @param position in the file
     * @param offset in the object
     * @param count bytes to read
     * @throws EOFException if the file ends before
     * @throws IOException as the channel throws it
     */
    public void transferFrom(final FileChannel channel, final long position, final long offset, final long count)
            throws IOException {
        at(offset, count);
        long done = 0;
        while (done < count) {
            final int chunk = (int) Math.min(MAX_COPY_BYTES, count - done);
            final int read = channel.read(byteBuffer(offset + done, chunk), position + done);
            if (read < 0) {
                throw new EOFException("file ends at " + (position + done) + ", " + (count - done) + " bytes missing");
            }
            done += read;
        }
    }

    /** Fills the whole object from a file, beginning at a position of it; see the other form. */
    public void transferFrom(final FileChannel channel, final long position) throws IOException {
        transferFrom(channel, position, 0, sizeBytes);
    }

    /**
     * Makes the object visible to all, under its id. Does not wait for the store: this client finds it at once, every
     * other one by the time it can have learned the id from this one. If another object of the id was sealed before, this one is
     * dropped, see {@link ClientOptions#onSealRejected()} and {@link ObjectStoreClient#flush}.
     *
     * <p>If it throws, nothing is sealed for sure, and it may be tried again.
     *
     * @throws IllegalStateException if it was sealed or closed before
     * @throws StoreUnavailableException if the store is gone
     */
    public void seal() {
        if (!STATE.compareAndSet(this, OPEN, SEALED)) {
            throw notOpen();
        }
        boolean sealed = false;
        try {
            client.seal(id, token, lengthBytes, metadataLength, format, flags);
            sealed = true;
            watch.done();
        } finally {
            if (!sealed) {
                STATE.setVolatile(this, OPEN);
            }
        }
    }

    /** Gives the object up; nothing remains of it. Does nothing after seal or abort. */
    public void abort() {
        if (STATE.compareAndSet(this, OPEN, ABORTED)) {
            watch.done();
            client.abort(token);
        }
    }

    /** {@link #abort()}, if not sealed. */
    @Override
    public void close() {
        abort();
    }

    @Override
    public String toString() {
        return "object " + id + " of " + sizeBytes + " bytes, being written";
    }

    private long at(final long offset, final long length) {
        checkOpen();
        if ((offset | length) < 0 || offset > sizeBytes - length) {
            throw new IndexOutOfBoundsException(
                    "object " + id + ": offset=" + offset + " length=" + length + " sizeBytes=" + sizeBytes);
        }
        return address + offset;
    }

    private void checkOpen() {
        if (state != OPEN) {
            throw notOpen();
        }
        client.checkOpen();
    }

    private IllegalStateException notOpen() {
        return new IllegalStateException("object " + id + " was " + (state == SEALED ? "sealed" : "given up")
                + " and cannot be written any more");
    }

    /** A slice that keeps the object, and with it the mapping, reachable. */
    private static final class Slice extends UnsafeBuffer {
        @SuppressWarnings("UnusedVariable") // its job is to be referred to
        private final WritableObject owner;

        Slice(final WritableObject owner, final long address, final int length) {
            super(address, length);
            this.owner = owner;
        }
    }
}
