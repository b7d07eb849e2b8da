/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.fuzz.FuzzTarget;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.wire.MessageShapes;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.RefusedDecoder;
import io.thornback.transport.wire.RegisterNodeDecoder;
import io.thornback.transport.wire.UnregisterNodeDecoder;
import io.thornback.transport.wire.WireTargets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;

/** A server's port on loopback, and what strangers and members of the cluster send to it; the hello and refusals by themselves. */
public final class NetTargets implements AutoCloseable {
    private static final String SECRET = "5f3c-token";
    private static final NetLimits LIMITS = new NetLimits(64 << 10, 1024, 256 << 10, 64, 8, 400, 2_000, 1_000);
    private static final int CONNECTION_WEIGHT = 1;
    private static final int SOCKET_TIMEOUT_MS = 20_000;

    private final NetLoop loop = NetLoop.start("fuzzed-net");
    private final AtomicReference<AssertionError> wrong = new AtomicReference<>();
    private final NetInbox inbox = new NetInbox(1_024, this::poll);
    private final NetServer server = NetServer.bind(
            loop,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            NetAccess.plainText("cluster", SECRET),
            LIMITS,
            inbox);

    /** On the network thread. */
    private void poll() {
        inbox.poll(
                (connection, templateId, buffer, offset, length) -> {
                    if (!MessageShapes.isWhole(buffer, offset, length)) {
                        wrong.set(new AssertionError("handed over: template=" + templateId + " length=" + length));
                    }
                },
                1_024);
    }

    @Override
    public void close() {
        server.close();
        loop.close();
    }

    /** A connection's bytes from the first on, hellos, refusals. */
    public List<FuzzTarget> all() throws IOException {
        final DirectBuffer hello = NetMessages.hello(PeerKind.RAYLET, SECRET);
        final List<byte[]> streams = new ArrayList<>();
        streams.add(frames(List.of(bytes(hello))));
        for (final int templateId : new int[] {RegisterNodeDecoder.TEMPLATE_ID, UnregisterNodeDecoder.TEMPLATE_ID}) {
            final List<byte[]> messages = new ArrayList<>(WireTargets.messages(templateId));
            messages.add(0, bytes(hello));
            streams.add(frames(messages));
        }
        return List.of(
                FuzzTarget.of("connection", streams, this::send)
                        .covering(FrameDecoder.class, NetConnection.class, NetServer.class, NetMessages.class)
                        .weighing(CONNECTION_WEIGHT),
                FuzzTarget.of("hello", List.of(bytes(hello)), input -> {
                            final NetFrame frame = frame(input);
                            if (frame != null && NetMessages.helloIn(frame) != null) {
                                NetMessages.helloIn(frame).kind();
                            }
                        })
                        .failingWith(IllegalArgumentException.class)
                        .covering(NetMessages.class, NetFrame.class),
                FuzzTarget.of(
                                "refusal",
                                List.of(bytes(NetMessages.refused(1, RefusalCode.QUOTA, 7, "no room"))),
                                input -> {
                                    final NetFrame frame = frame(input);
                                    if (frame != null && frame.templateId() == RefusedDecoder.TEMPLATE_ID) {
                                        NetMessages.refusal(frame);
                                    }
                                })
                        .failingWith(IllegalArgumentException.class)
                        .covering(NetMessages.class));
    }

    /** Null if the decoder of frames would not make one of it. */
    private static NetFrame frame(final byte[] input) {
        return input.length < NetMessages.CORRELATION_ID_OFFSET ? null : new NetFrame(input);
    }

    /** The server ends the connection or goes on, and then serves another. */
    private void send(final byte[] stream) throws IOException {
        final long errors = server.counters().get(NetCounter.HANDLER_ERRORS);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(SOCKET_TIMEOUT_MS);
            write(socket, stream);
            final InputStream in = socket.getInputStream();
            final byte[] answer = new byte[1_024];
            while (readOrReset(in, answer) > 0) {
                // until the server has ended the connection too
            }
        }
        if (wrong.get() != null) {
            throw wrong.get();
        }
        if (server.counters().get(NetCounter.HANDLER_ERRORS) != errors) {
            throw new AssertionError("a handler threw");
        }
        final NetClient client =
                new NetClient(loop, PeerKind.TOOL, JoinToken.plainText(SECRET), LIMITS, new NetInbox(16, () -> {}));
        try {
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
                    .get(SOCKET_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .close("done");
        } catch (final Exception e) {
            throw new AssertionError("the server does not serve the next", e);
        }
    }

    private static void write(final Socket socket, final byte[] stream) {
        try {
            socket.getOutputStream().write(stream);
            socket.shutdownOutput();
        } catch (final IOException e) {
            // The server has ended the connection already.
            if (!socket.isConnected()) {
                throw new AssertionError("never connected", e);
            }
        }
    }

    private static int readOrReset(final InputStream in, final byte[] into) throws IOException {
        try {
            return in.read(into);
        } catch (final java.net.SocketException e) {
            return -1; // reset
        }
    }

    private static byte[] bytes(final DirectBuffer message) {
        final byte[] bytes = new byte[message.capacity()];
        message.getBytes(0, bytes);
        return bytes;
    }

    private static byte[] frames(final List<byte[]> messages) {
        final ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (final byte[] message : messages) {
            stream.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(message.length)
                    .array());
            stream.writeBytes(message);
        }
        return stream.toByteArray();
    }
}
