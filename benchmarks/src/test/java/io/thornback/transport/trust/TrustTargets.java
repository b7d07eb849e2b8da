/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import io.thornback.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.List;

/** Tokens, keys and certificates, as they come from files and from the command line. */
public final class TrustTargets {
    private static final String DIGITS = "5ec2e7".repeat(11).substring(0, JoinToken.DIGITS);

    private TrustTargets() {}

    /** One for each kind of text. */
    public static List<FuzzTarget> all() throws GeneralSecurityException {
        final CertificateAuthority authority = CertificateAuthority.create("cluster", Instant.now());
        return List.of(
                FuzzTarget.of(
                                "join token",
                                List.of(
                                        utf8(JoinToken.plainText(DIGITS).text()),
                                        utf8(JoinToken.encrypted(DIGITS, DIGITS).text() + "\n")),
                                input -> JoinToken.parse(text(input)))
                        .failingWith(IllegalArgumentException.class)
                        .covering(JoinToken.class),
                FuzzTarget.of(
                                "certificate",
                                List.of(utf8(Pem.of(authority.certificate()))),
                                input -> Pem.certificate(text(input)))
                        .failingWith(CertificateException.class)
                        .covering(Pem.class)
                        .weighing(20),
                FuzzTarget.of("private key", List.of(utf8(Pem.of(authority.key()))), input -> Pem.key(text(input)))
                        .failingWith(GeneralSecurityException.class)
                        .covering(Pem.class)
                        .weighing(20));
    }

    private static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(final byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
