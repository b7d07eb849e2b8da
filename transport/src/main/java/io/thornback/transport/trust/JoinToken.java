/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.util.Locale;
import java.util.Objects;

/**
 * All that a host must be given to join a cluster, as one line of text: {@code thornback1.<fingerprint>.<secret>}. The
 * fingerprint is that of the cluster's certificate authority, so that whoever joins knows whom it talks to before it shows
 * the secret; both are {@value #DIGITS} hexadecimal digits. A cluster without encryption has {@value #PLAIN_TEXT} in the
 * fingerprint's place, so that no token of an encrypted cluster can be used in plain text, whatever a peer says.
 *
 * <p>Immutable. {@link #toString} leaves the secret out.
 */
public final class JoinToken {
    /** Digits of a fingerprint and of a secret: 256 bits each. */
    public static final int DIGITS = 64;

    private static final String KIND = "thornback";
    private static final String PREFIX = KIND + "1";
    private static final String PLAIN_TEXT = "plaintext";
    private static final String REMEDY = "; copy the whole line of the file 'token' in the head's session folder";

    private final String fingerprint;
    private final String secret;

    private JoinToken(String fingerprint, String secret) {
        this.fingerprint = Objects.requireNonNull(fingerprint);
        this.secret = Objects.requireNonNull(secret);
    }

    /** The token of a cluster whose authority has this fingerprint. */
    public static JoinToken encrypted(String fingerprint, String secret) {
        return new JoinToken(fingerprint, secret);
    }

    /** The token of a cluster that speaks plain text, on loopback. */
    public static JoinToken plainText(String secret) {
        return new JoinToken(PLAIN_TEXT, secret);
    }

    /**
     * Reads a token; blanks and line ends around it are left out.
     *
     * @throws IllegalArgumentException one line that says what is wrong with it and what to do, without the secret
     */
    public static JoinToken parse(String text) {
        final String line = text.strip();
        if (line.isEmpty()) {
            throw wrong("is empty");
        }
        if (line.chars().anyMatch(Character::isWhitespace)) {
            throw wrong("is more than one word");
        }
        final String[] parts = line.split("\\.", -1);
        if (!parts[0].equals(PREFIX)) {
            throw wrong(
                    parts[0].matches(KIND + "[0-9]{1,4}")
                            ? "is of another version: it begins with " + parts[0] + ", this release knows " + PREFIX
                            : "does not begin with " + PREFIX + ".");
        }
        if (parts.length != 3) {
            throw wrong("has " + parts.length + " parts between points instead of 3");
        }
        if (!parts[1].equals(PLAIN_TEXT)) {
            requireDigits("fingerprint", parts[1]);
        }
        requireDigits("secret", parts[2]);
        return new JoinToken(parts[1].toLowerCase(Locale.ROOT), parts[2]);
    }

    private static void requireDigits(String what, String digits) {
        if (digits.length() != DIGITS) {
            throw wrong("has a " + what + " of " + digits.length() + " characters instead of " + DIGITS);
        }
        if (!digits.matches("[0-9a-fA-F]+")) {
            throw wrong("has a " + what + " that is not hexadecimal");
        }
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("the join token " + what + REMEDY);
    }

    /** Whether its cluster speaks plain text. */
    public boolean isPlainText() {
        return fingerprint.equals(PLAIN_TEXT);
    }

    /**
     * SHA-256 of the authority's public key, in lower-case hexadecimal digits.
     *
     * @throws IllegalStateException if its cluster speaks plain text
     */
    public String fingerprint() {
        if (isPlainText()) {
            throw new IllegalStateException("a token for plain text has no fingerprint");
        }
        return fingerprint;
    }

    /** What is shown in the hello, and nowhere else. */
    public String secret() {
        return secret;
    }

    /** The line that {@link #parse} reads; with the secret. */
    public String text() {
        return PREFIX + "." + fingerprint + "." + secret;
    }

    @Override
    public String toString() {
        return PREFIX + "." + fingerprint + ".…";
    }
}
