/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * A cluster's certificate authority: issues what the cluster's processes prove with who they are. ECDSA on P-256
 * throughout, certificates after RFC 5280. Keys are made, and signatures made and checked, by the JDK; Bouncy Castle lays
 * out what is signed, for which the JDK has no public API.
 *
 * <p>Immutable and thread-safe. Issuing takes a few milliseconds of the processor, the first time in a process some tenths
 * of a second.
 */
public final class CertificateAuthority {
    /** How long an authority lasts; its cluster cannot outlive it. */
    public static final Duration LIFETIME = Duration.ofDays(3_650);

    /** Clocks of hosts differ: what is issued is valid from so long before. */
    public static final Duration BACKDATED = Duration.ofHours(1);

    private static final String SERVER_PURPOSE = "1.3.6.1.5.5.7.3.1";

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final String clusterId;

    /**
     * An authority that was made before. Whether key and certificate belong together shows when something is issued.
     *
     * @throws IllegalArgumentException if the certificate is not one of an authority of a cluster
     */
    public CertificateAuthority(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        this.certificate = certificate;
        if (certificate.getBasicConstraints() < 0) {
            throw new IllegalArgumentException("it is not the certificate of an authority");
        }
        try {
            this.clusterId = PeerRole.clusterIdOf(PeerRole.uriIn(certificate.getSubjectAlternativeNames()));
        } catch (CertificateException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Makes a new authority. */
    public static CertificateAuthority create(String clusterId, Instant now) {
        try {
            return CertificateWriter.authority(clusterId, now.minus(BACKDATED), now.plus(LIFETIME));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a certificate authority: " + e.getMessage(), e);
        }
    }

    /**
     * Issues a certificate for a new key, and checks it.
     *
     * @param role what its owner is
     * @param notBefore when its time begins; see {@link #BACKDATED}
     * @param notAfter when its time ends; cut to the authority's own end
     * @throws IllegalStateException if this authority's certificate is not one of its key
     */
    public Credential issue(PeerRole role, Instant notBefore, Instant notAfter) {
        final KeyPair pair = EcKeys.create();
        return new Credential(pair.getPrivate(), certify(pair.getPublic(), role, notBefore, notAfter), certificate);
    }

    /** The same for a key that its owner has made: the private half stays there. */
    public X509Certificate certify(PublicKey owner, PeerRole role, Instant notBefore, Instant notAfter) {
        final Instant authorityEnd = certificate.getNotAfter().toInstant();
        try {
            return CertificateWriter.issued(
                    this, role, owner, notBefore, notAfter.isAfter(authorityEnd) ? authorityEnd : notAfter);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot issue a certificate: " + e.getMessage(), e);
        }
    }

    static X509Certificate parse(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** SHA-256 of the public key as the certificate holds it, in lower-case hexadecimal digits; what tokens carry. */
    public static String fingerprint(X509Certificate certificate) {
        return Sha256.hex(certificate.getPublicKey().getEncoded());
    }

    /** Whether a certificate is for the server's side of a connection. */
    static boolean isForServers(X509Certificate certificate) throws CertificateException {
        return certificate.getExtendedKeyUsage() != null
                && certificate.getExtendedKeyUsage().contains(SERVER_PURPOSE);
    }

    /** The authority's own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** The authority's key: who has it can be anybody in the cluster. */
    public PrivateKey key() {
        return key;
    }

    /** The cluster's id, as the certificate says it. */
    public String clusterId() {
        return clusterId;
    }

    /** See {@link #fingerprint(X509Certificate)}. */
    public String fingerprint() {
        return fingerprint(certificate);
    }
}
