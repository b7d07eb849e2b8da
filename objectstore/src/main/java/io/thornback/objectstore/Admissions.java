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
    private final Inbox inbox;
    private final ProcessIdentity self = ProcessIdentity.current();
    private final ProcessWatcher watcher = new ProcessWatcher("objectstore-watcher");
    private final StoreHelloDecoder hello = new StoreHelloDecoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();

    Admissions(
            final StoreConfig config,
            final StoreFiles files,
            final ClientRegistry clients,
            final Outbox outbox,
            final Inbox inbox) {
        this.config = config;
        this.files = files;
        this.clients = clients;
        this.outbox = outbox;
        this.inbox = inbox;
    }

    /** A Hello; a second one on a lane is answered like the first. */
    void onHello(final InboundLane from, final DirectBuffer buffer, final int offset) {
        hello.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = hello.correlationId();
        final ProcessIdentity process = new ProcessIdentity(hello.pid(), hello.startTicks());
        final int layout = hello.layoutVersion();
        final int schema = hello.schemaVersion();
        final int jobId = hello.jobId();
        final String inboxName = hello.inbox();
        if (from.attachment() instanceof ClientSession session) {
            welcome(session, correlationId);
            return;
        }
        final OutboundLane lane = open(from, inboxName);
        if (lane == null) {
            return;
        }
        boolean admitted = false;
        try {
            final int id = clients.freeId();
            if (layout != StoreDescriptor.LAYOUT_VERSION || schema != WireVersion.SCHEMA) {
                outbox.refused(
                                correlationId,
                                RefusalCode.VERSION_MISMATCH,
                                StoreDescriptor.LAYOUT_VERSION,
                                versions(layout, schema))
                        .tell(lane);
            } else if (id == ClientRegistry.NONE) {
                outbox.refused(
                                correlationId,
                                RefusalCode.TOO_MANY_CLIENTS,
                                config.maxClients(),
                                "maxClients=" + config.maxClients() + " are connected; raise it, or close clients")
                        .tell(lane);
            } else {
                final ClientSession session = clients.admit(id, process, jobId, lane);
                admitted = true;
                from.attach(session);
                watch(process);
                welcome(session, correlationId);
                LOG.debug("admitted {}, inbox {}", session, inboxName);
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

    /** The session's process may be watched for another session still. */
    void left(final ClientSession session) {
        for (final ClientSession other : clients.list()) {
            if (other.process.equals(session.process)) {
                return;
            }
        }
        watcher.unwatch(session.process);
    }

    @Override
    public void close() {
        watcher.close();
    }

    private void watch(final ProcessIdentity process) {
        int sessions = 0;
        for (final ClientSession other : clients.list()) {
            sessions += other.process.equals(process) ? 1 : 0;
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
