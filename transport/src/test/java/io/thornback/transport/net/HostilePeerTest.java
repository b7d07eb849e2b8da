/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.thornback.transport.net.NetException.Code;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.NetHelloEncoder;
import io.thornback.transport.wire.NetWelcomeDecoder;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.RefusalCode;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostilePeerTest extends NetTestSupport {
    private static DirectBuffer helloOfVersion(int version) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final NetHelloEncoder encoder = new NetHelloEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.schemaVersion(version).kind(PeerKind.RAYLET).token(TOKEN);
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
    }

    @Test
    @Timeout(60)
    void theLeakTrapSeesABufferThatIsLost() throws Exception {
        final Thread losing = new Thread(
                () -> UnpooledByteBufAllocator.DEFAULT.directBuffer(16).writeInt(1));
        losing.start();
        losing.join();
        List<String> leaks = LeakTrap.take();
        while (leaks.isEmpty()) {
            leaks = LeakTrap.take();
        }
        assertEquals(1, leaks.size());
        assertTrue(leaks.get(0).contains("HostilePeerTest"), leaks.get(0));
    }

    private long count(NetCounter counter) {
        return server.counters().get(counter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong", "5f3c-tokeN", "5f3c-token-and-more"})
    void refusesAWrongToken(String token) {
        final NetException failure = failure(client(token).connect(loopback(server.port())));
        assertEquals(RefusalCode.AUTHENTICATION, ((NetRefusedException) failure).refusal());
        assertEquals(
                "127.0.0.1:" + server.port()
                        + " refused this process: wrong token; use the one that the head node's session holds",
                failure.getMessage());
        assertEquals(1, count(NetCounter.WRONG_TOKEN));
        assertEquals(0, serverAgent.inbox.size(), "the agent hears nothing of strangers");
    }

    @Test
    void refusesAnotherVersionAndNamesBoth() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.frame(helloOfVersion(99));
            final NetRefusedException refusal = NetMessages.refusal(peer.read());
            assertEquals(RefusalCode.VERSION_MISMATCH, refusal.refusal());
            assertEquals(NetHelloEncoder.SCHEMA_VERSION, refusal.limitValue());
            assertTrue(refusal.getMessage().startsWith("schema version 99 is not spoken here"), refusal.getMessage());
            assertTrue(peer.isEnded());
        }
        assertEquals(1, count(NetCounter.WRONG_VERSION));
    }

    @Test
    void theRefusalArrivesThoughThePeerHasSentMore() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.frame(helloOfVersion(99));
            peer.frame(goodbye());
            peer.frame(goodbye());
            assertEquals(
                    RefusalCode.VERSION_MISMATCH,
                    NetMessages.refusal(peer.read()).refusal());
        }
    }

    @Test
    void closesOnGarbageAndStillServesOthers() throws Exception {
        final Random random = new Random(20261123);
        final List<byte[]> garbage = new ArrayList<>();
        garbage.add("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        garbage.add(new byte[64]);
        garbage.add(new byte[] {-1, -1, -1, -1, 0});
        garbage.add(new byte[] {16, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
        for (int i = 0; i < 50; i++) {
            final byte[] bytes = new byte[20 + random.nextInt(2000)];
            random.nextBytes(bytes);
            bytes[3] |= 1;
            garbage.add(bytes);
        }
        for (byte[] bytes : garbage) {
            try (RawPeer peer = new RawPeer(server.port())) {
                peer.out.write(bytes);
                assertTrue(peer.isEnded());
            }
        }
        assertEquals(garbage.size(), count(NetCounter.BAD_FRAMES) + count(NetCounter.OVERSIZED_FRAMES));
        assertTrue(connect().isOpen());
    }

    @Test
    void closesOnAFirstMessageThatIsNoHello() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.frame(goodbye());
            assertTrue(peer.isEnded());
        }
        assertEquals(1, count(NetCounter.BAD_FRAMES));
    }

    @Test
    void closesOnAHelloWhoseTokenLengthLies() throws Exception {
        final UnsafeBuffer hello = new UnsafeBuffer(new byte[64]);
        final DirectBuffer honest = helloOfVersion(NetHelloEncoder.SCHEMA_VERSION);
        hello.putBytes(0, honest, 0, honest.capacity());
        hello.putInt(MessageHeaderEncoder.ENCODED_LENGTH + NetHelloEncoder.BLOCK_LENGTH, 1 << 30);
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.frame(hello);
            assertTrue(peer.isEnded());
        }
        assertEquals(1, count(NetCounter.BAD_FRAMES));
    }

    @Test
    void aStrangersFrameMayNotBeLongerThanAHello() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.frame(large(LIMITS.maxHelloLength()));
            assertTrue(peer.isEnded());
        }
        assertEquals(1, count(NetCounter.OVERSIZED_FRAMES));
    }

    @Test
    void closesOnAnOversizedFrameAfterTheHello() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.frame(helloOfVersion(NetHelloEncoder.SCHEMA_VERSION));
            assertEquals(NetWelcomeDecoder.TEMPLATE_ID, peer.read().templateId());
            peer.frame(goodbye());
            peer.frame(large(LIMITS.maxFrameLength()));
            assertTrue(peer.isEnded());
        }
        serverAgent.next();
        assertEquals(0, serverAgent.next().connection().outboundBytes());
        assertTrue(serverAgent.next().closeReason().contains("limit=" + LIMITS.maxFrameLength()));
        assertEquals(1, count(NetCounter.OVERSIZED_FRAMES));
    }

    @Test
    void closesOnSilence() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            assertTrue(peer.isEnded());
        }
        assertEquals(1, count(NetCounter.HELLO_TIMEOUTS));
    }

    @Test
    void closesConnectionsOverTheLimitAtOnce() throws Exception {
        final List<NetConnection> open = new ArrayList<>();
        for (int i = 0; i < LIMITS.maxConnections(); i++) {
            open.add(connect());
        }
        assertEquals(
                Code.CANNOT_CONNECT,
                failure(client(TOKEN).connect(loopback(server.port()))).code());
        assertEquals(1, count(NetCounter.OVER_LIMIT));
        open.get(0).close("make room");
        for (int i = 0; i < LIMITS.maxConnections(); i++) {
            serverAgent.next();
        }
        assertEquals("closed by the peer", serverAgent.next().closeReason());
        assertTrue(connect().isOpen());
    }

    @Test
    void aServerThatSpeaksAnotherProtocolIsNamed() throws Exception {
        try (ServerSocket other = new ServerSocket(0)) {
            final Thread answering = new Thread(() -> {
                try (Socket socket = other.accept();
                        OutputStream out = socket.getOutputStream()) {
                    out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    socket.getInputStream().readAllBytes();
                } catch (java.io.IOException e) {
                    assertTrue(e.getMessage().contains("reset"), e.getMessage());
                }
            });
            answering.start();
            final NetClient client = client(TOKEN);
            final NetException failure = failure(client.connect(loopback(other.getLocalPort())));
            assertEquals(Code.BAD_PEER, failure.code());
            assertTrue(failure.getMessage().contains("is it a Thornback head node?"), failure.getMessage());
            answering.join();
            // What one peer said is not held against the next, which may just be starting.
            final Thread closing = new Thread(() -> {
                try {
                    other.accept().close();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            closing.start();
            assertEquals(
                    Code.CANNOT_CONNECT,
                    failure(client.connect(loopback(other.getLocalPort()))).code());
            closing.join();
        }
    }
}
