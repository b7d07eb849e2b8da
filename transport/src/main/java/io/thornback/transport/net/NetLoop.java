/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process's one network thread: all its connections are read and written here, with epoll, or with NIO where epoll's
 * library cannot be loaded. Nothing on it blocks. Buffers are not pooled: control traffic is light, and arenas would
 * cost each role more memory than they save.
 *
 * <p>The owner closes it after the servers and connections that use it.
 */
public final class NetLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetLoop.class);
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final EventLoop eventLoop;
    private final boolean epoll;

    private NetLoop(String threadName, boolean epoll) {
        this.epoll = epoll;
        final IoHandlerFactory factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.eventLoop = new SingleThreadIoEventLoop(
                null,
                task -> {
                    final Thread thread = new Thread(task, threadName);
                    thread.setDaemon(true);
                    return thread;
                },
                factory);
    }

    /** Starts with epoll if it can; says in the log why, if it cannot. */
    public static NetLoop start(String threadName) {
        // Asked before any Netty class reads them. The machine id is otherwise made from the network interfaces.
        setIfAbsent("io.netty.machineId", "00:00:00:00:00:00:00:00");
        setIfAbsent("io.netty.processId", Long.toString(ProcessHandle.current().pid() & 0x3FFFFF));
        final boolean epoll = Epoll.isAvailable();
        if (!epoll) {
            LOG.warn("epoll is not available, using NIO: {}", String.valueOf(Epoll.unavailabilityCause()));
        }
        return new NetLoop(threadName, epoll);
    }

    /** With NIO whatever the platform offers; for tests. */
    static NetLoop startNio(String threadName) {
        return new NetLoop(threadName, false);
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    public boolean isEpoll() {
        return epoll;
    }

    /** Whether the caller is the network thread, which must never wait for an answer. */
    public boolean isCurrentThread() {
        return eventLoop.inEventLoop();
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    ByteBufAllocator allocator() {
        return UnpooledByteBufAllocator.DEFAULT;
    }

    SocketChannel newSocketChannel() {
        return epoll ? new EpollSocketChannel() : new NioSocketChannel();
    }

    ServerChannel newServerChannel() {
        return epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    }

    /**
     * Runs a task on the network thread, soon, after those that were given before; what it throws is logged. The task must not block.
     *
     * @return false if the thread has ended, or is about to: it does not run
     */
    public boolean execute(Runnable task) {
        try {
            eventLoop.submit(task).addListener(NetLoop::logFailure);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Runs a task on the network thread later; what it throws is logged. The task must not block. */
    public void schedule(Runnable task, long delayMs) {
        eventLoop.schedule(task, delayMs, TimeUnit.MILLISECONDS).addListener(NetLoop::logFailure);
    }

    /** For futures that nobody waits for: Netty would keep their failures to itself. */
    static void logFailure(Future<?> done) {
        if (!done.isSuccess() && !done.isCancelled() && !(done.cause() instanceof IOException)) {
            LOG.warn("a network task failed", done.cause());
        }
    }

    static void close(Channel channel) {
        channel.close().addListener(NetLoop::logFailure);
    }

    /** Ends the thread; connections that are still open are cut. Waits until it has ended. */
    @Override
    public void close() {
        if (!eventLoop
                .shutdownGracefully(0, CLOSE_TIMEOUT_MS / 2, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_TIMEOUT_MS)) {
            LOG.warn("the network thread did not end within {} ms", CLOSE_TIMEOUT_MS);
        }
    }
}
