/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.Credential;
import io.thornback.transport.trust.JoinToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterIdentityTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final List<String> FILES = List.of("authority.crt", "authority.key", "checksums", "secret");

    @TempDir
    private Path dir;

    private SessionLayout session(int number) throws IOException {
        SessionLayout session = SessionLayout.of(dir, dir.resolve("shm"), "session-" + number);
        Files.createDirectories(session.session());
        return session;
    }

    private ClusterIdentity open() throws IOException {
        return ClusterIdentity.open(session(1), NOW);
    }

    private Path file(String name) {
        return dir.resolve("cluster").resolve(name);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private String refused() {
        return assertThrows(NodeException.class, this::open).getMessage();
    }

    @Test
    void isTheSameFromStartToStart() throws IOException {
        ClusterIdentity first = open();
        ClusterIdentity second = ClusterIdentity.open(session(2), NOW.plusSeconds(86_400));
        assertEquals(first.token().text(), second.token().text());
        assertEquals(first.clusterId(), second.clusterId());
        assertEquals(32, first.clusterId().length());
    }

    @Test
    void isOfItsUserAloneAndLeavesNothingElse() throws IOException {
        open();
        assertEquals("rwx------", mode(dir.resolve("cluster")));
        Set<String> names = new TreeSet<>();
        try (var files = Files.list(dir.resolve("cluster"))) {
            for (Path file : files.toList()) {
                names.add(file.getFileName().toString());
                assertEquals("rw-------", mode(file), file.toString());
            }
        }
        assertEquals(FILES, List.copyOf(names));
        try (var left = Files.list(dir.resolve("session-1"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void theTokenForPlainTextDoesNotTellTheOther() throws IOException {
        ClusterIdentity identity = open();
        JoinToken plainText = JoinToken.parse(identity.plainTextToken().text());
        assertTrue(plainText.isPlainText());
        assertNotEquals(identity.token().secret(), plainText.secret());
        assertEquals(
                identity.token().text(),
                JoinToken.parse(identity.token().text()).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"authority.crt", "authority.key", "checksums", "secret"})
    void aFileThatIsMissingEmptyOrChangedIsRefusedAndNothingIsMadeAnew(String name) throws IOException {
        String token = open().token().text();
        byte[] bytes = Files.readAllBytes(file(name));
        byte[] flipped = bytes.clone();
        flipped[bytes.length / 2] ^= 1;
        for (byte[] damaged : new byte[][] {{}, flipped, null}) {
            if (damaged == null) {
                Files.delete(file(name));
            } else {
                Files.write(file(name), damaged, StandardOpenOption.TRUNCATE_EXISTING);
            }
            String message = refused();
            assertTrue(message.startsWith("the cluster's identity is damaged: " + dir.resolve("cluster")), message);
            assertTrue(message.contains(name), message);
            assertTrue(message.contains("restore the folder from a backup"), message);
        }
        Files.write(file(name), bytes);
        Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-------"));
        assertEquals(token, open().token().text());
    }

    @Test
    void anEmptyFolderIsDamage() throws IOException {
        Files.createDirectory(
                dir.resolve("cluster"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        assertTrue(refused().contains("checksums is missing"));
        Files.delete(dir.resolve("cluster"));
        Files.writeString(dir.resolve("cluster"), "");
        assertTrue(refused().contains("is not a folder"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"authority.key", "secret"})
    void whatOthersMayReadIsRefused(String name) throws IOException {
        open();
        Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-r-----"));
        String message = refused();
        assertTrue(message.startsWith("others may read or write " + file(name)), message);
        assertTrue(message.contains("chmod 0600"), message);
        Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(dir.resolve("cluster"), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertTrue(refused().contains("chmod 0700"));
    }

    @Test
    void aKeyOfAnotherAuthorityIsRefusedThoughTheChecksumsFit() throws Exception {
        open();
        String key = io.thornback.transport.trust.Pem.of(
                CertificateAuthority.create("other", NOW).key());
        String old = Files.readString(file("authority.key"));
        Files.writeString(file("authority.key"), key);
        String checksums = Files.readString(file("checksums"));
        Files.writeString(file("checksums"), checksums.replace(sha256(old), sha256(key)));
        ClusterIdentity mixed = open();
        String message =
                assertThrows(NodeException.class, () -> mixed.forGcs(NOW)).getMessage();
        assertTrue(message.startsWith("the cluster's identity is damaged: " + file("authority.crt")), message);
    }

    @Test
    void whatTheGcsShowsIsKeptWhileItIsFresh() throws IOException {
        Credential first = open().forGcs(NOW);
        assertEquals("rw-------", mode(file(KeptCredential.GCS)));
        Credential again = open().forGcs(NOW.plus(Duration.ofDays(30)));
        assertEquals(first.certificate(), again.certificate());
        assertEquals(first.key(), again.key());
        Instant later = NOW.plus(Duration.ofDays(61));
        Credential next = open().forGcs(later);
        assertNotEquals(first.certificate(), next.certificate());
        assertEquals(next.certificate(), open().forGcs(later).certificate());
        assertNotEquals(next.certificate(), open().forGcs(NOW).certificate(), "the clock was set back");
    }

    @Test
    void aKeptCertificateThatIsDamagedOrOfAnotherClusterIsReplaced() throws IOException {
        Credential first = open().forGcs(NOW);
        byte[] bytes = Files.readAllBytes(file(KeptCredential.GCS));
        byte[] flipped = bytes.clone();
        flipped[bytes.length / 2] ^= 1;
        for (byte[] damaged : new byte[][] {{}, flipped, java.util.Arrays.copyOf(bytes, 100), null}) {
            if (damaged == null) {
                Files.delete(file(KeptCredential.GCS));
            } else {
                Files.write(file(KeptCredential.GCS), damaged);
            }
            assertNotEquals(first.certificate(), open().forGcs(NOW).certificate());
        }
        Path kept = file(KeptCredential.GCS);
        CertificateAuthority other = CertificateAuthority.create("other", NOW);
        assertTrue(KeptCredential.read(kept, other, NOW).isEmpty());
    }

    private static String sha256(String text) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                        .digest(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void anAuthorityOutsideItsTimeIsRefusedWithAllTimes() throws IOException {
        open();
        SessionLayout session = session(2);
        for (Instant when : List.of(NOW.minusSeconds(7_200), NOW.plus(CertificateAuthority.LIFETIME.plusDays(1)))) {
            String message = assertThrows(NodeException.class, () -> ClusterIdentity.open(session, when))
                    .getMessage();
            assertTrue(message.contains("is valid from 2026-11-25T11:00:00Z to 2036-"), message);
            assertTrue(message.contains("this host's clock says " + when), message);
        }
    }

    @Test
    void ofSeveralThatMakeOneAtOnceAllUseTheSame() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<SessionLayout> sessions = new java.util.ArrayList<>();
            for (int number = 1; number <= 8; number++) {
                sessions.add(session(number));
            }
            List<Callable<String>> calls = IntStream.range(0, sessions.size())
                    .<Callable<String>>mapToObj(at -> () ->
                            ClusterIdentity.open(sessions.get(at), NOW).token().text())
                    .toList();
            Set<String> tokens = new TreeSet<>();
            for (Future<String> call : threads.invokeAll(calls, 60, TimeUnit.SECONDS)) {
                tokens.add(call.get());
            }
            assertEquals(1, tokens.size());
            for (SessionLayout session : sessions) {
                assertFalse(Files.exists(session.session().resolve("cluster.new")));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
