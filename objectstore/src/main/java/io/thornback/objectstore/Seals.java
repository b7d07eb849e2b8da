/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.OutboundLane;
import java.time.Duration;

/** How a client makes an object visible: header, SEAL, own puts, in this order. Any thread; waits only if the store is behind. */
final class Seals {
    private final ClientFiles files;
    private final StoreLane lane;
    private final ObjectLocator locator;
    private final StoreRequests requests;
    private final Duration timeout;

    Seals(
            final ClientFiles files,
            final StoreLane lane,
            final ObjectLocator locator,
            final StoreRequests requests,
            final Duration timeout) {
        this.files = files;
        this.lane = lane;
        this.locator = locator;
        this.requests = requests;
        this.timeout = timeout;
    }

    void seal(
            final ObjectId id,
            final long token,
            final int clientId,
            final long length,
            final int metadataLength,
            final int format,
            final int flags) {
        Steps.reached(Step.MEMORY_WRITTEN);
        CellDescriptor.headerPlain(
                files.cellAddress(CellDescriptor.tokenCell(token)), id, length, metadataLength, format, flags);
        Steps.reached(Step.HEADER_WRITTEN);
        // Release: the commit in the lane. Partner: the store's acquire of the record, and its release of SEALED.
        final OutboundLane sentOn = lane.seal(id, token, clientId);
        final boolean added = locator.addOwn(id, token);
        Steps.reached(Step.OWN_PUT_ADDED);
        // Behind the CAS that added it; partner: StoreLink.resume, which replaces the lane and looks at the own puts
        // then.
        lane.confirmSeal(sentOn, id, token, clientId);
        if (!added) {
            // More seals in flight than the table has room for: the store is behind. Wait for it, as a full lane would.
            requests.flush(timeout);
        }
    }

    /** To a restarted store, on the feeding thread: those that it may have missed. */
    void sayAgain(final int clientId) {
        locator.forEachUnapplied(token -> lane.sealAgain(
                ObjectId.ofAddress(files.cellAddress(CellDescriptor.tokenCell(token)) + CellDescriptor.ID_OFFSET),
                token,
                clientId));
        Steps.reached(Step.LINK_SEALS_SENT_AGAIN);
    }
}
