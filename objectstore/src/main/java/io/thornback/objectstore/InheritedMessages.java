/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.ipc.LaneHandler;
import io.thornback.transport.wire.AbortCellDecoder;
import io.thornback.transport.wire.AddReferenceDecoder;
import io.thornback.transport.wire.DeleteObjectDecoder;
import io.thornback.transport.wire.DropReferenceDecoder;
import io.thornback.transport.wire.HoldObjectDecoder;
import io.thornback.transport.wire.ReleaseJobDecoder;
import io.thornback.transport.wire.ReleaseObjectDecoder;
import io.thornback.transport.wire.SealDecoder;
import org.agrona.DirectBuffer;

/**
 * What clients had said to a store that died before it listened. What they told it is done; what they asked is not answered, because whoever still wants to
 * know asks again. The first message of each lane may have been handled already, and only its note in the lane be missing. One thread, the agent.
 */
final class InheritedMessages implements LaneHandler {
    private final StoreService service;
    private final StoreParts parts;
    private int applied;

    InheritedMessages(final StoreService service, final StoreParts parts) {
        this.service = service;
        this.parts = parts;
    }

    int applied() {
        return applied;
    }

    @Override
    public void onMessage(
            final InboundLane from,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        applied++;
        switch (templateId) {
            case SealDecoder.TEMPLATE_ID -> onSeal(from, buffer, offset);
            case AbortCellDecoder.TEMPLATE_ID -> {
                final ClientSession session =
                        owner(from, StoreMessages.getInt(buffer, offset, AbortCellDecoder.clientIdEncodingOffset()));
                if (session != null) {
                    service.onAbort(session, buffer, offset);
                }
            }
            case DeleteObjectDecoder.TEMPLATE_ID ->
                onDelete(from, StoreMessages.getId(buffer, offset, DeleteObjectDecoder.objectIdEncodingOffset()));
            case ReleaseJobDecoder.TEMPLATE_ID -> {
                if (isNew(from)) {
                    parts.undecided()
                            .log()
                            .noteJob(
                                    from.key(),
                                    from.consumerPosition(),
                                    StoreMessages.getInt(buffer, offset, ReleaseJobDecoder.jobIdEncodingOffset()));
                }
            }
            case AddReferenceDecoder.TEMPLATE_ID,
                    DropReferenceDecoder.TEMPLATE_ID,
                    HoldObjectDecoder.TEMPLATE_ID,
                    ReleaseObjectDecoder.TEMPLATE_ID -> onReference(from, templateId, buffer, offset);
            default -> applied--;
        }
        Steps.reached(Step.RECOVERY_MESSAGE_APPLIED);
    }

    @Override
    public void onUnreadable(
            final InboundLane from,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        service.onUnreadable(from, templateId, buffer, offset, length);
    }

    private void onSeal(final InboundLane from, final DirectBuffer buffer, final int offset) {
        final ClientSession session =
                owner(from, StoreMessages.getInt(buffer, offset, SealDecoder.clientIdEncodingOffset()));
        if (session == null) {
            return;
        }
        final int cell = StoreMessages.getInt(buffer, offset, SealDecoder.cellEncodingOffset());
        final long generation = StoreMessages.getLong(buffer, offset, SealDecoder.generationEncodingOffset());
        if (parts.cells().isCell(cell)
                && parts.cells().word(cell) == CellDescriptor.word(CellDescriptor.DOOMED, session.id, generation)) {
            // It lost against another, and the store died before it could say so.
            final ObjectId id = StoreMessages.getId(buffer, offset, SealDecoder.objectIdEncodingOffset());
            service.tellRejected(session, cell, generation, id);
        } else {
            service.onSeal(from, session, buffer, offset);
        }
    }

    /** What is not there may be sealed by a lane that is still to be read. */
    private void onDelete(final InboundLane from, final ObjectId id) {
        if (isNew(from) && !service.deleteLogged(from, id)) {
            parts.undecided().log().note(from.key(), from.consumerPosition(), id);
        }
    }

    private void onReference(
            final InboundLane from, final int templateId, final DirectBuffer buffer, final int offset) {
        for (final ClientSession session : parts.clients().list()) {
            if (session.process.equals(from.producer()) && from.producerName().equals(session.laneName())) {
                service.references()
                        .tell(session, templateId, buffer, offset, parts.files().epoch());
                return;
            }
        }
    }

    private boolean isNew(final InboundLane from) {
        return !parts.undecided().log().isKnown(from.key(), from.consumerPosition());
    }

    /** The client that says so in a message of its process. */
    private ClientSession owner(final InboundLane from, final int clientId) {
        final ClientSession session = parts.clients().find(clientId);
        return session != null && session.process.equals(from.producer()) ? session : null;
    }
}
