/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
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
 * Makes keys and the certificates for them, after RFC 5280. Apart from {@link CertificateAuthority}, so that a process that
 * issues nothing loads nothing of Bouncy Castle: its jar is signed, and the JVM checks that at the first class.
 */
final class CertificateWriter {
    private static final int SERIAL_BITS = 127;
    private static final int KEY_ID_BYTES = 20;

    private CertificateWriter() {}

    static CertificateAuthority authority(String clusterId, Instant notBefore, Instant notAfter)
            throws GeneralSecurityException, IOException {
        final KeyPair pair = EcKeys.create();
        final X500Name name = new X500Name("O=Thornback,CN=cluster " + clusterId);
        final X509v3CertificateBuilder builder = builder(name, name, pair.getPublic(), notBefore, notAfter);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(Extension.subjectAlternativeName, false, uri(PeerRole.authorityUri(clusterId)));
        return new CertificateAuthority(pair.getPrivate(), build(builder, pair.getPrivate()));
    }

    static X509Certificate issued(
            CertificateAuthority authority, PeerRole role, PublicKey owner, Instant notBefore, Instant notAfter)
            throws GeneralSecurityException, IOException {
        final X509Certificate issuer = authority.certificate();
        final X509v3CertificateBuilder builder = builder(
                X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()),
                new X500Name("O=Thornback,CN=" + role.name().toLowerCase(Locale.ROOT)),
                owner,
                notBefore,
                notAfter);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        }));
        builder.addExtension(Extension.subjectAlternativeName, false, uri(role.uri(authority.clusterId())));
        final X509Certificate issued = build(builder, authority.key());
        issued.verify(issuer.getPublicKey());
        return issued;
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey publicKey, Instant notBefore, Instant notAfter)
            throws IOException {
        final X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(0),
                Date.from(notBefore),
                Date.from(notAfter),
                subject,
                SubjectPublicKeyInfo.getInstance(publicKey.getEncoded()));
        final byte[] keyId = Arrays.copyOf(Sha256.of(publicKey.getEncoded()), KEY_ID_BYTES);
        builder.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId));
        return builder;
    }

    private static GeneralNames uri(String uri) {
        return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    private static X509Certificate build(X509v3CertificateBuilder builder, PrivateKey signingKey)
            throws GeneralSecurityException, IOException {
        return CertificateAuthority.parse(
                builder.build(new EcdsaSigner(signingKey)).getEncoded());
    }
}
