/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.ClusterStateRequestEncoder;
import io.thornback.transport.wire.GoodbyeEncoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.UnregisterNodeEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

/** A server, its agent, and peers of it, all on loopback. */
abstract class NetTestSupport {
    static {
        // Before the first buffer: the detector is chosen once.
        LeakTrap.install();
    }

    static final String TOKEN = "5f3c-token";
    static final NetLimits LIMITS = new NetLimits(64 << 10, 1024, 256 << 10, 4, 8, 1_000, 2_000, 1_000);

    final NetLoop loop = startLoop();
    final RecordingAgent serverAgent = new RecordingAgent(64);
    final RecordingAgent clientAgent = new RecordingAgent(64);
    NetServer server = listen(serverAgent);

    NetLoop startLoop() {
        return NetLoop.start("net-test");
    }

    NetServer listen(RecordingAgent agent) {
        return NetServer.bind(loop, loopback(0), access(), LIMITS, agent.inbox);
    }

    NetAccess access() {
        return NetAccess.plainText("cluster-1", TOKEN);
    }

    JoinToken token(String secret) {
        return JoinToken.plainText(secret);
    }

    @AfterAll
    static void noBufferWasLost() {
        LeakTrap.assertNoLeaks();
    }

    @AfterEach
    void closeAll() {
        server.close();
        loop.close();
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    NetClient client(String token) {
        return new NetClient(loop, PeerKind.TOOL, token(token), LIMITS, clientAgent.inbox);
    }

    NetConnection connect() {
        return await(client(TOKEN).connect(loopback(server.port())));
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NetException known) {
                throw known;
            }
            throw new AssertionError(e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static NetException failure(CompletableFuture<?> future) {
        return assertThrows(NetException.class, () -> await(future));
    }

    static DirectBuffer stateRequest() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final ClusterStateRequestEncoder encoder =
                new ClusterStateRequestEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(-5);
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
    }

    static DirectBuffer goodbye() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        new GoodbyeEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH);
    }

    static DirectBuffer large(int textLength) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final UnregisterNodeEncoder encoder =
                new UnregisterNodeEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.reason("x".repeat(textLength));
        return new UnsafeBuffer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
    }

    /** A plain socket, for peers that do not keep to the protocol. */
    static final class RawPeer implements AutoCloseable {
        final Socket socket;
        final OutputStream out;
        final InputStream in;

        RawPeer(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
            out = socket.getOutputStream();
            in = socket.getInputStream();
        }

        void frame(DirectBuffer message) throws IOException {
            final byte[] bytes = new byte[4 + message.capacity()];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(message.capacity());
            message.getBytes(0, bytes, 4, message.capacity());
            out.write(bytes);
        }

        NetFrame read() throws IOException {
            final int length = ByteBuffer.wrap(in.readNBytes(4))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt();
            return new NetFrame(in.readNBytes(length));
        }

        /** Whether the server has ended the connection; waits for it. */
        boolean isEnded() {
            try {
                return in.readNBytes(1 << 20).length == 0;
            } catch (IOException e) {
                return e.getMessage().contains("reset");
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
