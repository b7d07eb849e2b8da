/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.NetHelloEncoder;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.StreamChunkEncoder;
import io.thornback.transport.wire.StreamCode;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that receives a stream of 100 bytes from a peer that does not keep to the rules. */
class HostileStreamTest extends NetTestSupport {
    private static final int SIZE = 100;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(SIZE);
    private final CompletableFuture<StreamOutcome> ended = new CompletableFuture<>();
    private RawPeer peer;
    private long streamId;

    @BeforeEach
    void askThePeer() throws Exception {
        peer = new RawPeer(server.port());
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final NetHelloEncoder hello = new NetHelloEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        hello.schemaVersion(NetHelloEncoder.SCHEMA_VERSION)
                .kind(PeerKind.RAYLET)
                .token(TOKEN);
        peer.frame(new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + hello.encodedLength()));
        peer.read();
        final StreamPart part = new StreamPart(
                (offset, length) -> memory.slice((int) offset, length), 0, SIZE, new CRC32C(), ended::complete);
        streamId = serverAgent.next().connection().streams().receive(part, id -> StreamTest.question(id, 0, SIZE));
        peer.read();
    }

    @AfterEach
    void leave() throws Exception {
        peer.close();
    }

    private static DirectBuffer chunk(long streamId, long offset, int length) {
        final UnsafeBuffer buffer = new UnsafeBuffer(
                new byte[MessageHeaderEncoder.ENCODED_LENGTH + StreamChunkEncoder.BLOCK_LENGTH + length]);
        new StreamChunkEncoder()
                .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .streamId(streamId)
                .position(offset);
        return buffer;
    }

    private void expectTheEnd() {
        assertTrue(peer.isEnded());
        assertEquals(StreamCode.CLOSED, await(ended).code());
        assertEquals(1, server.counters().get(NetCounter.BAD_FRAMES));
    }

    @Test
    void whatKeepsToTheRulesIsTaken() throws Exception {
        peer.frame(chunk(streamId, 0, 60));
        peer.frame(chunk(streamId, 60, 40));
        final CRC32C checksum = new CRC32C();
        checksum.update(new byte[SIZE]);
        peer.frame(StreamMessages.end(streamId, StreamCode.COMPLETE, checksum.getValue(), ""));
        assertTrue(await(ended).isComplete());
        assertEquals(streamId, StreamMessages.done(peer.read()));
    }

    @Test
    void closesOnAChunkThatNobodyHasAskedFor() throws Exception {
        peer.frame(chunk(streamId + 1, 0, 10));
        expectTheEnd();
    }

    @Test
    void closesOnAChunkThatGoesBeyondTheEnd() throws Exception {
        peer.frame(chunk(streamId, 0, 60));
        peer.frame(chunk(streamId, 60, 41));
        expectTheEnd();
        assertEquals(60, await(ended).offset());
    }

    @Test
    void closesOnAChunkThatLeavesSomethingOut() throws Exception {
        peer.frame(chunk(streamId, 1, 10));
        expectTheEnd();
    }

    @Test
    void closesOnAChunkWithANegativeOffset() throws Exception {
        peer.frame(chunk(streamId, -10, 10));
        expectTheEnd();
    }

    @Test
    void closesOnAnEndThatComesTooEarly() throws Exception {
        peer.frame(chunk(streamId, 0, 60));
        peer.frame(StreamMessages.end(streamId, StreamCode.COMPLETE, 0, ""));
        expectTheEnd();
    }

    @Test
    void closesOnAnEndOfNoStream() throws Exception {
        peer.frame(StreamMessages.end(streamId + 1, StreamCode.NOT_HERE, 0, "gone"));
        expectTheEnd();
    }

    @Test
    void closesOnAnEndWithACodeThatIsNone() throws Exception {
        final DirectBuffer end = StreamMessages.end(streamId, StreamCode.NOT_HERE, 0, "gone");
        final UnsafeBuffer changed = new UnsafeBuffer(new byte[end.capacity()]);
        changed.putBytes(0, end, 0, end.capacity());
        changed.putByte(MessageHeaderEncoder.ENCODED_LENGTH + 12, (byte) 77);
        peer.frame(changed);
        expectTheEnd();
    }

    @Test
    void closesOnAChunkThatIsTooLongForAFrame() throws Exception {
        peer.frame(chunk(streamId, 0, LIMITS.maxFrameLength()));
        assertTrue(peer.isEnded());
        assertEquals(1, server.counters().get(NetCounter.OVERSIZED_FRAMES));
    }

    @Test
    void theEndOfWhatWasNeverSentIsNoGarbage() throws Exception {
        peer.frame(StreamMessages.done(7));
        peer.frame(StreamMessages.end(streamId, StreamCode.NOT_HERE, 0, "gone"));
        assertEquals(StreamCode.NOT_HERE, await(ended).code());
        assertFalse(server.counters().get(NetCounter.BAD_FRAMES) > 0);
    }
}
