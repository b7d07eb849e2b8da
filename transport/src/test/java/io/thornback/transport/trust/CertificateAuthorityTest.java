/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is issued, and what a client makes of it. */
class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final CertificateAuthority OURS = CertificateAuthority.create("aaaa", NOW);
    private static final CertificateAuthority THEIRS = CertificateAuthority.create("bbbb", NOW);

    private static Credential issued(CertificateAuthority authority, PeerRole role) {
        return authority.issue(role, NOW.minusSeconds(60), NOW.plusSeconds(3_600));
    }

    private static void check(X509Certificate... chain) throws CertificateException {
        new ChainCheck(OURS.fingerprint(), PeerRole.GCS, NOW::toEpochMilli).check(chain);
    }

    private static String refused(X509Certificate... chain) {
        return assertThrows(CertificateException.class, () -> check(chain)).getMessage();
    }

    @Test
    void whatItIssuesForTheHeadIsTrusted() throws Exception {
        final Credential head = issued(OURS, PeerRole.GCS);
        check(head.certificate(), head.authority());
        assertEquals("SHA256withECDSA", head.certificate().getSigAlgName());
        assertEquals(
                List.of(6, "thornback://aaaa/gcs"),
                List.copyOf(head.certificate()
                        .getSubjectAlternativeNames()
                        .iterator()
                        .next()));
        assertNotEquals(
                head.certificate().getSerialNumber(),
                issued(OURS, PeerRole.GCS).certificate().getSerialNumber());
    }

    @Test
    void survivesBeingWrittenAndRead() throws Exception {
        final CertificateAuthority read =
                new CertificateAuthority(Pem.key(Pem.of(OURS.key())), Pem.certificate(Pem.of(OURS.certificate())));
        assertEquals(OURS.fingerprint(), read.fingerprint());
        assertEquals("aaaa", read.clusterId());
        final Credential head = issued(read, PeerRole.GCS);
        check(head.certificate(), head.authority());
    }

    @Test
    void aKeyOfAnotherAuthorityIsRefused() {
        final CertificateAuthority mixed = new CertificateAuthority(THEIRS.key(), OURS.certificate());
        assertThrows(IllegalStateException.class, () -> issued(mixed, PeerRole.GCS));
        final Credential head = issued(OURS, PeerRole.GCS);
        assertThrows(IllegalArgumentException.class, () -> new CertificateAuthority(head.key(), head.certificate()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
            })
    void textThatHoldsNoCertificateIsRefused(String text) {
        assertThrows(CertificateException.class, () -> Pem.certificate(text));
    }

    @Test
    void anotherClustersHeadIsNotTrusted() {
        final Credential head = issued(THEIRS, PeerRole.GCS);
        final String message = refused(head.certificate(), head.authority());
        assertTrue(message.startsWith("it belongs to another cluster"), message);
        assertTrue(message.contains(OURS.fingerprint().substring(0, 16)), message);
        assertTrue(message.contains(THEIRS.fingerprint().substring(0, 16)), message);
    }

    @Test
    void anotherClustersCertificateUnderOurAuthorityIsNotTrusted() {
        final String message = refused(issued(THEIRS, PeerRole.GCS).certificate(), OURS.certificate());
        assertTrue(message.startsWith("its certificate was not issued by its cluster's authority"), message);
    }

    @Test
    void aNodeCannotPassForTheHead() {
        final Credential node = issued(OURS, PeerRole.NODE);
        final String message = refused(node.certificate(), node.authority());
        assertTrue(
                message.startsWith("its certificate is for 'thornback://aaaa/node', not for 'thornback://aaaa/gcs'"),
                message);
    }

    @Test
    void theAuthorityItselfCannotPassForTheHead() {
        assertTrue(refused(OURS.certificate(), OURS.certificate()).startsWith("its certificate is"), "refused");
    }

    @Test
    void aCertificateOutsideItsTimeIsRefusedWithBothTimes() {
        final Credential old = OURS.issue(PeerRole.GCS, NOW.minusSeconds(100), NOW.minusSeconds(10));
        assertEquals(
                "its certificate has expired: it ended at 2026-11-25T11:59:50Z, and this host's clock says"
                        + " 2026-11-25T12:00:00Z; set the clocks of both hosts right, or start the head again",
                refused(old.certificate(), old.authority()));
        final Credential early = OURS.issue(PeerRole.GCS, NOW.plusSeconds(10), NOW.plusSeconds(100));
        assertEquals(
                "its certificate is not valid yet: it begins at 2026-11-25T12:00:10Z, and this host's clock says"
                        + " 2026-11-25T12:00:00Z; set the clocks of both hosts right",
                refused(early.certificate(), early.authority()));
    }

    @Test
    void nothingOutlivesTheAuthority() {
        final Credential head = OURS.issue(PeerRole.GCS, NOW, NOW.plus(CertificateAuthority.LIFETIME.multipliedBy(2)));
        assertEquals(OURS.certificate().getNotAfter(), head.certificate().getNotAfter());
    }

    @Test
    void aChainOfAnotherLengthIsRefused() {
        final Credential head = issued(OURS, PeerRole.GCS);
        assertTrue(refused(head.certificate()).startsWith("it shows 1 certificates"), "one");
        assertTrue(refused().startsWith("it shows 0 certificates"), "none");
        assertTrue(
                refused(head.certificate(), head.authority(), head.authority()).startsWith("it shows 3 certificates"),
                "three");
    }

    @Test
    void aServerShowsANewCertificateInTheLastThirdOfItsTimeAndAfterTheClockWasSetBack() {
        final List<Instant> issuedAt = new ArrayList<>();
        final long[] nowMs = {NOW.toEpochMilli()};
        final ServerTls tls = new ServerTls(
                now -> {
                    issuedAt.add(now);
                    return OURS.issue(PeerRole.GCS, now, now.plusSeconds(300));
                },
                () -> nowMs[0]);
        tls.get();
        nowMs[0] += 199_000;
        tls.get();
        assertEquals(List.of(NOW), issuedAt);
        nowMs[0] += 1_000;
        tls.get();
        tls.get();
        assertEquals(List.of(NOW, NOW.plusSeconds(200)), issuedAt);
        nowMs[0] -= 100_000;
        tls.get();
        tls.get();
        assertEquals(List.of(NOW, NOW.plusSeconds(200), NOW.plusSeconds(100)), issuedAt);
    }

    @Test
    void aServerThatCannotRenewShowsWhatItHasAndTriesAgain() {
        final int[] calls = {0};
        final long[] nowMs = {NOW.toEpochMilli()};
        final ServerTls tls = new ServerTls(
                now -> {
                    if (++calls[0] == 2) {
                        throw new IllegalStateException("the test's disk is gone");
                    }
                    return OURS.issue(PeerRole.GCS, now, now.plusSeconds(300));
                },
                () -> nowMs[0]);
        nowMs[0] += 250_000;
        tls.get();
        tls.get();
        assertEquals(2, calls[0]);
        nowMs[0] += 600_000;
        tls.get();
        assertEquals(3, calls[0]);
    }
}
