/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetAddress;
import io.thornback.transport.net.NetClient;
import io.thornback.transport.net.NetException;
import io.thornback.transport.net.NetFrame;
import io.thornback.transport.net.NetInbox;
import io.thornback.transport.net.NetLimits;
import io.thornback.transport.net.NetLoop;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.wire.PeerKind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to a node where it listens, and asks which it is; if nothing is to be seen, asks another node to look. Decides nothing. One thread calls it; it never waits. */
final class Prober {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    /** As long as one look may take; a host that is there answers within milliseconds. */
    private static final long LIMIT_MS = 2_000;

    private static final int INBOX_CAPACITY = 256;

    private final NetLoop loop;
    private final JoinToken token;
    private final NetInbox inbox = new NetInbox(INBOX_CAPACITY, this::drain);
    /** Made with the first look: most services never take one. Volatile: a witness is asked on another thread. */
    private volatile NetClient client;

    Prober(NetLoop loop, JoinToken token) {
        this.loop = loop;
        this.token = token;
    }

    private void drain() {
        inbox.poll(
                (from, templateId, buffer, offset, length) -> from.close("unexpected message, template " + templateId),
                INBOX_CAPACITY);
    }

    /** Looks; the result comes once, on any thread, within twice the time that one look may take. */
    void look(Probe probe, BiConsumer<Probe, Probe.Outcome> result) {
        final CompletableFuture<Void> unused = lookFromHere(probe)
                .thenCompose(outcome ->
                        outcome == Probe.Outcome.UNKNOWN && probe.witness().isPresent()
                                ? askWitness(probe)
                                : CompletableFuture.completedFuture(outcome))
                .thenAccept(outcome -> result.accept(probe, outcome))
                .exceptionally(failure -> {
                    LOG.error("what a probe has seen was lost", failure);
                    return null;
                });
    }

    private CompletableFuture<Probe.Outcome> lookFromHere(Probe probe) {
        return ask(probe.at(), NodeCodec.probe())
                .thenApply(frame -> NodeCodec.probeAnswer(frame.buffer()))
                .handle((who, failure) -> outcome(probe, who, failure))
                .completeOnTimeout(Probe.Outcome.UNKNOWN, LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<Probe.Outcome> askWitness(Probe probe) {
        return ask(probe.witness().orElseThrow(), NodeCodec.probeFor(probe))
                .thenApply(frame -> NodeCodec.probeForAnswer(frame.buffer()))
                .handle((isThere, failure) -> {
                    if (failure != null) {
                        LOG.debug("witness {} has nothing to say of node {}", probe.witness(), probe.nodeId(), failure);
                    }
                    return failure == null && isThere ? Probe.Outcome.THERE_FOR_WITNESS : Probe.Outcome.UNKNOWN;
                })
                .completeOnTimeout(Probe.Outcome.UNKNOWN, LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    /** One request over a connection of its own. */
    private CompletableFuture<NetFrame> ask(Probe.Place place, DirectBuffer question) {
        if (client == null) {
            client = new NetClient(loop, PeerKind.TOOL, token, PeerRole.NODE, NetLimits.CONTROL, inbox);
        }
        return CompletableFuture.supplyAsync(() -> NetAddress.resolve(place.address(), place.port()))
                .thenCompose(client::connect)
                .thenCompose(connection -> connection
                        .request(question, TimeUnit.MILLISECONDS.toNanos(LIMIT_MS))
                        .whenComplete((frame, failure) -> connection.close("a probe")));
    }

    private static Probe.Outcome outcome(Probe probe, String who, Throwable failure) {
        if (failure == null) {
            return who.equals(probe.nodeId()) ? Probe.Outcome.THERE : Probe.Outcome.GONE;
        }
        final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        LOG.debug("probe of node {} at {}: {}", probe.nodeId(), probe.at(), cause.toString());
        return cause instanceof NetException known && known.isPortClosed() ? Probe.Outcome.GONE : Probe.Outcome.UNKNOWN;
    }
}
