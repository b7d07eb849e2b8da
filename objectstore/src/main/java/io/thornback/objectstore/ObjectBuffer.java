/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Objects;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * An object in the store, read in place. It pins the object: while it is open the bytes neither move nor change.
 *
 * <p>Offsets and lengths are in bytes, 64-bit; values are little-endian, at any alignment; every access is
 * bounds-checked. Many threads may read. Close it when it is read: {@link #close()} gives the pin back at once, unless
 * slices or NIO buffers were taken from it; those keep the pin until the garbage collector finds them unreachable, as they do
 * with a buffer that is never closed. After close every method but {@code close}, {@code id} and {@code toString}
 * throws {@link IllegalStateException}. Closing while another thread reads is the caller's mistake: that thread gets
 * the exception, or at worst bytes of a newer object.
 *
 * <p>Nothing here blocks; only the methods that return a buffer or an array allocate.
 */
public final class ObjectBuffer implements AutoCloseable {
    private static final int CLOSED = 0;
    private static final int OPEN = 1;
    /** Open, and slices were handed out: the pin goes when all of them are unreachable. */
    private static final int SHARED = 2;
    /** Closed, but slices may live. */
    private static final int SHARED_CLOSED = 3;

    private static final boolean SWAP = ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN;
    private static final long DOUBLES_OFFSET = UnsafeApi.arrayBaseOffset(double[].class);
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(ObjectBuffer.class, "state", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What is left when the buffer is unreachable: enough to give the pin back. */
    static final class PinReference extends WeakReference<Object> implements Reclaimer.Reclaimable {
        private static final int NO_SLOT = -1;

        private final ObjectStoreClient client;
        private int slot = NO_SLOT;
        /** Closed, though slices may live. */
        private volatile boolean closed;

        private ObjectId id;
        private Throwable acquired;

        PinReference(final ObjectBuffer referent, final ObjectStoreClient client) {
            super(referent, Reclaimer.QUEUE);
            this.client = client;
        }

        /** The referent is unreachable. */
        @Override
        public boolean reclaim() {
            if (slot != NO_SLOT && !closed) {
                client.leaks.buffer(id, acquired);
            }
            giveBack();
            return true;
        }

        /** By the last user of the referent, or after it. */
        void giveBack() {
            final int pinned = slot;
            if (pinned != NO_SLOT) {
                slot = NO_SLOT;
                client.unpin(pinned);
            }
        }
    }

    private final ObjectStoreClient client;
    private final PinReference pin;
    private ObjectId id;
    private long address;
    private long length;
    private int metadataLength;
    private int format;
    private int flags;
    private volatile int state;

    ObjectBuffer(final ObjectStoreClient client) {
        this.client = client;
        this.pin = new PinReference(this, client);
    }

    /** Points this closed view at a pinned object. By the thread that pinned it. */
    void open(
            final ObjectId newId,
            final int slot,
            final long newAddress,
            final long newLength,
            final int newMetadataLength,
            final int newFormat,
            final int newFlags) {
        metadataLength = newMetadataLength;
        flags = newFlags;
        pin.id = newId;
        pin.acquired = client.leaks.trace();
        id = newId;
        address = newAddress;
        length = newLength;
        format = newFormat;
        pin.slot = slot;
        STATE.setRelease(this, OPEN);
    }

    /** May be pointed at another object. */
    boolean isReusable() {
        return state == CLOSED;
    }

    PinReference pin() {
        return pin;
    }

    boolean belongsTo(final ObjectStoreClient other) {
        return client == other;
    }

    /** The object's id; also after close. Null on a reusable buffer that was never filled. */
    public ObjectId id() {
        return id;
    }

    /** Bytes of the object, 0 or more. */
    public long length() {
        checkOpen();
        return length;
    }

    /** The byte that {@link WritableObject#format(int)} left with the object, 0..255. */
    public int format() {
        checkOpen();
        return format;
    }

    /** Bytes of metadata beside the object's data, as given at {@link ObjectStoreClient#create(ObjectId, long, CreateOptions)}. */
    public int metadataLength() {
        checkOpen();
        return metadataLength;
    }

    /** Whether its last bytes are the ids of what it contains, see {@link CreateOptions#containing}. */
    public boolean isContainer() {
        checkOpen();
        return (flags & CellDescriptor.CONTAINER) != 0;
    }

    /** A copy of the metadata. */
    public byte[] metadata() {
        checkOpen();
        final byte[] copy = new byte[metadataLength];
        try {
            UnsafeApi.copyMemory(
                    null,
                    address + CellDescriptor.metadataStart(length),
                    copy,
                    BufferUtil.ARRAY_BASE_OFFSET,
                    copy.length);
            checkOpen();
        } finally {
            Reference.reachabilityFence(this);
        }
        return copy;
    }

    /**
     * The whole object as another type, in place and read-only, of any length; now {@code java.lang.foreign.MemorySegment} on Java 22 and later, which
     * this class is not compiled against. The pin stays while the segment, or anything made from it, is reachable. An object of 2 GiB or more needs
     * {@code --enable-native-access} for this module; smaller ones do not.
     *
     * @throws UnsupportedOperationException if this Java has no such type, or the type is no other view of memory, or native access is not enabled
     */
    public <T> T as(final Class<T> type) {
        share();
        return type.cast(Segments.view(this, type, address, length));
    }

    /** The byte at an offset. */
    public byte getByte(final long offset) {
        try {
            return UnsafeApi.getByte(at(offset, Byte.BYTES));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** The 16-bit value at an offset. */
    public short getShort(final long offset) {
        try {
            final short value = UnsafeApi.getShortUnaligned(null, at(offset, Short.BYTES));
            return SWAP ? Short.reverseBytes(value) : value;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** The 32-bit value at an offset. */
    public int getInt(final long offset) {
        try {
            final int value = UnsafeApi.getIntUnaligned(null, at(offset, Integer.BYTES));
            return SWAP ? Integer.reverseBytes(value) : value;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** The 64-bit value at an offset. */
    public long getLong(final long offset) {
        try {
            final long value = UnsafeApi.getLongUnaligned(null, at(offset, Long.BYTES));
            return SWAP ? Long.reverseBytes(value) : value;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** The 32-bit floating-point value at an offset. */
    public float getFloat(final long offset) {
        return Float.intBitsToFloat(getInt(offset));
    }

    /** The 64-bit floating-point value at an offset. */
    public double getDouble(final long offset) {
        return Double.longBitsToDouble(getLong(offset));
    }

    /**
     * Copies bytes out.
     *
     * @param offset where to begin in the object
     * @param target to fill
     * @param targetOffset where to begin in the target
     * @param count bytes to copy
     */
    public void getBytes(final long offset, final byte[] target, final int targetOffset, final int count) {
        Objects.checkFromIndexSize(targetOffset, count, target.length);
        try {
            UnsafeApi.copyMemory(null, at(offset, count), target, BufferUtil.ARRAY_BASE_OFFSET + targetOffset, count);
            // A close by another thread during the copy may have let the memory go: say so rather than hand out the
            // bytes.
            checkOpen();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Copies doubles out, of native order, as {@link WritableObject#put(long, double[])} copied them in.
     *
     * @param offset where to begin in the object, in bytes
     * @param target to fill
     * @param targetIndex where to begin in the target
     * @param count doubles to copy
     */
    public void getDoubles(final long offset, final double[] target, final int targetIndex, final int count) {
        Objects.checkFromIndexSize(targetIndex, count, target.length);
        final long bytes = (long) count * Double.BYTES;
        try {
            UnsafeApi.copyMemory(
                    null, at(offset, bytes), target, DOUBLES_OFFSET + (long) targetIndex * Double.BYTES, bytes);
            checkOpen();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * A part of the object as an Agrona buffer, in place, read-only. It stays valid, and keeps the pin, for as long as it is
     * reachable, also after {@link #close()}.
     */
    public DirectBuffer slice(final long offset, final int count) {
        share();
        return new ReadOnlyBuffer(this, offset, at(offset, count), count);
    }

    /**
     * A part of the object as a read-only NIO buffer, in place, little-endian. It and everything derived from it keep the pin as
     * {@link #slice} does.
     */
    public ByteBuffer byteBuffer(final long offset, final int count) {
        share();
        checkRange(offset, count);
        return keptByteBuffer(offset, count);
    }

    /**
     * The same for one who closes this buffer only when nobody reads what was lent any more: it does not keep the pin, so {@link #close()} gives that
     * back at once.
     */
    public ByteBuffer lend(final long offset, final int count) {
        checkOpen();
        checkRange(offset, count);
        return keptByteBuffer(offset, count);
    }

    /** The whole object as a read-only NIO buffer; for objects below 2 GiB. */
    public ByteBuffer asByteBuffer() {
        return byteBuffer(0, intLength());
    }

    /** The whole object as doubles, in place; a rest of less than 8 bytes is left out. */
    public DoubleBuffer asDoubleBuffer() {
        return asByteBuffer().asDoubleBuffer();
    }

    /** The whole object as floats, in place; a rest of less than 4 bytes is left out. */
    public FloatBuffer asFloatBuffer() {
        return asByteBuffer().asFloatBuffer();
    }

    /** The whole object as longs, in place; a rest of less than 8 bytes is left out. */
    public LongBuffer asLongBuffer() {
        return asByteBuffer().asLongBuffer();
    }

    /** The whole object as ints, in place; a rest of less than 4 bytes is left out. */
    public IntBuffer asIntBuffer() {
        return asByteBuffer().asIntBuffer();
    }

    /**
     * A copy of the whole object.
     *
     * @throws IllegalStateException if it is too long for an array
     */
    public byte[] toByteArray() {
        final byte[] copy = new byte[intLength()];
        getBytes(0, copy, 0, copy.length);
        return copy;
    }

    /** Gives the pin back, or leaves it to the slices that were taken. The second call does nothing. Any thread. */
    @Override
    public void close() {
        if (STATE.compareAndSet(this, OPEN, CLOSED)) {
            try {
                pin.giveBack();
            } finally {
                Reference.reachabilityFence(this);
            }
        } else {
            if (STATE.compareAndSet(this, SHARED, SHARED_CLOSED)) {
                pin.closed = true;
            }
        }
    }

    @Override
    public String toString() {
        final int now = state;
        return "object " + id + (now == OPEN || now == SHARED ? " of " + length + " bytes" : " (closed)");
    }

    /** A NIO buffer over bounds that are checked; tracked, so that the pin outlives it. */
    ByteBuffer keptByteBuffer(final long offset, final int count) {
        return client.files.readOnlyByteBuffer(this, address + offset, count);
    }

    /** From now on the pin is the garbage collector's to give back. CAS: a close by another thread comes first or after. */
    private void share() {
        if (!STATE.compareAndSet(this, OPEN, SHARED) && state != SHARED) {
            throw closed();
        }
    }

    private long at(final long offset, final long count) {
        checkOpen();
        checkRange(offset, count);
        return address + offset;
    }

    private void checkRange(final long offset, final long count) {
        if ((offset | count) < 0 || offset > length - count) {
            throw new IndexOutOfBoundsException(
                    "object " + id + ": offset=" + offset + " count=" + count + " length=" + length);
        }
    }

    private void checkOpen() {
        final int now = (int) STATE.getAcquire(this);
        if (now != OPEN && now != SHARED) {
            throw closed();
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException("the buffer of object " + id + " is closed; get the object again to read it");
    }

    private int intLength() {
        checkOpen();
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException(
                    "object " + id + " has " + length + " bytes, more than one Java buffer holds; read it in slices");
        }
        return (int) length;
    }
}
