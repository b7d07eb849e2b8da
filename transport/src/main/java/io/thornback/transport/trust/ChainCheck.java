/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.agrona.concurrent.EpochClock;

/**
 * Who a client trusts: a peer whose certificate was issued by the authority with the token's fingerprint, that is in its
 * time, and that is one for the role that the peer plays. Host names do not matter: what counts is that it is this
 * cluster's, at whatever address.
 *
 * <p>The chain is checked as the JDK does it (PKIX), after what has an answer that helps the operator was asked by hand.
 * Each message is one clause; the peer's address is put before it. Thread-safe.
 */
final class ChainCheck extends X509ExtendedTrustManager {
    private static final X509Certificate[] NONE = {};

    private final String fingerprint;
    private final PeerRole role;
    private final EpochClock clock;

    ChainCheck(String fingerprint, PeerRole role, EpochClock clock) {
        this.fingerprint = fingerprint;
        this.role = role;
        this.clock = clock;
    }

    /** @throws CertificateException what is wrong with the chain, and what to do */
    void check(X509Certificate[] chain) throws CertificateException {
        if (chain == null || chain.length != 2) {
            throw new CertificateException("it shows " + (chain == null ? 0 : chain.length)
                    + " certificates instead of its own and its cluster's authority's; is it a Thornback head node?");
        }
        final X509Certificate own = chain[0];
        final X509Certificate authority = chain[1];
        final String shown = CertificateAuthority.fingerprint(authority);
        if (!MessageDigest.isEqual(bytes(fingerprint), bytes(shown))) {
            throw new CertificateException("it belongs to another cluster: its authority has the fingerprint "
                    + beginning(shown) + ", the token says " + beginning(fingerprint)
                    + "; use the token of the cluster that listens there");
        }
        final Instant now = Instant.ofEpochMilli(clock.time());
        requireTime("its certificate", own, now);
        requireTime("its cluster's authority", authority, now);
        validate(own, authority, now);
        requireRole(own, authority);
    }

    private static void requireTime(String what, X509Certificate certificate, Instant now) throws CertificateException {
        final Instant from = certificate.getNotBefore().toInstant();
        final Instant until = certificate.getNotAfter().toInstant();
        if (now.isBefore(from)) {
            throw new CertificateException(what + " is not valid yet: it begins at " + from
                    + ", and this host's clock says " + now + "; set the clocks of both hosts right");
        }
        if (now.isAfter(until)) {
            throw new CertificateException(what + " has expired: it ended at " + until + ", and this host's clock says "
                    + now + "; set the clocks of both hosts right, or start the head again");
        }
    }

    private static void validate(X509Certificate own, X509Certificate authority, Instant now)
            throws CertificateException {
        try {
            final PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(own)), parameters);
        } catch (CertPathValidatorException e) {
            throw new CertificateException(
                    "its certificate was not issued by its cluster's authority: " + e.getMessage()
                            + "; something between the hosts pretends to be the head",
                    e);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("its certificate cannot be checked: " + e.getMessage(), e);
        }
    }

    private void requireRole(X509Certificate own, X509Certificate authority) throws CertificateException {
        final String expected = role.uriBelow(PeerRole.uriIn(authority.getSubjectAlternativeNames()));
        final String uri = PeerRole.uriIn(own.getSubjectAlternativeNames());
        if (!uri.equals(expected) || !CertificateAuthority.isForServers(own)) {
            throw new CertificateException("its certificate is for '" + uri + "', not for '" + expected
                    + "'; something else of the cluster listens where the head is expected");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String beginning(String digits) {
        return digits.substring(0, Math.min(16, digits.length())) + "…";
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw noClients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw noClients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw noClients();
    }

    private static CertificateException noClients() {
        return new CertificateException("this side is the client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return NONE;
    }
}
