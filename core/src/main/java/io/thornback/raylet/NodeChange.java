/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.raylet;

import io.thornback.Label;
import io.thornback.node.NodeException;
import io.thornback.resources.ResourceAmount;
import io.thornback.runtime.InboxAgent;
import io.thornback.runtime.Message;
import io.thornback.runtime.MessageBuffer;
import io.thornback.runtime.MessageHandler;
import io.thornback.transport.TransportException;
import io.thornback.transport.wire.ChangeNodeEncoder;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.NodeChangedDecoder;
import io.thornback.transport.wire.RefusedDecoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A change of a running node's totals and labels, as a tool on the same host asks for it. Checked before it is sent; any thread.
 *
 * @param totals new totals by name; 0 takes a resource away.
 * @param labels labels to set.
 * @param removedLabels keys of labels to remove.
 */
public record NodeChange(Map<String, String> totals, Map<String, String> labels, List<String> removedLabels) {
    private static final long ANSWER_TIMEOUT_MS = 5_000;
    private static final long CORRELATION_ID = 1;

    /**
     * Copies and checks.
     *
     * @throws IllegalArgumentException for an amount that is none, or a bad key or value.
     */
    public NodeChange {
        totals = new TreeMap<>(totals);
        labels = new TreeMap<>(labels);
        removedLabels = List.copyOf(removedLabels);
        totals.values().forEach(ResourceAmount::parse);
        labels.forEach((key, value) -> {
            Label.requireKey(key);
            Label.requireValue(key, value);
        });
    }

    /**
     * What the node has now.
     *
     * @param resources all totals.
     * @param labels {@code key=value,…} without those that the node sets itself.
     */
    public record Outcome(String resources, String labels) {}

    /**
     * Asks the raylet, and waits for its answer.
     *
     * @param shmDir shared memory of the node's session.
     * @throws IllegalArgumentException if the raylet refuses; nothing is changed then.
     * @throws NodeException if it is not there, or does not answer within {@value #ANSWER_TIMEOUT_MS} ms.
     */
    public Outcome apply(final Path shmDir) {
        final CompletableFuture<Outcome> answer = new CompletableFuture<>();
        try (InboxAgent agent =
                new InboxAgent(shmDir, "tool-" + ProcessHandle.current().pid() + "-" + System.nanoTime())) {
            agent.addHandler(new Answer(answer));
            final MessageBuffer message = MessageBuffer.local();
            final ChangeNodeEncoder out =
                    new ChangeNodeEncoder().wrapAndApplyHeader(message.buffer(), 0, message.header());
            encode(out, agent.name());
            agent.links().to(RayletRole.INBOX).post(ChangeNodeEncoder.TEMPLATE_ID, message, out.encodedLength());
            return answer.get(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (final TimeoutException e) {
            throw new NodeException(
                    "the raylet did not answer within " + ANSWER_TIMEOUT_MS + " ms, the change may have been made",
                    "look at 'thornback status'",
                    e);
        } catch (final TransportException e) {
            throw new NodeException("the raylet cannot be asked: " + e.getMessage(), "", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeException("interrupted while waiting for the raylet", "", e);
        } catch (final ExecutionException e) {
            throw new IllegalArgumentException(e.getCause().getMessage(), e);
        }
    }

    private void encode(final ChangeNodeEncoder out, final String inbox) {
        out.correlationId(CORRELATION_ID);
        final ChangeNodeEncoder.TotalsEncoder totalsGroup = out.totalsCount(totals.size());
        totals.forEach((name, amount) ->
                totalsGroup.next().amount(ResourceAmount.parse(amount).units()).name(name));
        final ChangeNodeEncoder.LabelsEncoder labelsGroup = out.labelsCount(labels.size() + removedLabels.size());
        labels.forEach(
                (key, value) -> labelsGroup.next().removed((short) 0).key(key).value(value));
        removedLabels.forEach(
                key -> labelsGroup.next().removed((short) 1).key(key).value(""));
        out.inbox(inbox);
    }

    private record Answer(CompletableFuture<Outcome> answer) implements MessageHandler {
        @Override
        public boolean onMessage(final Message message) {
            final MessageHeaderDecoder header = new MessageHeaderDecoder();
            if (message.templateId() == NodeChangedDecoder.TEMPLATE_ID) {
                final NodeChangedDecoder in =
                        new NodeChangedDecoder().wrapAndApplyHeader(message.buffer(), message.offset(), header);
                answer.complete(new Outcome(in.resources(), in.labels()));
                return true;
            }
            if (message.templateId() == RefusedDecoder.TEMPLATE_ID) {
                answer.completeExceptionally(new IllegalArgumentException(new RefusedDecoder()
                        .wrapAndApplyHeader(message.buffer(), message.offset(), header)
                        .message()));
                return true;
            }
            return false;
        }
    }
}
