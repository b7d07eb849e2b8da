/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import io.thornback.posix.ProcessWatcher;
import io.thornback.transport.TransportException;
import io.thornback.transport.ipc.InboundLane;
import io.thornback.transport.ipc.Inbox;
import io.thornback.transport.ipc.OutboundLane;
import io.thornback.transport.wire.MessageHeaderDecoder;
import io.thornback.transport.wire.RefusalCode;
import io.thornback.transport.wire.StoreHelloDecoder;
import io.thornback.transport.wire.StoreRestartedEncoder;
import io.thornback.transport.wire.StoreWelcomeEncoder;
import io.thornback.transport.wire.WireVersion;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets clients in, and has the kernel say when their processes die. A process that dies is reported to the inbox, which delivers what it had
 * committed and then closes its lane; that is when its cells are freed. One thread, the agent; the watcher's only calls the inbox.
 */
final class Admissions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Admissions.class);

    private final StoreConfig config;
    private final StoreFiles files;
    private final ClientRegistry clients;
    private final Outbox outbox;
    private Inbox inbox;
    private final ProcessIdentity self = ProcessIdentity.current();
    private final ProcessWatcher watcher = new ProcessWatcher("objectstore-watcher");
    private final StoreHelloDecoder hello = new StoreHelloDecoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();

    Admissions(final StoreConfig config, final StoreFiles files, final ClientRegistry clients, final Outbox outbox) {
        this.config = config;
        this.files = files;
        this.clients = clients;
        this.outbox = outbox;
    }

    /** Where deaths are reported; before anybody is let in. */
    void open(final Inbox newInbox) {
        inbox = newInbox;
    }

    /** A Hello; a second one on a lane is answered like the first. */
    void onHello(final InboundLane from, final DirectBuffer buffer, final int offset) {
        hello.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = hello.correlationId();
        final ProcessIdentity process = new ProcessIdentity(hello.pid(), hello.startTicks());
        final int layout = hello.layoutVersion();
        final int schema = hello.schemaVersion();
        final int jobId = hello.jobId();
        final int clientId = hello.clientId();
        final String inboxName = hello.inbox();
        if (from.attachment() instanceof ClientSession session) {
            welcome(session, correlationId);
            return;
        }
        final ClientSession known = clients.find(process, inboxName);
        if (known != null && (clientId == 0 ? !known.isAttached() : clientId == known.id)) {
            resume(from, known, correlationId);
            return;
        }
        final OutboundLane lane = open(from, inboxName);
        if (lane == null) {
            return;
        }
        boolean admitted = false;
        try {
            if (isAdmissible(layout, schema, clientId, correlationId)) {
                final ClientSession session = clients.admit(clients.freeId(), process, jobId, inboxName);
                admitted = true;
                session.open(lane);
                session.attach(from);
                watch(process);
                welcome(session, correlationId);
                LOG.debug("admitted {}, inbox {}", session, inboxName);
            } else {
                outbox.tell(lane);
            }
        } catch (final PosixException e) {
            LOG.warn("cannot admit {}", from, e);
            outbox.refused(correlationId, RefusalCode.STORE_FULL, 0, e.getMessage())
                    .tell(lane);
        } finally {
            if (!admitted) {
                lane.close();
            }
        }
    }

    /** If not, the refusal is encoded. */
    private boolean isAdmissible(final int layout, final int schema, final int clientId, final long correlationId) {
        if (layout != StoreDescriptor.LAYOUT_VERSION || schema != WireVersion.SCHEMA) {
            outbox.refused(
                    correlationId,
                    RefusalCode.VERSION_MISMATCH,
                    StoreDescriptor.LAYOUT_VERSION,
                    versions(layout, schema));
            return false;
        }
        if (clientId != 0) {
            outbox.refused(
                    correlationId,
                    RefusalCode.NOT_ADMITTED,
                    clientId,
                    "client " + clientId + " is not known here, its process or inbox is another's, or it has left");
            return false;
        }
        if (clients.freeId() == ClientRegistry.NONE) {
            outbox.refused(
                    correlationId,
                    RefusalCode.TOO_MANY_CLIENTS,
                    config.maxClients(),
                    "maxClients=" + config.maxClients() + " are connected; raise it, or close clients");
            return false;
        }
        return true;
    }

    /** After a restart: opens the way to a client of the store before, and tells it. False if there is no way to it now. */
    boolean ring(final ClientSession session) {
        try {
            session.open(OutboundLane.open(config.shmDir(), session.inboxName, config.inboxName()));
        } catch (final TransportException | PosixException | IllegalArgumentException e) {
            LOG.info("{} cannot be told that the store was restarted; it will find out: {}", session, e.getMessage());
            return false;
        }
        Steps.reached(Step.RESUME_LANE_OPENED);
        outbox.fixed(StoreRestartedEncoder.TEMPLATE_ID, StoreRestartedEncoder.BLOCK_LENGTH)
                .putLong(StoreRestartedEncoder.epochEncodingOffset(), files.epoch())
                .putInt(StoreRestartedEncoder.clientIdEncodingOffset(), session.id)
                .tell(session);
        return true;
    }

    /** Nobody reads the inbox of a dead process any more. The process may be watched for another session still. */
    void left(final ClientSession session) {
        if (!FoundFiles.isAlive(session.process)) {
            removeInbox(session);
        }
        for (final ClientSession other : clients.list()) {
            if (other.isAttached() && other.process.equals(session.process)) {
                return;
            }
        }
        watcher.unwatch(session.process);
    }

    /** After a restart the name is what was found in shared memory, and may be anything. */
    private void removeInbox(final ClientSession session) {
        try {
            Inbox.removeDead(config.shmDir(), session.inboxName);
        } catch (final TransportException | PosixException | IllegalArgumentException e) {
            LOG.warn("the inbox of {}, which is dead, stays until the next start: {}", session, e.getMessage());
        }
    }

    @Override
    public void close() {
        watcher.close();
    }

    /** A client of the store before, or one whose lane broke, is here again. */
    private void resume(final InboundLane from, final ClientSession session, final long correlationId) {
        if (!session.isOpen()) {
            final OutboundLane lane = open(from, session.inboxName);
            if (lane == null) {
                return;
            }
            session.open(lane);
        }
        session.attach(from);
        watch(session.process);
        Steps.reached(Step.RESUME_ATTACHED);
        welcome(session, correlationId);
        LOG.debug("{} is here again", session);
    }

    private void watch(final ProcessIdentity process) {
        int sessions = 0;
        for (final ClientSession other : clients.list()) {
            sessions += other.isAttached() && other.process.equals(process) ? 1 : 0;
        }
        if (sessions == 1 && !process.equals(self)) {
            watcher.watch(process, inbox::producerDied);
        }
    }

    private void welcome(final ClientSession session, final long correlationId) {
        outbox.fixed(StoreWelcomeEncoder.TEMPLATE_ID, StoreWelcomeEncoder.BLOCK_LENGTH)
                .putLong(StoreWelcomeEncoder.correlationIdEncodingOffset(), correlationId)
                .putInt(StoreWelcomeEncoder.clientIdEncodingOffset(), session.id)
                .putLong(StoreWelcomeEncoder.epochEncodingOffset(), files.epoch())
                .tell(session);
    }

    /** Null if the client has no inbox to answer to: then it is told nothing, and gives up after its time-out. */
    private OutboundLane open(final InboundLane from, final String inboxName) {
        try {
            return OutboundLane.open(config.shmDir(), inboxName, config.inboxName());
        } catch (final TransportException | IllegalArgumentException e) {
            LOG.warn("cannot answer the hello of {}: no lane to its inbox {}", from, inboxName, e);
            return null;
        }
    }

    private static String versions(final int layout, final int schema) {
        return "the store has layout version " + StoreDescriptor.LAYOUT_VERSION + " and schema version "
                + WireVersion.SCHEMA + ", the client " + layout + " and " + schema
                + "; run all processes of a node from one release";
    }
}
