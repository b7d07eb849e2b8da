/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetMessages;
import io.thornback.transport.trust.Credential;
import io.thornback.transport.trust.EcKeys;
import io.thornback.transport.trust.Pem;
import io.thornback.transport.wire.CertificateIssuedDecoder;
import io.thornback.transport.wire.CertificateIssuedEncoder;
import io.thornback.transport.wire.CertificateRequestDecoder;
import io.thornback.transport.wire.CertificateRequestEncoder;
import io.thornback.transport.wire.DrainNodeDecoder;
import io.thornback.transport.wire.DrainNodeEncoder;
import io.thornback.transport.wire.DrainNotedEncoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.MessageHeaderEncoder;
import io.thornback.transport.wire.NodeDrainingDecoder;
import io.thornback.transport.wire.NodeDrainingEncoder;
import io.thornback.transport.wire.ProbeAnswerDecoder;
import io.thornback.transport.wire.ProbeAnswerEncoder;
import io.thornback.transport.wire.ProbeDecoder;
import io.thornback.transport.wire.ProbeEncoder;
import io.thornback.transport.wire.ProbeForAnswerDecoder;
import io.thornback.transport.wire.ProbeForAnswerEncoder;
import io.thornback.transport.wire.ProbeForDecoder;
import io.thornback.transport.wire.ProbeForEncoder;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** The messages of nodes that listen: their certificates, probes, and orders to drain. As {@link GcsCodec}, of which it is a part. */
final class NodeCodec {
    private static final int ID_BYTES = ProbeAnswerDecoder.nodeIdLength();
    private static final long NO_LIMIT = -1;

    private NodeCodec() {}

    static DirectBuffer certificateRequest(PublicKey key) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final CertificateRequestEncoder encoder =
                new CertificateRequestEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(0).publicKey(EcKeys.text(key));
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    static long correlationIdOfCertificateRequest(DirectBuffer buffer, int offset) {
        return new CertificateRequestDecoder()
                .wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder())
                .correlationId();
    }

    static PublicKey certificateRequest(DirectBuffer buffer, int offset) {
        final CertificateRequestDecoder decoder =
                new CertificateRequestDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        NetMessages.requireField(decoder.publicKeyLength(), decoder.limit(), buffer);
        return EcKeys.publicKey(decoder.publicKey());
    }

    static DirectBuffer certificateIssued(long correlationId, X509Certificate certificate, X509Certificate authority) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(2048);
        final CertificateIssuedEncoder encoder =
                new CertificateIssuedEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        try {
            encoder.correlationId(correlationId)
                    .certificate(Pem.of(certificate))
                    .authority(Pem.of(authority));
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate that cannot be written", e);
        }
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    /** What a node shows: the certificate that the answer holds, if it is for its key. */
    static Credential certificateIssued(DirectBuffer buffer, KeyPair pair) {
        final CertificateIssuedDecoder decoder =
                new CertificateIssuedDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        NetMessages.requireField(decoder.certificateLength(), decoder.limit(), buffer);
        final String certificate = decoder.certificate();
        NetMessages.requireField(decoder.authorityLength(), decoder.limit(), buffer);
        try {
            final X509Certificate own = Pem.certificate(certificate);
            if (!own.getPublicKey().equals(pair.getPublic())) {
                throw new IllegalArgumentException("the certificate is for another key");
            }
            return new Credential(pair.getPrivate(), own, Pem.certificate(decoder.authority()));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("the certificate cannot be read: " + e.getMessage(), e);
        }
    }

    static DirectBuffer probe() {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        final ProbeEncoder encoder = new ProbeEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(0);
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    static long correlationIdOfProbe(DirectBuffer buffer, int offset) {
        return new ProbeDecoder()
                .wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder())
                .correlationId();
    }

    static DirectBuffer probeAnswer(long correlationId, String nodeId) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64);
        final ProbeAnswerEncoder encoder =
                new ProbeAnswerEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(correlationId).putNodeId(HexFormat.of().parseHex(nodeId), 0, ID_BYTES);
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    /** Which node answered. */
    static String probeAnswer(DirectBuffer buffer) {
        final byte[] id = new byte[ID_BYTES];
        new ProbeAnswerDecoder()
                .wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder())
                .getNodeId(id, 0, ID_BYTES);
        return HexFormat.of().formatHex(id);
    }

    static DirectBuffer probeFor(Probe probe) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(128);
        final ProbeForEncoder encoder = new ProbeForEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(0)
                .putNodeId(HexFormat.of().parseHex(probe.nodeId()), 0, ID_BYTES)
                .port(probe.at().port())
                .address(probe.at().address());
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    static long correlationIdOfProbeFor(DirectBuffer buffer, int offset) {
        return new ProbeForDecoder()
                .wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder())
                .correlationId();
    }

    /** Whom to look for and where, for a witness: nobody else is asked in turn. */
    static Probe probeFor(DirectBuffer buffer, int offset) {
        final ProbeForDecoder decoder =
                new ProbeForDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final byte[] id = new byte[ID_BYTES];
        decoder.getNodeId(id, 0, ID_BYTES);
        NetMessages.requireField(decoder.addressLength(), decoder.limit(), buffer);
        final Probe.Place place = new Probe.Place(decoder.address(), decoder.port());
        return new Probe(HexFormat.of().formatHex(id), 0, place, Optional.empty());
    }

    static DirectBuffer probeForAnswer(long correlationId, boolean isThere) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        final ProbeForAnswerEncoder encoder =
                new ProbeForAnswerEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(correlationId).isThere((short) (isThere ? 1 : 0));
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    /** Whether the node answered the witness. */
    static boolean probeForAnswer(DirectBuffer buffer) {
        return new ProbeForAnswerDecoder()
                        .wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder())
                        .isThere()
                == 1;
    }

    static DirectBuffer nodeDraining(String nodeId, String reason) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final NodeDrainingEncoder encoder =
                new NodeDrainingEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.putNodeId(HexFormat.of().parseHex(nodeId), 0, ID_BYTES).reason(reason);
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    /** A node that drains, and why. */
    record Draining(String nodeId, String reason) {}

    static Draining nodeDraining(DirectBuffer buffer, int offset) {
        final NodeDrainingDecoder decoder =
                new NodeDrainingDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final byte[] id = new byte[ID_BYTES];
        decoder.getNodeId(id, 0, ID_BYTES);
        NetMessages.requireField(decoder.reasonLength(), decoder.limit(), buffer);
        return new Draining(HexFormat.of().formatHex(id), decoder.reason());
    }

    static DirectBuffer drainNode(DrainOrder order) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
        final DrainNodeEncoder encoder =
                new DrainNodeEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(0)
                .limitMs(order.limit().map(Duration::toMillis).orElse(NO_LIMIT))
                .reason(order.reason());
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }

    static long correlationIdOfDrainNode(DirectBuffer buffer, int offset) {
        return new DrainNodeDecoder()
                .wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder())
                .correlationId();
    }

    static DrainOrder drainNode(DirectBuffer buffer, int offset) {
        final DrainNodeDecoder decoder =
                new DrainNodeDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
        final long limitMs = decoder.limitMs();
        if (limitMs < NO_LIMIT) {
            throw new IllegalArgumentException("limitMs=" + limitMs);
        }
        NetMessages.requireField(decoder.reasonLength(), decoder.limit(), buffer);
        return new DrainOrder(
                limitMs == NO_LIMIT ? Optional.empty() : Optional.of(Duration.ofMillis(limitMs)), decoder.reason());
    }

    static DirectBuffer drainNoted(long correlationId) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        final DrainNotedEncoder encoder =
                new DrainNotedEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        encoder.correlationId(correlationId);
        return GcsCodec.exactly(buffer, encoder.encodedLength());
    }
}
