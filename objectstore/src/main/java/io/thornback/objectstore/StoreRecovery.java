/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.ipc.Inbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a store goes on with the files of one that died. In this order, each step as good twice as once, because this store may be killed too:
 *
 * <ol>
 *   <li>sessions for all clients that were there, the dead included;
 *   <li>cells, allocator and index, from the descriptors ({@link CellRecovery}), and what objects that contain references hold;
 *   <li>the delete that was running, if any, is finished;
 *   <li>what clients had committed in the old lanes is applied ({@link InheritedMessages}); what they had asked is not;
 *   <li>deletes that waited for a SEAL are decided: no SEAL from before is unread now;
 *   <li>clients that are dead or have left are gone, with all that they held;
 *   <li>an inbox is made, and the living are told. They say hello again, on a new lane, and send again what they wait for.
 * </ol>
 *
 * Until the last step nobody can send anything, so nothing new comes before anything old.
 */
final class StoreRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(StoreRecovery.class);
    private static final long CHECK_NS = 250_000_000;

    private final StoreConfig config;
    private final StoreParts parts;
    private final StoreService service;
    /** Clients that have not said hello again. */
    private final List<ClientSession> awaited = new ArrayList<>();

    private long nextCheckNs;

    StoreRecovery(final StoreConfig config, final StoreParts parts, final StoreService service) {
        this.config = config;
        this.parts = parts;
        this.service = service;
    }

    /** All that comes before the inbox. */
    void run(final long startNs) {
        parts.clients().recover();
        Steps.reached(Step.RECOVERY_SESSIONS_MADE);
        final CellRecovery cells = new CellRecovery(parts);
        cells.run();
        final long cellsNs = System.nanoTime();
        parts.residency().awaitReferences(parts.clients().list());
        parts.holds().await(parts.clients().list());
        for (final Spilled container : parts.residency().containersOnDisk()) {
            if (parts.index().find(container.id) == ObjectIndex.NONE) {
                parts.holds().contains(container.id, container.contents);
            }
        }
        finishDeletes();
        Steps.reached(Step.RECOVERY_DELETES_FINISHED);
        final InheritedMessages messages = new InheritedMessages(service, parts);
        Inbox.inherit(config.shmDir(), config.inboxName(), messages);
        Steps.reached(Step.RECOVERY_LANES_READ);
        decideDeletes();
        Steps.reached(Step.RECOVERY_DELETES_DECIDED);
        final int clients = parts.clients().list().size();
        endTheGone();
        Steps.reached(Step.RECOVERY_SESSIONS_ENDED);
        service.recovered(cells.lost());
        final long endNs = System.nanoTime();
        LOG.info(
                "took over the store of {}: epoch={} objects={} doomed={} writing={} freed={} messages={} clients={} of {}; cells took {} ms, all {} ms",
                config.shmDir(),
                parts.files().epoch(),
                cells.objects(),
                cells.doomed(),
                cells.writing(),
                cells.freed(),
                messages.applied(),
                parts.clients().list().size(),
                clients,
                (cellsNs - startNs) / 1_000_000,
                (endNs - startNs) / 1_000_000);
        if (cells.quarantined() > 0) {
            LOG.warn(
                    "store of {}: {} cells cannot be right and are quarantined, {} of them were sealed objects, which are lost",
                    config.shmDir(),
                    cells.quarantined(),
                    cells.lost());
        }
    }

    /** The inbox is there: rings all clients of the store before. */
    void ringClients() {
        for (final ClientSession session : List.copyOf(parts.clients().list())) {
            parts.admissions().ring(session);
            awaited.add(session);
        }
    }

    /** Clients that died or left before they said hello to this store. Returns how many were ended. */
    int poll(final long nowNs) {
        if (awaited.isEmpty() || nextCheckNs - nowNs > 0) {
            return 0;
        }
        nextCheckNs = nowNs + CHECK_NS;
        final int before = awaited.size();
        awaited.removeIf(session -> {
            if (session.isAttached()) {
                return true;
            }
            final boolean gone = session.hasLeft() || !FoundFiles.isAlive(session.process);
            if (gone) {
                service.end(session);
                LOG.debug("{} did not come back", session);
            }
            return gone;
        });
        return before - awaited.size();
    }

    boolean isAwaiting() {
        return !awaited.isEmpty();
    }

    private void finishDeletes() {
        final DeleteLog deletes = parts.undecided().log();
        for (int entry = 0; entry < DeleteLogDescriptor.ENTRIES; entry++) {
            final long token = deletes.token(entry);
            final int state = deletes.state(entry);
            if (token == 0 || state == DeleteLogDescriptor.FREE || state == DeleteLogDescriptor.RELEASE_JOB) {
                continue;
            }
            if (state == DeleteLogDescriptor.DELETE) {
                service.deleteToken(token);
            } else {
                service.deletePlace(deletes.id(entry), token);
            }
            if (entry > 0) {
                deletes.forget(entry);
            }
        }
    }

    private void decideDeletes() {
        final DeleteLog deletes = parts.undecided().log();
        for (int entry = 1; entry < DeleteLogDescriptor.ENTRIES; entry++) {
            switch (deletes.state(entry)) {
                case DeleteLogDescriptor.DELETE, DeleteLogDescriptor.DELETE_ON_DISK ->
                    service.decideDelete(entry, deletes.id(entry));
                case DeleteLogDescriptor.RELEASE_JOB -> {
                    service.releaseJob(deletes.job(entry));
                    deletes.forget(entry);
                }
                default -> {}
            }
        }
    }

    private void endTheGone() {
        final Map<ProcessIdentity, Boolean> alive = new HashMap<>();
        for (final ClientSession session : List.copyOf(parts.clients().list())) {
            final boolean left = session.hasLeft()
                    || parts.clients().isClosing(session.id)
                    || !alive.computeIfAbsent(session.process, FoundFiles::isAlive);
            if (left) {
                service.end(session);
            }
        }
    }
}
