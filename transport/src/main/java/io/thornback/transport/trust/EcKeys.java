/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Keys on P-256, by the JDK alone: a node makes one and loads nothing of what lays out certificates. Thread-safe. */
public final class EcKeys {
    private static final String ALGORITHM = "EC";
    private static final String CURVE = "secp256r1";
    private static final int FIELD_BITS = 256;

    private EcKeys() {}

    /** A new pair. */
    public static KeyPair create() {
        try {
            final KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(new ECGenParameterSpec(CURVE));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot make keys on " + CURVE, e);
        }
    }

    /** What {@link #publicKey} reads. */
    public static String text(PublicKey key) {
        return Base64.getEncoder().encodeToString(key.getEncoded());
    }

    /** @throws IllegalArgumentException if the text holds no key on P-256 */
    public static PublicKey publicKey(String text) {
        try {
            final PublicKey key = KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
            if (((ECPublicKey) key).getParams().getCurve().getField().getFieldSize() != FIELD_BITS) {
                throw new IllegalArgumentException("the key is not on " + CURVE);
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("it is no public key: " + e.getMessage(), e);
        }
    }
}
