/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import static io.thornback.objectstore.StoreFixture.LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.ObjectListDecoder;
import io.thornback.transport.wire.ObjectListEncoder;
import io.thornback.transport.wire.ObjectPresence;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedDecoder;
import io.thornback.transport.wire.RefusedEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

/** An answer that is nonsense ends the wait for it, with an error. */
class UnreadableRepliesTest {
    private static final int BLOCK_AT = StoreMessages.HEADER_LENGTH;

    private final Replies replies = new Replies(ignored -> {}, ignored -> {}, null);
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private Reply reply;
    private CompletableFuture<Boolean> waiting;

    private void expect(final Reply expected) {
        reply = replies.expect(expected);
        waiting = CompletableFuture.supplyAsync(
                () -> replies.await(reply, System.nanoTime() + LONG.toNanos(), () -> true));
    }

    private void assertEndsWithAnError(final String words) {
        final CompletionException e =
                assertThrows(CompletionException.class, () -> waiting.orTimeout(10, TimeUnit.SECONDS)
                        .join());
        assertTrue(e.getCause() instanceof ObjectStoreException, e.toString());
        assertTrue(e.getCause().getMessage().contains(words), e.toString());
    }

    private int refusal() {
        final RefusedEncoder refused = new RefusedEncoder();
        refused.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .correlationId(reply.correlationId)
                .code(RefusalCode.DRAINING)
                .limitValue(0)
                .message("enough");
        return BLOCK_AT + refused.encodedLength();
    }

    @Test
    void aRefusalWhoseTextWouldEndBehindIt() {
        expect(new Reply(replies.nextCorrelationId()));
        final int length = refusal();
        buffer.putInt(BLOCK_AT + RefusedDecoder.BLOCK_LENGTH, 1 << 30);
        assertFalse(replies.onMessage(RefusedEncoder.TEMPLATE_ID, buffer, 0, length));
        assertEndsWithAnError("cannot be read");
    }

    @Test
    void aRefusalOfACodeThatThereIsNot() {
        expect(new Reply(replies.nextCorrelationId()));
        final int length = refusal();
        buffer.putByte(BLOCK_AT + RefusedDecoder.codeEncodingOffset(), (byte) 200);
        assertThrows(
                IllegalArgumentException.class, () -> replies.onMessage(RefusedEncoder.TEMPLATE_ID, buffer, 0, length));
        assertEndsWithAnError("cannot be read");
    }

    private int list() {
        final ObjectListEncoder list = new ObjectListEncoder();
        list.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .correlationId(reply.correlationId)
                .nextCursor(-1)
                .objectsCount(1)
                .next()
                .presence(ObjectPresence.SEALED)
                .putObjectId(new byte[ObjectId.LENGTH_BYTES], 0, ObjectId.LENGTH_BYTES);
        return BLOCK_AT + list.encodedLength();
    }

    @Test
    void aListWithAnObjectThatIsNowhere() {
        final List<ObjectInfo> found = new ArrayList<>();
        expect(new ObjectQueries.Page(replies.nextCorrelationId(), found));
        final int length = list();
        buffer.putByte(
                BLOCK_AT
                        + ObjectListDecoder.BLOCK_LENGTH
                        + Integer.BYTES
                        + ObjectListDecoder.ObjectsDecoder.presenceEncodingOffset(),
                (byte) 200);
        assertThrows(
                IllegalArgumentException.class,
                () -> replies.onMessage(ObjectListEncoder.TEMPLATE_ID, buffer, 0, length));
        assertEndsWithAnError("cannot be read");
        assertEquals(List.of(), found);
    }

    @Test
    void aListWithMoreObjectsThanFit() {
        expect(new ObjectQueries.Page(replies.nextCorrelationId(), new ArrayList<>()));
        final int length = list();
        assertFalse(replies.onMessage(ObjectListEncoder.TEMPLATE_ID, buffer, 0, length - 1));
        assertEndsWithAnError("cannot be read");
    }

    @Test
    void whatIsNoAnswerOrNobodysEndsNoWait() {
        expect(new Reply(replies.nextCorrelationId()));
        final int length = refusal();
        buffer.putLong(BLOCK_AT, reply.correlationId + 1);
        assertFalse(replies.onMessage(RefusedEncoder.TEMPLATE_ID, buffer, 0, length - 1));
        buffer.putLong(BLOCK_AT, reply.correlationId);
        assertFalse(replies.onMessage(RefusedEncoder.TEMPLATE_ID, buffer, 0, BLOCK_AT + Long.BYTES - 1));
        assertFalse(reply.isDone());
        assertTrue(replies.onMessage(RefusedEncoder.TEMPLATE_ID, buffer, 0, length));
        assertEndsWithAnError("enough");
    }
}
