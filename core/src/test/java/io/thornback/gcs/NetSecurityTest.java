/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetClient;
import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetCounter;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.net.NetRefusedException;
import io.thornback.transport.net.NetServer;
import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.Credential;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.trust.ServerTls;
import io.thornback.transport.wire.PeerKind;
import io.thornback.transport.wire.RefusalCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.agrona.concurrent.SystemEpochClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Who is refused, over real sockets: each is told why in words that help, costs one line in the server's log that names
 * it, and takes nothing from anybody else. What the server logs is heard by {@link LogTrap}.
 */
class NetSecurityTest {
    private static final Instant START = now();
    private static final CertificateAuthority OURS = CertificateAuthority.create("0a".repeat(16), START);
    private static final CertificateAuthority THEIRS = CertificateAuthority.create("0b".repeat(16), START);
    private static final String SECRET = "5e".repeat(32);
    private static final JoinToken TOKEN = JoinToken.encrypted(OURS.fingerprint(), SECRET);

    private static final NetLimits LIMITS = limits(3_000);

    private final LogTrap log = LogTrap.of(NetServer.class);
    private final NetLoop loop = NetLoop.start("security-test");
    private NetServer server = serve(NetSecurityTest::good);

    private static Credential good(Instant now) {
        return OURS.issue(PeerRole.GCS, now.minusSeconds(60), now.plusSeconds(3_600));
    }

    private static Instant now() {
        return Instant.now();
    }

    private static NetLimits limits(int helloTimeoutMs) {
        return new NetLimits(64 << 10, 1024, 256 << 10, 4, 8, helloTimeoutMs, 5_000, 1_000);
    }

    private static Credential issue(CertificateAuthority authority, PeerRole role, int fromHours, int untilHours) {
        return authority.issue(role, START.plus(Duration.ofHours(fromHours)), START.plus(Duration.ofHours(untilHours)));
    }

    private NetServer serve(Function<Instant, Credential> issuer) {
        return serve(NetAccess.encrypted("ours", SECRET, new ServerTls(issuer, SystemEpochClock.INSTANCE)));
    }

    private NetServer serve(NetAccess access) {
        return serve(access, LIMITS);
    }

    private NetServer serve(NetAccess access, NetLimits limits) {
        return NetServer.bind(
                loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), access, limits, inbox());
    }

    /** Instead of the good one. */
    private void restart(Function<Instant, Credential> issuer) {
        server.close();
        server = serve(issuer);
    }

    private static NetInbox inbox() {
        return new NetInbox(256, () -> {});
    }

    private NetConnection connect(JoinToken token, int port) {
        NetClient client = new NetClient(loop, PeerKind.TOOL, token, NetLimits.CONTROL, inbox());
        try {
            return client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NetException known) {
                throw known;
            }
            throw new AssertionError(e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private NetException refused(JoinToken token) {
        return assertThrows(NetException.class, () -> connect(token, server.port()));
    }

    private Socket raw(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Reads until the server has ended the connection, and returns what it said. */
    private static byte[] untilEnd(Socket socket) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(said);
        } catch (java.net.SocketException e) {
            assertTrue(e.getMessage().contains("reset"), e.getMessage());
        }
        return said.toByteArray();
    }

    private long count(NetCounter counter) {
        return server.counters().get(counter);
    }

    /** One line, with the peer's address, and the next honest peer is welcome. */
    private void assertOneLine(String what, String peer, String why) {
        List<String> lines = log.await(1);
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.get(0).startsWith(what + ": peer=" + peer), lines.get(0));
        assertTrue(lines.get(0).contains(why), lines.get(0));
        assertFalse(lines.get(0).contains(SECRET), "the secret is in the log");
    }

    private void assertServes() {
        assertTrue(connect(TOKEN, server.port()).isOpen());
    }

    @AfterEach
    void closeAll() {
        server.close();
        loop.close();
        log.close();
    }

    @Test
    void aWrongToken() {
        NetException failure = refused(JoinToken.encrypted(OURS.fingerprint(), "0f".repeat(32)));
        assertEquals(RefusalCode.AUTHENTICATION, ((NetRefusedException) failure).refusal());
        assertOneLine("refusing a peer", "127.0.0.1:", "wrong token");
        assertEquals(1, count(NetCounter.WRONG_TOKEN));
        assertServes();
    }

    @Test
    void noToken() {
        NetException failure = refused(JoinToken.encrypted(OURS.fingerprint(), ""));
        assertEquals(RefusalCode.AUTHENTICATION, ((NetRefusedException) failure).refusal());
        assertOneLine("refusing a peer", "127.0.0.1:", "wrong token");
        assertServes();
    }

    /** A client that does not trust the server shows it nothing. */
    private void assertUntrusted(String why) {
        NetException failure = refused(TOKEN);
        assertEquals(NetException.Code.UNTRUSTED, failure.code());
        assertTrue(
                failure.getMessage().startsWith("127.0.0.1:" + server.port() + " is not trusted: " + why),
                failure.getMessage());
        assertOneLine("refusing a peer", "127.0.0.1:", "does not trust this cluster's certificate");
        assertEquals(0, count(NetCounter.FRAMES_IN), "the secret was shown");
        assertEquals(NetException.Code.UNTRUSTED, refused(TOKEN).code());
    }

    @Test
    void anExpiredCertificate() {
        restart(now -> issue(OURS, PeerRole.GCS, -3, -2));
        assertUntrusted("its certificate has expired: it ended at ");
    }

    @Test
    void aCertificateThatIsNotValidYet() {
        restart(now -> issue(OURS, PeerRole.GCS, 2, 3));
        assertUntrusted("its certificate is not valid yet: it begins at ");
    }

    @Test
    void anotherClustersCertificateThoughTheSecretIsRight() {
        restart(now -> issue(THEIRS, PeerRole.GCS, -1, 1));
        assertUntrusted("it belongs to another cluster: ");
    }

    @Test
    void anotherClustersCertificateUnderThisClustersAuthority() {
        restart(now -> {
            Credential theirs = issue(THEIRS, PeerRole.GCS, -1, 1);
            return new Credential(theirs.key(), theirs.certificate(), OURS.certificate());
        });
        assertUntrusted("its certificate was not issued by its cluster's authority");
    }

    @Test
    void aCertificateOfThisClusterWithoutItsKey() {
        restart(now -> new Credential(
                issue(THEIRS, PeerRole.GCS, -1, 1).key(),
                issue(OURS, PeerRole.GCS, -1, 1).certificate(),
                OURS.certificate()));
        NetException failure = refused(TOKEN);
        assertEquals(NetException.Code.BAD_PEER, failure.code());
        assertEquals(0, count(NetCounter.FRAMES_IN), "the secret was shown");
    }

    @Test
    void aCertificateOfAnotherRole() {
        restart(now -> issue(OURS, PeerRole.NODE, -1, 1));
        assertUntrusted("its certificate is for 'thornback://" + OURS.clusterId() + "/node'");
    }

    @Test
    void plainTextWhereTlsIsSpoken() {
        NetException failure = refused(JoinToken.plainText(SECRET));
        assertEquals(RefusalCode.AUTHENTICATION, ((NetRefusedException) failure).refusal());
        assertTrue(failure.getMessage().contains("connections are encrypted"), failure.getMessage());
        assertOneLine("refusing a peer", "127.0.0.1:", "this process speaks plain text");
        assertEquals(0, count(NetCounter.HELLOS));
        assertServes();
    }

    @Test
    void tlsWherePlainTextIsSpoken() {
        server.close();
        server = serve(NetAccess.plainText("ours", SECRET));
        NetException failure = refused(TOKEN);
        assertEquals(NetException.Code.BAD_PEER, failure.code());
        assertTrue(
                failure.getMessage().contains("speaks plain text, and this token is for encrypted"),
                failure.getMessage());
        assertTrue(failure.getMessage().contains("--insecure"), failure.getMessage());
        assertOneLine("refusing a peer", "127.0.0.1:", "this process speaks TLS");
        assertEquals(0, count(NetCounter.HELLOS), "the secret was shown");
        assertTrue(connect(JoinToken.plainText(SECRET), server.port()).isOpen());
    }

    @Test
    void garbage() throws IOException {
        Random random = new Random(20261125);
        List<byte[]> garbage = new ArrayList<>();
        garbage.add("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        garbage.add(new byte[64]);
        for (int number = 0; number < 40; number++) {
            byte[] bytes = new byte[32 + random.nextInt(2_000)];
            random.nextBytes(bytes);
            if (number % 2 == 0) {
                // Begins as TLS does, with a record that is all there.
                System.arraycopy(new byte[] {22, 3, 1, 0, 20}, 0, bytes, 0, 5);
            }
            garbage.add(bytes);
        }
        for (byte[] bytes : garbage) {
            try (Socket peer = raw(server.port())) {
                peer.getOutputStream().write(bytes);
                untilEnd(peer);
            }
        }
        assertEquals(0, count(NetCounter.FRAMES_IN));
        // One line for a host and what it does: cut off before TLS, and refused at TLS.
        List<String> lines = log.await(3);
        assertTrue(lines.size() < garbage.size() / 4, lines::toString);
        assertTrue(
                lines.stream()
                        .anyMatch(line -> line.matches(
                                "closing a connection: peer=127.0.0.1:[0-9]+ speaks neither TLS nor this protocol")),
                lines::toString);
        assertTrue(
                lines.stream().anyMatch(line -> line.matches("refusing a peer: peer=127.0.0.1:[0-9]+ failed at TLS.*")),
                lines::toString);
        assertServes();
    }

    @Test
    void theReplayOfARecordedConnection() throws Exception {
        byte[] recorded;
        try (Relay relay = new Relay(server.port())) {
            NetConnection connection = connect(TOKEN, relay.port());
            connection.close("recorded");
            recorded = relay.finish();
        }
        assertEquals(1, count(NetCounter.HELLOS));
        assertFalse(new String(recorded, StandardCharsets.ISO_8859_1).contains(SECRET), "the secret can be read");
        try (Socket peer = raw(server.port())) {
            peer.getOutputStream().write(recorded);
            untilEnd(peer);
            assertOneLine("refusing a peer", "127.0.0.1:" + peer.getLocalPort(), "failed at TLS");
        }
        assertEquals(1, count(NetCounter.HELLOS), "the recording was admitted");
        assertEquals(1, count(NetCounter.TLS_FAILURES));
        assertServes();
    }

    @Test
    void aHandshakeThatIsNeverFinished() throws IOException {
        try (Socket peer = raw(server.port())) {
            peer.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1, 0});
            assertServes();
            assertArrayEquals(new byte[0], untilEnd(peer));
            assertOneLine(
                    "closing a connection", "127.0.0.1:" + peer.getLocalPort(), "no TLS handshake within 3000 ms");
        }
        assertEquals(1, count(NetCounter.HELLO_TIMEOUTS));
        assertServes();
    }

    @Test
    void thoseWhoSayNothingGiveTheirPlacesUp() throws Exception {
        server.close();
        // A place is taken from a stranger after half of that.
        server = serve(
                NetAccess.encrypted("ours", SECRET, new ServerTls(NetSecurityTest::good, SystemEpochClock.INSTANCE)),
                limits(8_000));
        List<Socket> silent = new ArrayList<>();
        for (int number = 0; number < LIMITS.maxConnections(); number++) {
            silent.add(raw(server.port()));
        }
        assertEquals(NetException.Code.CANNOT_CONNECT, refused(TOKEN).code(), "nobody has had time yet");
        NetConnection honest = null;
        while (honest == null) {
            try {
                honest = connect(TOKEN, server.port());
            } catch (NetException e) {
                assertEquals(NetException.Code.CANNOT_CONNECT, e.code());
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        assertTrue(honest.isOpen());
        untilEnd(silent.get(0));
        assertTrue(
                log.await(2).stream().anyMatch(line -> line.contains("others wait for its place")),
                () -> log.await(0).toString());
        for (Socket peer : silent) {
            peer.close();
        }
    }

    /** Passes bytes on in both directions, and keeps what the client sent. */
    private static final class Relay implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        private final Thread thread;

        Relay(int to) throws IOException {
            thread = new Thread(() -> relay(to), "relay");
            thread.start();
        }

        int port() {
            return listening.getLocalPort();
        }

        private void relay(int to) {
            try (Socket client = listening.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), to)) {
                Thread back = new Thread(() -> copy(server, client, null), "relay-back");
                back.start();
                copy(client, server, recorded);
                server.shutdownOutput();
                back.join(30_000);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private static void copy(Socket from, Socket to, ByteArrayOutputStream record) {
            byte[] buffer = new byte[4096];
            try {
                for (int n = from.getInputStream().read(buffer);
                        n > 0;
                        n = from.getInputStream().read(buffer)) {
                    if (record != null) {
                        record.write(buffer, 0, n);
                    }
                    to.getOutputStream().write(buffer, 0, n);
                }
            } catch (IOException e) {
                assertTrue(String.valueOf(e.getMessage()).matches("(?i).*(reset|closed|broken pipe).*"), e.toString());
            }
        }

        byte[] finish() throws InterruptedException {
            thread.join(30_000);
            assertFalse(thread.isAlive(), "the relay still runs");
            return recorded.toByteArray();
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
