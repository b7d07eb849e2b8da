/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.thornback.transport.trust.ServerTls;
import java.util.Objects;

/**
 * Whom a server admits, and how it proves itself to them.
 *
 * @param clusterId told to those who are admitted
 * @param secret what a peer must show in its hello; not empty
 * @param tls makes the server's side of TLS; null for plain text, which is for loopback alone
 */
public record NetAccess(String clusterId, String secret, ServerTls tls) {
    /** Nobody listens without a secret. */
    public NetAccess {
        Objects.requireNonNull(clusterId);
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("a server needs a secret");
        }
    }

    /** In plain text. */
    public static NetAccess plainText(String clusterId, String secret) {
        return new NetAccess(clusterId, secret, null);
    }

    /** Encrypted. */
    public static NetAccess encrypted(String clusterId, String secret, ServerTls tls) {
        return new NetAccess(clusterId, secret, Objects.requireNonNull(tls));
    }

    /** Whether anybody on the way can read along. */
    public boolean isPlainText() {
        return tls == null;
    }

    @Override
    public String toString() {
        return "NetAccess[" + clusterId + (isPlainText() ? " in plain text]" : " encrypted]");
    }
}
