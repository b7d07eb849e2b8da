/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** A blocking socket with an engine of the JDK on it and nothing else: what TLS costs at least. One thread. */
final class RawTls {
    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer encryptedIn;
    private final ByteBuffer encryptedOut;

    RawTls(SocketChannel channel, SSLEngine engine) {
        this.channel = channel;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        encryptedIn = ByteBuffer.allocate(16 * packet).flip();
        encryptedOut = ByteBuffer.allocate(16 * packet);
    }

    /** Writes all that remains. */
    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            encryptedOut.clear();
            while (bytes.hasRemaining()
                    && engine.wrap(bytes, encryptedOut).getStatus() != SSLEngineResult.Status.BUFFER_OVERFLOW) {
                // as many records as there is room for
            }
            flush();
        }
    }

    private void flush() throws IOException {
        encryptedOut.flip();
        while (encryptedOut.hasRemaining()) {
            channel.write(encryptedOut);
        }
    }

    /** Reads one record at least, if what remains has room for the largest one. */
    void read(ByteBuffer bytes) throws IOException {
        int before = bytes.position();
        while (bytes.position() == before) {
            if (engine.unwrap(encryptedIn, bytes).getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                fill();
            }
        }
    }

    private void fill() throws IOException {
        encryptedIn.compact();
        int count = channel.read(encryptedIn);
        encryptedIn.flip();
        if (count < 0) {
            throw new EOFException();
        }
    }

    void handshake() throws IOException {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        ByteBuffer early = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        engine.beginHandshake();
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_WRAP) {
                encryptedOut.clear();
                engine.wrap(nothing, encryptedOut);
                flush();
            } else if (status == HandshakeStatus.NEED_TASK) {
                engine.getDelegatedTask().run();
            } else if (status == HandshakeStatus.NEED_UNWRAP) {
                if (engine.unwrap(encryptedIn, early).getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                    fill();
                }
            } else {
                return;
            }
        }
    }
}
