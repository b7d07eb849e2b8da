/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Whether the length fields of a message stay within the message. The generated decoders believe them: they reserve memory for what a text or byte field claims, up to
 * 2 GiB, and read what lies behind the message as if it were part of it. So each message that another process wrote is asked for here, once, before a
 * decoder sees it; after that its texts and groups may be read as they come.
 *
 * <p>That holds for what does not change meanwhile. In shared memory a process could write into a message that it has committed; it would have to mean it, and processes of a node
 * trust each other that far.
 *
 * <p>Costs one comparison for a message of fixed length, and one load and comparison for each length field. All methods are pure, allocate nothing, and may be called from any thread.
 */
public final class MessageShapes {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Where the three hellos say which version their sender speaks, after the header; the same in all versions, as is the inbox that follows the block. */
    private static final int HELLO_VERSION_OFFSET = DriverHelloDecoder.schemaVersionEncodingOffset();

    private static final int MOST_TEMPLATES = 400;
    private static final MessageShape[] SHAPES = new MessageShape[MOST_TEMPLATES];
    private static final long[] HEADERS = new long[MOST_TEMPLATES];
    private static final boolean[] HELLOS = new boolean[MOST_TEMPLATES];

    static {
        toTheStore();
        onTheNode();
        betweenHosts();
    }

    private MessageShapes() {}

    /**
     * Whether {@code length} bytes at {@code offset} are one message: the header is that of this schema's version, the block is all there, and no group or text ends behind them. Bytes
     * may be left over. Of a hello in another version only the block and the first text, its sender's inbox, are looked at, which is all that may be read of it. A
     * message that the schema does not have passes: it is its receiver's to refuse.
     *
     * @param length header included
     */
    public static boolean isWhole(DirectBuffer buffer, int offset, int length) {
        if (length < MessageHeaders.LENGTH) {
            return false;
        }
        int templateId = MessageHeaders.templateId(buffer, offset);
        MessageShape shape = shapeOf(templateId);
        if (shape == null) {
            return true;
        }
        int begin = offset + MessageHeaders.LENGTH;
        int end = offset + length;
        if (HELLOS[templateId] && isForeignHello(buffer, begin, end)) {
            int block = MessageHeaders.blockLength(buffer, offset);
            return block >= shape.blockLength
                    && block <= end - begin
                    && MessageShape.textFits(buffer, begin + block, end);
        }
        return buffer.getLong(offset, ORDER) == HEADERS[templateId] && shape.fits(buffer, begin, end);
    }

    /**
     * The same for what travels without a header inside another message.
     *
     * @throws IllegalArgumentException if the schema does not have the message
     */
    public static boolean isWholeBody(int templateId, DirectBuffer buffer, int offset, int length) {
        MessageShape shape = shapeOf(templateId);
        if (shape == null) {
            throw new IllegalArgumentException("templateId=" + templateId + " is no message of the schema");
        }
        return shape.fits(buffer, offset, offset + length);
    }

    /** Null if the schema does not have it. */
    static MessageShape shapeOf(int templateId) {
        return templateId < MOST_TEMPLATES ? SHAPES[templateId] : null;
    }

    private static boolean isForeignHello(DirectBuffer buffer, int begin, int end) {
        return end - begin >= HELLO_VERSION_OFFSET + Integer.BYTES
                && buffer.getInt(begin + HELLO_VERSION_OFFSET, ORDER) != WireVersion.SCHEMA;
    }

    // The rows below say what the schema says: a block's length, how many texts, which groups with the same of each
    // element. A test compares them.

    private static void toTheStore() {
        hello(StoreHelloDecoder.TEMPLATE_ID, StoreHelloDecoder.BLOCK_LENGTH, 1);
        message(StoreWelcomeDecoder.TEMPLATE_ID, StoreWelcomeDecoder.BLOCK_LENGTH);
        message(RefusedDecoder.TEMPLATE_ID, RefusedDecoder.BLOCK_LENGTH, 1);
        message(LeaseRequestDecoder.TEMPLATE_ID, LeaseRequestDecoder.BLOCK_LENGTH);
        message(LeaseGrantDecoder.TEMPLATE_ID, LeaseGrantDecoder.BLOCK_LENGTH, 0, group(12, 0));
        message(SealDecoder.TEMPLATE_ID, SealDecoder.BLOCK_LENGTH);
        message(SealRejectedDecoder.TEMPLATE_ID, SealRejectedDecoder.BLOCK_LENGTH);
        message(WaitObjectDecoder.TEMPLATE_ID, WaitObjectDecoder.BLOCK_LENGTH);
        message(ObjectReadyDecoder.TEMPLATE_ID, ObjectReadyDecoder.BLOCK_LENGTH);
        message(CancelWaitDecoder.TEMPLATE_ID, CancelWaitDecoder.BLOCK_LENGTH);
        message(DeleteObjectDecoder.TEMPLATE_ID, DeleteObjectDecoder.BLOCK_LENGTH);
        message(AbortCellDecoder.TEMPLATE_ID, AbortCellDecoder.BLOCK_LENGTH);
        message(QueryObjectDecoder.TEMPLATE_ID, QueryObjectDecoder.BLOCK_LENGTH);
        message(ObjectStatusDecoder.TEMPLATE_ID, ObjectStatusDecoder.BLOCK_LENGTH);
        message(FlushRequestDecoder.TEMPLATE_ID, FlushRequestDecoder.BLOCK_LENGTH);
        message(FlushReplyDecoder.TEMPLATE_ID, FlushReplyDecoder.BLOCK_LENGTH);
        message(ReleaseJobDecoder.TEMPLATE_ID, ReleaseJobDecoder.BLOCK_LENGTH);
        message(StoreRestartedDecoder.TEMPLATE_ID, StoreRestartedDecoder.BLOCK_LENGTH);
        message(AddReferenceDecoder.TEMPLATE_ID, AddReferenceDecoder.BLOCK_LENGTH);
        message(DropReferenceDecoder.TEMPLATE_ID, DropReferenceDecoder.BLOCK_LENGTH);
        message(ReferencesCompleteDecoder.TEMPLATE_ID, ReferencesCompleteDecoder.BLOCK_LENGTH);
        message(ListObjectsDecoder.TEMPLATE_ID, ListObjectsDecoder.BLOCK_LENGTH);
        message(ObjectListDecoder.TEMPLATE_ID, ObjectListDecoder.BLOCK_LENGTH, 0, group(49, 0));
        message(SubscribeEventsDecoder.TEMPLATE_ID, SubscribeEventsDecoder.BLOCK_LENGTH);
        message(UnsubscribeEventsDecoder.TEMPLATE_ID, UnsubscribeEventsDecoder.BLOCK_LENGTH);
        message(ObjectEventDecoder.TEMPLATE_ID, ObjectEventDecoder.BLOCK_LENGTH);
        message(HoldObjectDecoder.TEMPLATE_ID, HoldObjectDecoder.BLOCK_LENGTH);
        message(ReleaseObjectDecoder.TEMPLATE_ID, ReleaseObjectDecoder.BLOCK_LENGTH);
    }

    private static void onTheNode() {
        hello(DriverHelloDecoder.TEMPLATE_ID, DriverHelloDecoder.BLOCK_LENGTH, 6);
        hello(WorkerHelloDecoder.TEMPLATE_ID, WorkerHelloDecoder.BLOCK_LENGTH, 1);
        message(WelcomeDecoder.TEMPLATE_ID, WelcomeDecoder.BLOCK_LENGTH, 1);
        message(AssignJobDecoder.TEMPLATE_ID, AssignJobDecoder.BLOCK_LENGTH, 4);
        message(ExpectJobDecoder.TEMPLATE_ID, ExpectJobDecoder.BLOCK_LENGTH, 1);
        message(SubmitTaskDecoder.TEMPLATE_ID, SubmitTaskDecoder.BLOCK_LENGTH, 5, group(8, 1), group(1, 2));
        message(RunTaskDecoder.TEMPLATE_ID, RunTaskDecoder.BLOCK_LENGTH, 4);
        message(TaskSpecDecoder.TEMPLATE_ID, TaskSpecDecoder.BLOCK_LENGTH, 3, group(34, 1), group(8, 1), group(0, 1));
        message(TaskResultDecoder.TEMPLATE_ID, TaskResultDecoder.BLOCK_LENGTH, 1);
        message(TaskDoneDecoder.TEMPLATE_ID, TaskDoneDecoder.BLOCK_LENGTH);
        message(TaskFailedDecoder.TEMPLATE_ID, TaskFailedDecoder.BLOCK_LENGTH, 1);
        message(WorkerBlockedDecoder.TEMPLATE_ID, WorkerBlockedDecoder.BLOCK_LENGTH);
        message(WorkerUnblockedDecoder.TEMPLATE_ID, WorkerUnblockedDecoder.BLOCK_LENGTH);
        message(ActorLookupDecoder.TEMPLATE_ID, ActorLookupDecoder.BLOCK_LENGTH, 2);
        message(ActorLocationDecoder.TEMPLATE_ID, ActorLocationDecoder.BLOCK_LENGTH, 3);
        message(KillActorDecoder.TEMPLATE_ID, KillActorDecoder.BLOCK_LENGTH);
        message(StopWorkerDecoder.TEMPLATE_ID, StopWorkerDecoder.BLOCK_LENGTH);
        message(CancelTaskDecoder.TEMPLATE_ID, CancelTaskDecoder.BLOCK_LENGTH);
        message(ReturnTasksDecoder.TEMPLATE_ID, ReturnTasksDecoder.BLOCK_LENGTH);
        message(OwesNothingDecoder.TEMPLATE_ID, OwesNothingDecoder.BLOCK_LENGTH);
        message(AskCallsDecoder.TEMPLATE_ID, AskCallsDecoder.BLOCK_LENGTH);
        message(CallsNowDecoder.TEMPLATE_ID, CallsNowDecoder.BLOCK_LENGTH);
        message(TaskReturnedDecoder.TEMPLATE_ID, TaskReturnedDecoder.BLOCK_LENGTH);
        message(TaskWaitsDecoder.TEMPLATE_ID, TaskWaitsDecoder.BLOCK_LENGTH, 1);
        message(ChangeNodeDecoder.TEMPLATE_ID, ChangeNodeDecoder.BLOCK_LENGTH, 1, group(8, 1), group(1, 2));
        message(NodeChangedDecoder.TEMPLATE_ID, NodeChangedDecoder.BLOCK_LENGTH, 2);
        message(WorkerServesDecoder.TEMPLATE_ID, WorkerServesDecoder.BLOCK_LENGTH, 1);
        message(GoodbyeDecoder.TEMPLATE_ID, GoodbyeDecoder.BLOCK_LENGTH);
        message(TaskResultsDecoder.TEMPLATE_ID, TaskResultsDecoder.BLOCK_LENGTH, 0, group(6, 1));
        message(StreamItemDecoder.TEMPLATE_ID, StreamItemDecoder.BLOCK_LENGTH, 1);
        message(StreamConsumedDecoder.TEMPLATE_ID, StreamConsumedDecoder.BLOCK_LENGTH);
        message(StreamWaitsDecoder.TEMPLATE_ID, StreamWaitsDecoder.BLOCK_LENGTH);
        message(ActorOptionsDecoder.TEMPLATE_ID, ActorOptionsDecoder.BLOCK_LENGTH, 1, group(4, 1));
        message(ActorLeftDecoder.TEMPLATE_ID, ActorLeftDecoder.BLOCK_LENGTH);
        message(AskObjectDecoder.TEMPLATE_ID, AskObjectDecoder.BLOCK_LENGTH, 1);
        message(ObjectAnswerDecoder.TEMPLATE_ID, ObjectAnswerDecoder.BLOCK_LENGTH, 2);
    }

    private static void betweenHosts() {
        message(NetHelloDecoder.TEMPLATE_ID, NetHelloDecoder.BLOCK_LENGTH, 1);
        message(NetWelcomeDecoder.TEMPLATE_ID, NetWelcomeDecoder.BLOCK_LENGTH, 1);
        message(RegisterNodeDecoder.TEMPLATE_ID, RegisterNodeDecoder.BLOCK_LENGTH, 2, group(8, 1));
        message(NodeRegisteredDecoder.TEMPLATE_ID, NodeRegisteredDecoder.BLOCK_LENGTH);
        message(HeartbeatDecoder.TEMPLATE_ID, HeartbeatDecoder.BLOCK_LENGTH, 1, group(16, 1), group(13, 2));
        message(ClusterStateRequestDecoder.TEMPLATE_ID, ClusterStateRequestDecoder.BLOCK_LENGTH);
        message(
                ClusterStateDecoder.TEMPLATE_ID,
                ClusterStateDecoder.BLOCK_LENGTH,
                0,
                group(105, 3, group(16, 1), group(13, 2)),
                group(56, 1));
        message(JobUpdateDecoder.TEMPLATE_ID, JobUpdateDecoder.BLOCK_LENGTH, 1);
        message(JobNotedDecoder.TEMPLATE_ID, JobNotedDecoder.BLOCK_LENGTH);
        message(UnregisterNodeDecoder.TEMPLATE_ID, UnregisterNodeDecoder.BLOCK_LENGTH, 1);
        message(CertificateRequestDecoder.TEMPLATE_ID, CertificateRequestDecoder.BLOCK_LENGTH, 1);
        message(CertificateIssuedDecoder.TEMPLATE_ID, CertificateIssuedDecoder.BLOCK_LENGTH, 2);
        message(ProbeDecoder.TEMPLATE_ID, ProbeDecoder.BLOCK_LENGTH);
        message(ProbeAnswerDecoder.TEMPLATE_ID, ProbeAnswerDecoder.BLOCK_LENGTH);
        message(ProbeForDecoder.TEMPLATE_ID, ProbeForDecoder.BLOCK_LENGTH, 1);
        message(ProbeForAnswerDecoder.TEMPLATE_ID, ProbeForAnswerDecoder.BLOCK_LENGTH);
        message(NodeDrainingDecoder.TEMPLATE_ID, NodeDrainingDecoder.BLOCK_LENGTH, 1);
        message(DrainNodeDecoder.TEMPLATE_ID, DrainNodeDecoder.BLOCK_LENGTH, 1);
        message(DrainNotedDecoder.TEMPLATE_ID, DrainNotedDecoder.BLOCK_LENGTH);
        message(StreamChunkDecoder.TEMPLATE_ID, StreamChunkDecoder.BLOCK_LENGTH);
        message(StreamEndDecoder.TEMPLATE_ID, StreamEndDecoder.BLOCK_LENGTH, 1);
        message(StreamDoneDecoder.TEMPLATE_ID, StreamDoneDecoder.BLOCK_LENGTH);
        message(DescribeObjectDecoder.TEMPLATE_ID, DescribeObjectDecoder.BLOCK_LENGTH);
        message(ObjectDescribedDecoder.TEMPLATE_ID, ObjectDescribedDecoder.BLOCK_LENGTH, 1);
        message(PullObjectDecoder.TEMPLATE_ID, PullObjectDecoder.BLOCK_LENGTH);
        message(FollowNodesDecoder.TEMPLATE_ID, FollowNodesDecoder.BLOCK_LENGTH);
        message(NodeNewsDecoder.TEMPLATE_ID, NodeNewsDecoder.BLOCK_LENGTH, 0, group(33, 2, group(8, 1)));
    }

    private static void message(int templateId, int blockLength) {
        message(templateId, blockLength, 0);
    }

    private static void hello(int templateId, int blockLength, int texts) {
        message(templateId, blockLength, texts);
        HELLOS[templateId] = true;
    }

    private static void message(int templateId, int blockLength, int texts, MessageShape... groups) {
        SHAPES[templateId] = new MessageShape(blockLength, texts, groups);
        HEADERS[templateId] = (long) MessageHeaderEncoder.SCHEMA_VERSION << 48
                | (long) MessageHeaderEncoder.SCHEMA_ID << 32
                | (long) templateId << 16
                | blockLength;
    }

    private static MessageShape group(int blockLength, int texts, MessageShape... groups) {
        return new MessageShape(blockLength, texts, groups);
    }
}
