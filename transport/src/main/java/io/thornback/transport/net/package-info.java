/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */

/**
 * Connections between hosts, and from tools to the head: Netty on epoll, with the same SBE messages as on lanes.
 *
 * <p><b>Frame.</b> A length, 4 bytes little-endian, of what follows; an SBE {@code messageHeader}; the message. A
 * length beyond the limit, another schema id, a first message that is no hello, or a later one whose length fields lead
 * out of it ends the connection: it is counted, and one line names the peer. Before the hello the limit is 4 KiB, after it 1 MiB.
 *
 * <p><b>Hello.</b> The connecting side sends {@code NetHello(schemaVersion, kind, token)} and gets {@code NetWelcome}, or
 * {@code Refused} with the reason and a half-closed socket. The layout of {@code NetHello} and {@code Refused} is frozen
 * across versions: it is what tells two versions apart. Tokens are compared in constant time.
 *
 * <p><b>TLS</b> comes before the hello, and the hello's secret is shown only inside it: see
 * {@link io.thornback.transport.trust}. Plain text is for loopback ({@link io.thornback.transport.net.NetAccess}). On a
 * port where TLS is spoken the first bytes are looked at before an engine is made for them: a peer in plain text is told
 * so in plain text, and garbage costs nothing. Handshakes run on the network thread, 5 ms each; handshake and hello
 * together have one time-out, and those who are at them have a limit of their own, beyond which the oldest goes.
 *
 * <p><b>Requests.</b> A request and its answer start with a correlation id. Each has a deadline; when the connection
 * ends, all that wait fail at once. Answers complete a future on the network thread; everything else goes to the
 * agent.
 *
 * <p><b>Streams.</b> Bytes of any length, in chunks between the messages: see {@link io.thornback.transport.net.NetStreams}.
 *
 * <p><b>Threads.</b> One {@linkplain io.thornback.transport.net.NetLoop event loop} per process does all network work. It
 * hands events to an agent through a bounded JCTools queue, {@link io.thornback.transport.net.NetInbox}, and a wake-up.
 * Full means: stop reading that socket until the agent has caught up. Senders are never blocked either: a message that
 * would take the outbound queue over its limit is answered with {@code FULL}, and the caller decides whether that
 * message matters (a heartbeat does not: the next one says more).
 *
 * <p><b>Memory.</b> Buffers are unpooled. A pool's arenas pay off from tens of thousands of messages a second; here
 * there are tens, and each role's footprint is part of every node's.
 */
package io.thornback.transport.net;
