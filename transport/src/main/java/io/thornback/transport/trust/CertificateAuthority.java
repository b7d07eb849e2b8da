/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/**
 * A cluster's certificate authority: issues what the cluster's processes prove with who they are. ECDSA on P-256
 * throughout, certificates after RFC 5280. Keys are made, and signatures made and checked, by the JDK; Bouncy Castle lays
 * out what is signed, for which the JDK has no public API.
 *
 * <p>Immutable and thread-safe. Issuing takes a millisecond or two of the processor.
 */
public final class CertificateAuthority {
    /** How long an authority lasts; its cluster cannot outlive it. */
    public static final Duration LIFETIME = Duration.ofDays(3_650);

    /** Clocks of hosts differ: what is issued is valid from so long before. */
    public static final Duration BACKDATED = Duration.ofHours(1);

    private static final String CURVE = "secp256r1";
    private static final String SERVER_PURPOSE = "1.3.6.1.5.5.7.3.1";
    private static final int SERIAL_BITS = 127;
    private static final int KEY_ID_BYTES = 20;

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final String clusterId;

    /**
     * An authority that was made before.
     *
     * @throws IllegalArgumentException if the certificate is not one of an authority of a cluster, or not of this key
     */
    public CertificateAuthority(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        this.certificate = certificate;
        try {
            if (certificate.getBasicConstraints() < 0) {
                throw new IllegalArgumentException("it is not the certificate of an authority");
            }
            this.clusterId = PeerRole.clusterIdOf(PeerRole.uriIn(certificate.getSubjectAlternativeNames()));
            certificate.verify(certificate.getPublicKey());
            final byte[] probe = {1};
            if (!EcdsaSigner.verify(certificate.getPublicKey(), probe, EcdsaSigner.sign(key, probe))) {
                throw new IllegalArgumentException("it is not of this private key");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Makes a new authority. */
    public static CertificateAuthority create(String clusterId, Instant now) {
        try {
            final KeyPair pair = newKey();
            final X500Name name = new X500Name("O=Thornback,CN=cluster " + clusterId);
            final X509v3CertificateBuilder builder =
                    builder(name, name, pair.getPublic(), now.minus(BACKDATED), now.plus(LIFETIME));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(Extension.subjectAlternativeName, false, uri(PeerRole.authorityUri(clusterId)));
            return new CertificateAuthority(pair.getPrivate(), build(builder, pair.getPrivate()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a certificate authority: " + e.getMessage(), e);
        }
    }

    /**
     * Issues a certificate for a new key.
     *
     * @param role what its owner is
     * @param notBefore when its time begins; see {@link #BACKDATED}
     * @param notAfter when its time ends; cut to the authority's own end
     */
    public Credential issue(PeerRole role, Instant notBefore, Instant notAfter) {
        try {
            final KeyPair pair = newKey();
            final Instant authorityEnd = certificate.getNotAfter().toInstant();
            final X509v3CertificateBuilder builder = builder(
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                    new X500Name("O=Thornback,CN=" + role.name().toLowerCase(Locale.ROOT)),
                    pair.getPublic(),
                    notBefore,
                    notAfter.isAfter(authorityEnd) ? authorityEnd : notAfter);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(Extension.subjectAlternativeName, false, uri(role.uri(clusterId)));
            final X509Certificate issued = build(builder, key);
            issued.verify(certificate.getPublicKey());
            return new Credential(pair.getPrivate(), issued, certificate);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot issue a certificate: " + e.getMessage(), e);
        }
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(CURVE));
        return generator.generateKeyPair();
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey publicKey, Instant notBefore, Instant notAfter)
            throws GeneralSecurityException, IOException {
        final X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(0),
                Date.from(notBefore),
                Date.from(notAfter),
                subject,
                SubjectPublicKeyInfo.getInstance(publicKey.getEncoded()));
        final byte[] keyId = Arrays.copyOf(sha256(publicKey), KEY_ID_BYTES);
        builder.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId));
        return builder;
    }

    private static GeneralNames uri(String uri) {
        return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    private static X509Certificate build(X509v3CertificateBuilder builder, PrivateKey signingKey)
            throws CertificateException, IOException {
        return parse(builder.build(new EcdsaSigner(signingKey)).getEncoded());
    }

    static X509Certificate parse(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** SHA-256 of the public key as the certificate holds it, in lower-case hexadecimal digits; what tokens carry. */
    public static String fingerprint(X509Certificate certificate) {
        return HexFormat.of().formatHex(sha256(certificate.getPublicKey()));
    }

    private static byte[] sha256(PublicKey publicKey) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(publicKey.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
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
