/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.wire.AddReferenceDecoder;
import io.thornback.transport.wire.DropReferenceDecoder;
import io.thornback.transport.wire.HoldObjectDecoder;
import io.thornback.transport.wire.ReferencesCompleteDecoder;
import io.thornback.transport.wire.ReleaseObjectDecoder;
import org.agrona.DirectBuffer;

/** What clients say of the references that they have. One thread, the agent. */
final class ReferenceDesk {
    private final Residency residency;
    private final Holds holds;

    ReferenceDesk(final Residency residency, final Holds holds) {
        this.residency = residency;
        this.holds = holds;
    }

    /** Applies a message of known length; false if it is none of these. */
    boolean tell(
            final ClientSession session,
            final int templateId,
            final DirectBuffer buffer,
            final int offset,
            final long epoch) {
        switch (templateId) {
            case AddReferenceDecoder.TEMPLATE_ID ->
                residency.addReference(
                        session, StoreMessages.getId(buffer, offset, AddReferenceDecoder.objectIdEncodingOffset()));
            case DropReferenceDecoder.TEMPLATE_ID ->
                residency.dropReference(
                        session, StoreMessages.getId(buffer, offset, DropReferenceDecoder.objectIdEncodingOffset()));
            case HoldObjectDecoder.TEMPLATE_ID ->
                holds.hold(session.id, StoreMessages.getId(buffer, offset, HoldObjectDecoder.objectIdEncodingOffset()));
            case ReleaseObjectDecoder.TEMPLATE_ID ->
                holds.release(
                        session.id, StoreMessages.getId(buffer, offset, ReleaseObjectDecoder.objectIdEncodingOffset()));
            case ReferencesCompleteDecoder.TEMPLATE_ID -> {
                if (StoreMessages.getLong(buffer, offset, ReferencesCompleteDecoder.epochEncodingOffset()) == epoch) {
                    residency.referencesComplete(session);
                    holds.complete(session.id);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The client is gone. */
    void forget(final ClientSession session) {
        residency.forget(session);
        holds.forget(session.id);
    }
}
