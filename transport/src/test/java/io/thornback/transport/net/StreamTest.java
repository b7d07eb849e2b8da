/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.wire.ClusterStateRequestDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.PullObjectDecoder;
import io.thornback.transport.wire.PullObjectEncoder;
import io.thornback.transport.wire.StreamCode;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that sends a pattern of whatever length it is asked for, and a client that receives it. */
class StreamTest extends NetTestSupport {
    private static final int PATTERN_BYTES = 1 << 20;
    private static final int LARGEST_CHUNK = 256 << 10;
    /** Does not end before the connection does. */
    static final long ENDLESS = 1L << 40;

    /** Long enough that it repeats beyond the largest chunk. */
    private final ByteBuffer pattern = pattern();

    private final NetInbox serving = new NetInbox(64, this::serve);
    private final NetServer sender = NetServer.bind(loop, loopback(0), access(), LIMITS, serving);
    /** How the last stream ended for who sent it. */
    final CompletableFuture<StreamOutcome> sent = new CompletableFuture<>();

    /** What is sent but the checksum does not know, and the other way round. */
    private boolean liesAboutTheChecksum;

    private boolean refuses;
    private NetConnection connection;

    private static ByteBuffer pattern() {
        final byte[] bytes = new byte[PATTERN_BYTES + LARGEST_CHUNK];
        new Random(20261127).nextBytes(bytes);
        System.arraycopy(bytes, 0, bytes, PATTERN_BYTES, LARGEST_CHUNK);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    ByteBuffer patternAt(long offset, int length) {
        return pattern.slice((int) (offset % PATTERN_BYTES), length).asReadOnlyBuffer();
    }

    @BeforeEach
    void connectToTheSender() {
        connection = await(client(TOKEN).connect(loopback(sender.port())));
    }

    @AfterEach
    void closeTheSender() {
        sender.close();
    }

    private void serve() {
        serving.poll(this::onFrame, 64);
    }

    private void onFrame(NetConnection from, int templateId, DirectBuffer buffer, int offset, int length) {
        if (templateId == ClusterStateRequestDecoder.TEMPLATE_ID) {
            final ClusterStateRequestDecoder request =
                    new ClusterStateRequestDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
            from.send(RecordingAgent.state(request.correlationId()));
            return;
        }
        final PullObjectDecoder wanted =
                new PullObjectDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        assertTrue(from.streams().accept(wanted.streamId()));
        if (refuses) {
            from.streams().end(wanted.streamId(), StreamCode.NOT_HERE, "no such object");
            return;
        }
        final CRC32C checksum = new CRC32C();
        if (liesAboutTheChecksum) {
            checksum.update(1);
        }
        from.streams()
                .send(
                        wanted.streamId(),
                        new StreamPart(
                                this::patternAt, wanted.position(), wanted.sizeBytes(), checksum, sent::complete));
    }

    static DirectBuffer question(long streamId, long offset, long sizeBytes) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final PullObjectEncoder encoder =
                new PullObjectEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.streamId(streamId).position(offset).sizeBytes(sizeBytes);
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
    }

    /** A memory that keeps nothing but one chunk: what matters is how fast it goes. */
    private CompletableFuture<StreamOutcome> drop(long sizeBytes) {
        final ByteBuffer scratch = ByteBuffer.allocateDirect(LARGEST_CHUNK);
        return receive((offset, length) -> scratch.slice(0, length), sizeBytes);
    }

    private CompletableFuture<StreamOutcome> receive(StreamMemory memory, long sizeBytes) {
        final CompletableFuture<StreamOutcome> ended = new CompletableFuture<>();
        connection
                .streams()
                .receive(
                        new StreamPart(memory, 0, sizeBytes, new CRC32C(), ended::complete),
                        streamId -> question(streamId, 0, sizeBytes));
        return ended;
    }

    private void awaitBytes(long least) throws InterruptedException {
        while (sender.counters().get(NetCounter.STREAM_BYTES_OUT) < least) {
            Thread.sleep(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_512, 65_513, (1 << 20) + 7, 64 << 20})
    void everyByteArrivesWhereItBelongs(int sizeBytes) {
        final ByteBuffer memory = ByteBuffer.allocateDirect(sizeBytes);
        final StreamOutcome outcome = await(receive((offset, length) -> memory.slice((int) offset, length), sizeBytes));
        assertEquals(new StreamOutcome(StreamCode.COMPLETE, sizeBytes, ""), outcome);
        assertTrue(await(sent).isComplete(), "the sender may let its memory go");
        for (int at = 0; at < sizeBytes; at += LARGEST_CHUNK) {
            final int length = Math.min(LARGEST_CHUNK, sizeBytes - at);
            assertEquals(-1, memory.slice(at, length).mismatch(patternAt(at, length)), "at " + at);
        }
        assertEquals(sizeBytes, sender.counters().get(NetCounter.STREAM_BYTES_OUT));
    }

    @Test
    void messagesPassWhileAStreamRuns() {
        final CompletableFuture<StreamOutcome> stream = drop(ENDLESS);
        for (int i = 0; i < 100; i++) {
            await(connection.request(stateRequest(), TimeUnit.SECONDS.toNanos(2)));
        }
        assertFalse(stream.isDone());
        connection.close("enough");
        assertEquals(StreamCode.CLOSED, await(stream).code());
        assertEquals(StreamCode.CLOSED, await(sent).code());
    }

    @Test
    void streamsShareAConnection() {
        final CompletableFuture<StreamOutcome> endless = drop(ENDLESS);
        assertTrue(await(drop(8 << 20)).isComplete(), "it has its turns");
        assertFalse(endless.isDone());
    }

    @Test
    void aReceiverThatWantsNoMoreStopsTheSenderAndNothingElse() throws InterruptedException {
        final CompletableFuture<StreamOutcome> ended = new CompletableFuture<>();
        final ByteBuffer scratch = ByteBuffer.allocateDirect(LARGEST_CHUNK);
        final StreamPart part =
                new StreamPart((offset, length) -> scratch.slice(0, length), 0, ENDLESS, new CRC32C(), ended::complete);
        final long streamId = connection.streams().receive(part, id -> question(id, 0, ENDLESS));
        awaitBytes(1 << 20);
        connection.streams().cancel(streamId, "changed my mind");
        assertEquals(StreamCode.CANCELLED, await(ended).code());
        assertEquals("changed my mind", await(ended).reason());
        assertEquals(StreamCode.CANCELLED, await(sent).code());
        assertTrue(await(drop(1 << 20)).isComplete(), "the connection goes on");
    }

    @Test
    void aSenderCanRefuse() {
        refuses = true;
        final StreamOutcome outcome = await(drop(1 << 20));
        assertEquals(new StreamOutcome(StreamCode.NOT_HERE, 0, "no such object"), outcome);
        assertTrue(connection.isOpen());
    }

    @Test
    void aChecksumThatIsAnotherIsNoticed() {
        liesAboutTheChecksum = true;
        final StreamOutcome outcome = await(drop(1 << 20));
        assertEquals(StreamCode.CORRUPT, outcome.code());
        assertTrue(outcome.reason().startsWith("what came is not what was sent"), outcome.reason());
        assertTrue(await(sent).isComplete(), "the sender has nothing more to do with it");
        assertTrue(connection.isOpen());
    }

    @Test
    void aConnectionThatFallsEndsItsStreamsOnBothSides() throws InterruptedException {
        final CompletableFuture<StreamOutcome> stream = drop(ENDLESS);
        awaitBytes(1 << 20);
        sender.close();
        assertEquals(StreamCode.CLOSED, await(stream).code());
        assertTrue(await(stream).offset() > 0);
        assertEquals(StreamCode.CLOSED, await(sent).code());
        assertEquals(StreamCode.CLOSED, await(drop(1)).code(), "on a closed connection none begins");
    }

    @Test
    void noMoreStreamsThanTheLimitAreAskedFor() {
        for (int i = 0; i < NetStreams.MOST_STREAMS; i++) {
            final CompletableFuture<StreamOutcome> unused = drop(ENDLESS);
        }
        assertEquals(StreamCode.BUSY, await(drop(1)).code());
    }
}
