/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Keys and certificates as text that other tools read too, RFC 7468: one object in each text. */
public final class Pem {
    private static final String KEY = "PRIVATE KEY";
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final int COLUMNS = 64;

    private Pem() {}

    /** PKCS #8, not encrypted: keep it in a file of mode 0600. */
    public static String of(PrivateKey key) {
        return encode(KEY, key.getEncoded());
    }

    /** X.509. */
    public static String of(X509Certificate certificate) throws CertificateException {
        return encode(CERTIFICATE, certificate.getEncoded());
    }

    /**
     * An elliptic-curve key.
     *
     * @throws GeneralSecurityException if the text holds none
     */
    public static PrivateKey key(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(decode(KEY, text)));
    }

    /** @throws CertificateException if the text holds none */
    public static X509Certificate certificate(String text) throws CertificateException {
        return CertificateAuthority.parse(decode(CERTIFICATE, text));
    }

    private static String encode(String what, byte[] der) {
        final Base64.Encoder encoder = Base64.getMimeEncoder(COLUMNS, new byte[] {'\n'});
        return begin(what) + "\n" + new String(encoder.encode(der), StandardCharsets.US_ASCII) + "\n" + end(what)
                + "\n";
    }

    private static byte[] decode(String what, String text) throws CertificateException {
        final String body = text.strip();
        // The dashes between them may not be one and the same.
        if (!body.startsWith(begin(what))
                || !body.endsWith(end(what))
                || body.length() < begin(what).length() + end(what).length()) {
            throw new CertificateException("it does not begin and end as a PEM " + what + " does");
        }
        final String base64 =
                body.substring(begin(what).length(), body.length() - end(what).length());
        try {
            return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new CertificateException("it is no base64: " + e.getMessage(), e);
        }
    }

    private static String begin(String what) {
        return "-----BEGIN " + what + "-----";
    }

    private static String end(String what) {
        return "-----END " + what + "-----";
    }
}
