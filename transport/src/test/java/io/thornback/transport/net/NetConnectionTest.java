/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.net.NetException.Code;
import io.thornback.transport.wire.ClusterStateDecoder;
import io.thornback.transport.wire.ClusterStateRequestDecoder;
import io.thornback.transport.wire.GoodbyeDecoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedDecoder;
import io.thornback.transport.wire.UnregisterNodeDecoder;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Runs with epoll here and with NIO in {@link NioConnectionTest}. */
class NetConnectionTest extends NetTestSupport {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    @Test
    void opensDeliversInOrderAndReportsTheEndOnce() throws Exception {
        final NetConnection connection = connect();
        assertEquals(SendResult.SENT, connection.send(goodbye()));
        assertEquals(SendResult.SENT, connection.send(large(10)));
        final NetConnection seenByServer = serverAgent.next().connection();
        assertTrue(seenByServer.isOpen());
        assertEquals(GoodbyeDecoder.TEMPLATE_ID, serverAgent.next().templateId());
        assertEquals(UnregisterNodeDecoder.TEMPLATE_ID, serverAgent.next().templateId());
        connection.close("done");
        assertEquals("closed by the peer", serverAgent.next().closeReason());
        assertNull(clientAgent.next().closeReason());
        assertEquals("done", clientAgent.next().closeReason());
        assertFalse(connection.isOpen());
        assertEquals(SendResult.CLOSED, connection.send(goodbye()));
        assertEquals(0, connection.outboundBytes());
    }

    @Test
    void answersARequest() throws Exception {
        final NetConnection connection = connect();
        final List<CompletableFuture<NetFrame>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(connection.request(stateRequest(), 20 * SECOND_NS));
        }
        for (int i = 0; i < 4; i++) {
            serverAgent.next();
        }
        for (CompletableFuture<NetFrame> answer : answers) {
            final NetFrame frame = await(answer);
            assertEquals(ClusterStateDecoder.TEMPLATE_ID, frame.templateId());
            assertEquals(
                    7,
                    new ClusterStateDecoder()
                            .wrapAndApplyHeader(frame.buffer(), 0, new MessageHeaderDecoder())
                            .sequence());
        }
    }

    @Test
    void aRequestWithoutAnswerEndsAtItsDeadlineAndTheLateAnswerIsDropped() throws Exception {
        serverAgent.answers = false;
        final NetClient client = client(TOKEN);
        final NetConnection connection = await(client.connect(loopback(server.port())));
        final NetException timeout = failure(connection.request(stateRequest(), SECOND_NS / 50));
        assertEquals(Code.TIMED_OUT, timeout.code());
        assertEquals("no answer from " + connection.peer() + " within 20 ms", timeout.getMessage());
        final NetConnection serverSide = serverAgent.next().connection();
        final RecordingAgent.Seen request = serverAgent.next();
        assertEquals(ClusterStateRequestDecoder.TEMPLATE_ID, request.templateId());
        serverSide.send(RecordingAgent.state(1));
        serverSide.send(goodbye());
        clientAgent.next();
        assertEquals(GoodbyeDecoder.TEMPLATE_ID, clientAgent.next().templateId());
        assertEquals(1, client.counters().get(NetCounter.LATE_ANSWERS));
    }

    @Test
    void requestsFailAtOnceWhenTheConnectionEnds() throws Exception {
        serverAgent.answers = false;
        final NetConnection connection = connect();
        final CompletableFuture<NetFrame> answer = connection.request(stateRequest(), 60 * SECOND_NS);
        serverAgent.next().connection().close("not today");
        assertEquals(Code.CLOSED, failure(answer).code());
        assertEquals(
                Code.CLOSED,
                failure(connection.request(stateRequest(), SECOND_NS)).code());
    }

    @Test
    void aRefusalThatCannotBeReadFailsItsRequestAtOnce() throws Exception {
        final NetClient client = client(TOKEN);
        serverAgent.answers = false;
        final NetConnection connection = await(client.connect(loopback(server.port())));
        final CompletableFuture<NetFrame> answer = connection.request(stateRequest(), 600 * SECOND_NS);
        final NetConnection serverSide = serverAgent.next().connection();
        final UnsafeBuffer refusal = copy(NetMessages.refused(1, RefusalCode.QUOTA, 0, "no"));
        refusal.putByte(MessageHeaderDecoder.ENCODED_LENGTH + RefusedDecoder.codeEncodingOffset(), (byte) 200);
        serverSide.send(refusal);
        final NetException failure = failure(answer);
        assertEquals(Code.BAD_PEER, failure.code());
        assertTrue(failure.getMessage().contains("cannot be read"), failure.getMessage());
        assertNull(clientAgent.next().closeReason());
        assertTrue(clientAgent.next().closeReason().contains("cannot be read"));
        assertEquals(1, client.counters().get(NetCounter.BAD_FRAMES));
    }

    @Test
    void aMessageWhoseLengthsLeadOutOfItEndsTheConnection() throws Exception {
        final NetConnection connection = connect();
        final UnsafeBuffer lying = copy(large(10));
        final int lengthAt = MessageHeaderDecoder.ENCODED_LENGTH + UnregisterNodeDecoder.BLOCK_LENGTH;
        lying.putInt(lengthAt, 11, ByteOrder.LITTLE_ENDIAN);
        connection.send(large(10));
        connection.send(lying);
        connection.send(large(10));
        assertNull(serverAgent.next().closeReason());
        assertEquals(UnregisterNodeDecoder.TEMPLATE_ID, serverAgent.next().templateId());
        assertTrue(serverAgent.next().closeReason().contains("length fields lead out of it"));
        assertEquals(1, server.counters().get(NetCounter.BAD_FRAMES));
    }

    private static UnsafeBuffer copy(DirectBuffer message) {
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[message.capacity()]);
        copy.putBytes(0, message, 0, message.capacity());
        return copy;
    }

    @Test
    void aFullTableOfRequestsRefusesTheNext() {
        serverAgent.answers = false;
        final NetConnection connection = connect();
        for (int i = 0; i < LIMITS.maxPendingRequests(); i++) {
            assertFalse(connection.request(stateRequest(), 60 * SECOND_NS).isDone());
        }
        assertEquals(
                Code.BACK_PRESSURE,
                failure(connection.request(stateRequest(), 60 * SECOND_NS)).code());
    }

    @Test
    void theServersCloseReachesClientsInGoodOrder() throws Exception {
        final NetConnection connection = connect();
        serverAgent.next().connection().send(large(1_000));
        server.close();
        clientAgent.next();
        assertEquals(UnregisterNodeDecoder.TEMPLATE_ID, clientAgent.next().templateId());
        assertEquals("closed by the peer", clientAgent.next().closeReason());
        assertFalse(connection.isOpen());
    }

    @Test
    void nobodyListeningIsAnErrorThatNamesTheAddress() {
        final int port = server.port();
        server.close();
        final NetException refused = failure(client(TOKEN).connect(loopback(port)));
        assertEquals(Code.CANNOT_CONNECT, refused.code());
        assertTrue(refused.getMessage().contains("127.0.0.1:" + port), refused.getMessage());
    }

    @Test
    void aPortInUseIsAnErrorThatNamesAddressAndRemedy() {
        final NetException failure = assertThrows(
                NetException.class,
                () -> NetServer.bind(loop, loopback(server.port()), access(), NetLimits.CONTROL, clientAgent.inbox));
        assertEquals(Code.PORT_IN_USE, failure.code());
        assertEquals(
                "cannot listen on 127.0.0.1:" + server.port() + ": another process listens on port " + server.port()
                        + "; stop it ('ss -ltnp' names it), or choose another port (0 takes any free one)",
                failure.getMessage());
    }

    @Test
    void aMessageLongerThanAFrameIsTheCallersMistake() {
        final NetConnection connection = connect();
        assertThrows(IllegalArgumentException.class, () -> connection.send(large(LIMITS.maxFrameLength())));
        assertEquals(0, connection.outboundBytes());
    }

    @Test
    void aSlowReaderFillsTheQueueAndThenGetsEverything() throws Exception {
        final NetConnection connection = connect();
        int sent = 0;
        // The server's agent does not poll: its inbox (64), the socket buffers and then our own queue fill up.
        SendResult result = SendResult.SENT;
        while (result == SendResult.SENT || server.counters().get(NetCounter.INBOX_FULL) == 0) {
            result = connection.send(large(60_000));
            sent += result == SendResult.SENT ? 1 : 0;
            assertTrue(sent < 100_000, "no back-pressure");
            Thread.onSpinWait();
        }
        assertTrue(connection.outboundBytes() <= LIMITS.maxOutboundBytes());
        assertTrue(connection.isOpen());
        serverAgent.next();
        for (int i = 0; i < sent; i++) {
            assertEquals(UnregisterNodeDecoder.TEMPLATE_ID, serverAgent.next().templateId());
        }
        assertEquals(SendResult.SENT, connection.send(goodbye()));
        assertEquals(GoodbyeDecoder.TEMPLATE_ID, serverAgent.next().templateId());
    }

    @Test
    void aReaderThatNeverReadsIsCutWhenTheServerStops() throws Exception {
        connect();
        final NetConnection serverSide = serverAgent.next().connection();
        while (serverSide.send(large(60_000)) == SendResult.SENT) {
            assertTrue(serverSide.outboundBytes() <= LIMITS.maxOutboundBytes());
        }
        server.close();
        assertTrue(serverAgent.next().closeReason().contains("stops"));
    }

    @Test
    void aHandlerThatThrowsCostsOnlyItsOwnConnection() throws Exception {
        final NetConnection bad = connect();
        final NetConnection good = connect();
        assertNull(serverAgent.next().closeReason());
        assertNull(serverAgent.next().closeReason());
        bad.send(goodbye());
        while (serverAgent.inbox.size() == 0) {
            Thread.onSpinWait();
        }
        serverAgent.inbox.poll((connection, templateId, buffer, offset, length) -> buffer.getLong(length), 1);
        assertEquals(1, server.counters().get(NetCounter.HANDLER_ERRORS));
        assertTrue(serverAgent.next().closeReason().contains("could not be handled"));
        assertTrue(good.isOpen());
    }
}
