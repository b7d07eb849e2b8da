/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transfer;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes connections on, and does something to what the server sends, once. */
final class MeddlingProxy implements AutoCloseable {
    enum Deed {
        CUT,
        CHANGE,
        HOLD
    }

    private static final int BUFFER_BYTES = 64 << 10;

    private final ServerSocket listening;
    private final int serverPort;
    private final Deed deed;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    /** Bytes of the server that pass before the deed. */
    private long left;

    private volatile boolean isDone;
    private volatile boolean isReleased;
    private final AtomicInteger connections = new AtomicInteger();

    MeddlingProxy(int serverPort, Deed deed, long afterBytes) throws IOException {
        this.serverPort = serverPort;
        this.deed = deed;
        this.left = afterBytes;
        this.listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        final Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                assertNotNull(e.getMessage()); // one of the two sides has ended, or closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            final Socket client = listening.accept();
            final Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            sockets.add(client);
            sockets.add(server);
            connections.getAndIncrement();
            start(() -> pass(client, server, false));
            start(() -> pass(server, client, true));
        }
    }

    private void pass(Socket from, Socket to, boolean meddles) throws IOException {
        final byte[] buffer = new byte[BUFFER_BYTES];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (meddles && !meddle(buffer, count)) {
                    return;
                }
                out.write(buffer, 0, count);
            }
        }
    }

    /** False if the connection is to be cut. */
    private synchronized boolean meddle(byte[] buffer, int count) throws IOException {
        if (isDone || left >= count) {
            left -= count;
            return true;
        }
        isDone = true;
        switch (deed) {
            case CUT -> {
                return false;
            }
            case CHANGE -> buffer[(int) left] ^= 1;
            default -> hold();
        }
        return true;
    }

    private void hold() throws IOException {
        try {
            while (!isReleased) {
                wait(20);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Whether it has come to the deed. */
    boolean isHolding() {
        return isDone;
    }

    /** Cuts all connections that there are. */
    void cut() {
        try {
            isReleased = true;
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        end();
    }

    /** Cuts all connections and takes none any more. */
    void end() {
        try {
            listening.close();
            cut();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
