/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.trust;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * TLS as all connections of a cluster speak it: version 1.3 and one cipher suite, so that there is nothing to negotiate
 * down. Nothing is resumed: each connection shows and checks the certificate anew.
 */
final class TlsContexts {
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final String[] SUITES = {"TLS_AES_128_GCM_SHA256"};

    private TlsContexts() {}

    /** For the side that shows a certificate and asks for none. */
    static SSLContext server(Credential credential) {
        return context(new KeyManager[] {new OneKey(credential)}, new TrustManager[0]);
    }

    /** For the side that asks for a certificate and shows none. */
    static SSLContext client(ChainCheck check) {
        return context(new KeyManager[0], new TrustManager[] {check});
    }

    /** Managers are never null: in the place of one the JDK would load all the authorities of the web. */
    private static SSLContext context(KeyManager[] keys, TrustManager[] trust) {
        try {
            final SSLContext context = SSLContext.getInstance(PROTOCOLS[0]);
            context.init(keys, trust, null);
            context.getServerSessionContext().setSessionCacheSize(1);
            context.getClientSessionContext().setSessionCacheSize(1);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot speak " + PROTOCOLS[0] + ": " + e.getMessage(), e);
        }
    }

    /** A new connection's; without the peer's address, by which the JDK would look for a session to resume. */
    static SSLEngine engine(SSLContext context, boolean client) {
        final SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setEnabledProtocols(PROTOCOLS.clone());
        engine.setEnabledCipherSuites(SUITES.clone());
        return engine;
    }

    /** The one key of a process, without a key store: those are encrypted with a password, at a cost, for nobody's good. */
    private static final class OneKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "own";

        private final Credential credential;

        OneKey(Credential credential) {
            this.credential = credential;
        }

        private String aliasFor(String keyType) {
            return keyType.equals(credential.key().getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            return aliasFor(keyType);
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return aliasFor(keyType);
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {credential.certificate(), credential.authority()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return credential.key();
        }
    }
}
