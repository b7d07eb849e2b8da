/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import io.thornback.objectstore.ObjectBuffer;
import io.thornback.objectstore.ObjectId;
import io.thornback.objectstore.ObjectLostException;
import io.thornback.objectstore.ObjectStoreClient;
import io.thornback.objectstore.ObjectTimeoutException;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetHandler;
import io.thornback.transport.net.NetMessages;
import io.thornback.transport.net.SendResult;
import io.thornback.transport.net.StreamPart;
import io.thornback.transport.wire.DescribeObjectDecoder;
import io.thornback.transport.wire.PullObjectDecoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.StreamCode;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * Gives the objects of a node's store to other nodes. Its messages come on the network thread, where it answers nothing: a few threads of its own ask the
 * store, which may have to read an object from disk first. An object is pinned from the moment it is found until its receiver has said that
 * it has it, or wants it no more, or the connection fell.
 */
public final class ObjectServer implements NetHandler, AutoCloseable {
    private static final int THREADS = 4;
    private static final int MOST_QUESTIONS = 1_024;
    private static final Duration RESTORE_TIMEOUT = Duration.ofSeconds(30);

    private final ObjectStoreClient store;
    private final String nodeId;
    private final ThreadPoolExecutor workers = Workers.create("object-server", THREADS, MOST_QUESTIONS);
    private final AtomicInteger sending = new AtomicInteger();

    /**
     * @param store stays the caller's, who closes it after this
     * @param nodeId this node's; questions to another are refused
     */
    public ObjectServer(ObjectStoreClient store, String nodeId) {
        this.store = store;
        this.nodeId = nodeId;
    }

    /** Objects that are pinned for a receiver now. */
    public int sending() {
        return sending.get();
    }

    @Override
    public void onFrame(NetConnection from, int templateId, DirectBuffer buffer, int offset, int length) {
        if (templateId == DescribeObjectDecoder.TEMPLATE_ID) {
            final TransferCodec.Describe question = TransferCodec.describe(buffer, offset);
            run(() -> describe(from, question), () -> refuse(from, question, RefusalCode.QUEUE_FULL, "it is too busy"));
        } else if (templateId == PullObjectDecoder.TEMPLATE_ID) {
            final TransferCodec.Wanted wanted = TransferCodec.pull(buffer, offset);
            if (from.streams().accept(wanted.streamId())) {
                run(() -> send(from, wanted), () -> end(from, wanted, StreamCode.BUSY, "it is too busy"));
            }
        } else {
            from.close("unexpected message, template " + templateId);
        }
    }

    private void run(Runnable task, Runnable ifFull) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException e) {
            ifFull.run();
        }
    }

    private void describe(NetConnection from, TransferCodec.Describe question) {
        if (!question.nodeId().equals(nodeId)) {
            refuse(from, question, RefusalCode.NOT_ADMITTED, "it is node " + nodeId);
            return;
        }
        try (ObjectBuffer object = find(question.id())) {
            if (object == null) {
                refuse(from, question, RefusalCode.OBJECT_NOT_HERE, "it does not have the object");
            } else {
                answer(from, TransferCodec.described(question.correlationId(), ObjectShape.of(object)));
            }
        } catch (RuntimeException e) {
            refuse(from, question, RefusalCode.QUEUE_FULL, e.toString());
        }
    }

    private static void refuse(NetConnection from, TransferCodec.Describe question, RefusalCode code, String why) {
        answer(from, NetMessages.refused(question.correlationId(), code, 0, why));
    }

    private static void answer(NetConnection to, DirectBuffer answer) {
        if (to.send(answer) == SendResult.FULL) {
            to.close("does not read its answers");
        }
    }

    /** Pinned, or null if the store has not got it. */
    private ObjectBuffer find(ObjectId id) {
        final ObjectBuffer found = store.get(id);
        if (found != null || !store.contains(id)) {
            return found;
        }
        try {
            return store.get(id, RESTORE_TIMEOUT);
        } catch (ObjectLostException | ObjectTimeoutException e) {
            return null;
        }
    }

    private void send(NetConnection from, TransferCodec.Wanted wanted) {
        ObjectBuffer object = null;
        boolean isHandedOver = false;
        try {
            object = find(wanted.id());
            if (object == null || object.length() != wanted.sizeBytes()) {
                end(from, wanted, StreamCode.NOT_HERE, "it does not have the object as it was described");
                return;
            }
            final StreamPart part = part(object, wanted);
            isHandedOver = true;
            sending.incrementAndGet();
            from.streams().send(wanted.streamId(), part);
        } catch (RuntimeException e) {
            end(from, wanted, StreamCode.FAILED, e.toString());
        } finally {
            if (object != null && !isHandedOver) {
                object.close();
            }
        }
    }

    private StreamPart part(ObjectBuffer object, TransferCodec.Wanted wanted) {
        final ObjectMemory memory = ObjectMemory.of(object);
        final CRC32C checksum = ObjectShape.of(object).beginChecksum();
        for (long at = 0; at < wanted.position(); at += ObjectMemory.CHUNK_BYTES) {
            checksum.update(memory.at(at, (int) Math.min(ObjectMemory.CHUNK_BYTES, wanted.position() - at)));
        }
        return new StreamPart(memory, wanted.position(), wanted.sizeBytes(), checksum, outcome -> {
            object.close();
            sending.decrementAndGet();
        });
    }

    private static void end(NetConnection from, TransferCodec.Wanted wanted, StreamCode code, String why) {
        from.streams().end(wanted.streamId(), code, why);
    }

    /** Takes no more questions. What is being sent ends with its connection. */
    @Override
    public void close() {
        workers.shutdown();
    }
}
