/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.net;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Says what became of a TLS handshake, in words for the side that it failed on. */
final class TlsFailure {
    private static final String ALERT = "Received fatal alert: ";
    /** By these a client says that it does not accept the server's certificate, RFC 8446, 6.2. */
    private static final Set<String> DISTRUST = Set.of(
            "bad_certificate", "certificate_unknown", "certificate_expired", "unknown_ca", "unsupported_certificate");

    private TlsFailure() {}

    /** What was thrown, without the decoder's wrapping. */
    static Throwable unwrap(Throwable thrown) {
        return thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** Whether the connection was lost, which is nobody's fault. */
    static boolean isLoss(Throwable cause) {
        return cause instanceof IOException && !(cause instanceof SSLException);
    }

    /** Whether the peer speaks something else. */
    static boolean isPlainText(Throwable cause) {
        return cause instanceof NotSslRecordException;
    }

    /** What is wrong with the peer's certificate; null if it is not that. */
    static CertificateException distrust(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof CertificateException wrong) {
                return wrong;
            }
        }
        return null;
    }

    /** One clause, for the log of this side. */
    static String describe(Throwable cause) {
        if (isPlainText(cause)) {
            return "speaks no TLS";
        }
        final CertificateException distrust = distrust(cause);
        if (distrust != null) {
            return distrust.getMessage();
        }
        final String message = String.valueOf(cause.getMessage());
        if (message.contains(ALERT)) {
            final String alert = message.substring(message.indexOf(ALERT) + ALERT.length());
            if (DISTRUST.contains(alert)) {
                return "does not trust this cluster's certificate (" + alert
                        + "): it has the token of another cluster, or its clock or this host's is wrong";
            }
            return "ended the TLS handshake: " + alert;
        }
        return "failed at TLS: " + message;
    }
}
