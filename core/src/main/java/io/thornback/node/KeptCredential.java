/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.Credential;
import io.thornback.transport.trust.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a head shows, in a file from one start to the next, so that an ordinary start makes no key, signs nothing, and loads
 * nothing of what lays out certificates. It is derived: whatever is wrong with the file, something new is issued.
 *
 * <p>The file is a line with the SHA-256 of the authority's fingerprint and of what follows, then key and certificate as PEM.
 */
final class KeptCredential {
    /** The GCS's, in the cluster's folder. */
    static final String GCS = "gcs.pem";

    private static final Logger LOG = LoggerFactory.getLogger(KeptCredential.class);
    private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";
    private static final long LONGEST = 64 << 10;

    private KeptCredential() {}

    /** What was kept, if it is of this authority and need not be replaced yet. */
    static Optional<Credential> read(Path file, CertificateAuthority authority, Instant now) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST || !PrivateFiles.isPrivate(file)) {
                return Optional.empty();
            }
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            int body = text.indexOf('\n') + 1;
            int certificate = text.indexOf(CERTIFICATE);
            if (certificate < body
                    || !text.startsWith(checksum(authority.fingerprint(), text.substring(body)) + "\n")) {
                LOG.warn("{} is not whole, or not of this cluster; issuing another certificate", file);
                return Optional.empty();
            }
            PrivateKey key = Pem.key(text.substring(body, certificate));
            X509Certificate own = Pem.certificate(text.substring(certificate));
            return Optional.of(new Credential(key, own, authority.certificate()))
                    .filter(kept -> kept.isFresh(now));
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("cannot read {}; issuing another certificate", file, e);
            return Optional.empty();
        }
    }

    /** Keeps it, in one step; where that is not possible, the next start issues another. */
    static void write(Path file, Credential credential) {
        try {
            String body = Pem.of(credential.key()) + Pem.of(credential.certificate());
            String fingerprint = CertificateAuthority.fingerprint(credential.authority());
            PrivateFiles.writeAtomically(file, checksum(fingerprint, body) + "\n" + body);
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("cannot keep {}", file, e);
        }
    }

    private static String checksum(String fingerprint, String body) {
        return ClusterIdentity.sha256(fingerprint + "\n" + body);
    }
}
