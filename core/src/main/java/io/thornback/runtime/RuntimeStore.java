/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.GetTimeoutException;
import io.thornback.ObjectRef;
import io.thornback.ObjectStore;
import io.thornback.ObjectWriter;
import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectTimeoutException;
import io.thornback.objectstore.WritableObject;
import io.thornback.serialization.Format;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import org.agrona.MutableDirectBuffer;

/** The store as a user sees it: ids are chosen here, and results are references. */
final class RuntimeStore implements ObjectStore {
    private final ClientRuntime runtime;

    RuntimeStore(final ClientRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public ObjectWriter create(final long sizeBytes) {
        runtime.checkOpen();
        final ObjectEntry entry = runtime.objects().owned(runtime.nextPutId());
        final WritableObject target = runtime.objects().store().create(entry.id, sizeBytes, Limits.STORE_TIMEOUT);
        target.format(Format.BUFFER);
        return new Writer(target, entry);
    }

    @Override
    public ObjectRef<ObjectBuffer> put(final byte[] bytes) {
        try (ObjectWriter writer = create(bytes.length)) {
            writer.byteBuffer(0, bytes.length).put(bytes);
            return writer.seal();
        }
    }

    @Override
    public ObjectBuffer get(final ObjectId id) {
        runtime.checkOpen();
        return runtime.objects().store().get(id);
    }

    @Override
    public ObjectBuffer get(final ObjectId id, final Duration timeout) {
        runtime.checkOpen();
        try {
            return runtime.objects().store().get(id, timeout);
        } catch (final ObjectTimeoutException e) {
            throw new GetTimeoutException(e.getMessage(), e);
        }
    }

    @Override
    public boolean contains(final ObjectId id) {
        runtime.checkOpen();
        return runtime.objects().store().contains(id);
    }

    @Override
    public void delete(final ObjectId id) {
        runtime.checkOpen();
        runtime.objects().delete(id);
        runtime.objects().store().flush(Limits.STORE_TIMEOUT); // so that this process, at least, sees it gone
    }

    private final class Writer implements ObjectWriter {
        private final WritableObject target;
        private final ObjectEntry entry;

        Writer(final WritableObject target, final ObjectEntry entry) {
            this.target = target;
            this.entry = entry;
        }

        @Override
        public long sizeBytes() {
            return target.sizeBytes();
        }

        @Override
        public MutableDirectBuffer slice(final long offset, final int length) {
            return target.slice(offset, length);
        }

        @Override
        public ByteBuffer byteBuffer(final long offset, final int length) {
            return target.byteBuffer(offset, length);
        }

        @Override
        public long transferFrom(final FileChannel channel) throws IOException {
            final long from = channel.position();
            final long count = Math.min(target.sizeBytes(), Math.max(0, channel.size() - from));
            target.transferFrom(channel, from, 0, count);
            channel.position(from + count);
            return count;
        }

        @Override
        public ObjectRef<ObjectBuffer> seal() {
            target.seal();
            entry.completeStored();
            return new RuntimeRef<>(entry, runtime.objects());
        }

        @Override
        public void close() {
            target.close();
        }
    }
}
