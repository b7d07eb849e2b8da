/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */

/**
 * Who belongs to a cluster, and how a peer proves it: the certificate authority, the token, and TLS as both sides speak it.
 * No sockets here; {@code transport.net} carries what these engines say.
 *
 * <p><b>One string.</b> A {@linkplain io.thornback.transport.trust.JoinToken token} holds the fingerprint of the cluster's
 * authority (SHA-256 of its public key) and a secret of 256 bits. The fingerprint proves the server to the client, in the
 * TLS handshake; the secret proves the client to the server, afterwards, inside TLS. So the secret is shown to nobody but a
 * holder of a certificate of the cluster, and a recording of a connection is of no use to anybody.
 *
 * <p><b>No way down.</b> Only TLS 1.3, one cipher suite, no resumption. Whether a connection is encrypted is decided by the
 * token alone, never by what a peer answers: a token with a fingerprint is not sent in plain text.
 *
 * <p><b>Certificates.</b> The authority ({@linkplain io.thornback.transport.trust.CertificateAuthority ECDSA on P-256})
 * lasts ten years, what it issues for ninety days at most, and is {@linkplain io.thornback.transport.trust.ServerTls
 * replaced in time}. Each names the cluster and the role that its owner plays ({@code thornback://<cluster>/gcs}), so that a
 * node which was given a certificate cannot pass for the head. Nodes make their key themselves; the GCS signs it for a node that has registered.
 *
 * <p><b>Clocks.</b> Certificates are dated back by an hour. A host whose clock is further off is told both times.
 */
package io.thornback.transport.trust;
