/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.GcsSettings;
import io.thornback.gcs.ClusterStore;
import io.thornback.gcs.ClusterStoreException;
import io.thornback.gcs.GcsLimits;
import io.thornback.gcs.GcsService;
import io.thornback.gcs.MvClusterStore;
import io.thornback.gcs.NodeTrust;
import io.thornback.transport.net.NetAccess;
import io.thornback.transport.net.NetException;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.ServerTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.SystemEpochClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control service as a role of the node. It alone holds the cluster's identity and tables, and writes the session's token, before
 * it is ready: who depends on it finds the token there. One that is started in the place of another listens at the same port.
 */
public final class GcsRole implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(GcsRole.class);
    private static final String PORT = "port";
    private static final long PORT_PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long PORT_LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private NetAccess access;
    private NodeTrust trust;
    private ClusterStore store;
    private GcsService service;

    /** Made by its host. */
    public GcsRole() {}

    @Override
    public void prepare(RoleContext context) throws IOException {
        ClusterIdentity identity = ClusterIdentity.open(context.session(), Instant.now());
        JoinToken token;
        if (context.configuration().gcs().insecure()) {
            token = identity.plainTextToken();
            access = NetAccess.plainText(identity.clusterId(), token.secret());
            LOG.warn(
                    "gcs.insecure: connections are in plain text; whoever may capture packets on this host reads the token");
        } else {
            token = identity.token();
            access = NetAccess.encrypted(
                    identity.clusterId(), token.secret(), new ServerTls(identity::forGcs, SystemEpochClock.INSTANCE));
        }
        trust = identity.trust(token);
        writeToken(context.session().token(), token.text() + "\n");
        store = context.plan().kind() == NodeKind.LOCAL
                ? ClusterStore.none()
                : MvClusterStore.open(context.session().clusterTables(), identity.clusterId());
    }

    /** One that takes another's place finds it there, and must not fail on a full disk. */
    private static void writeToken(Path file, String text) throws IOException {
        if (!Files.exists(file) || !Files.readString(file).equals(text)) {
            PrivateFiles.writeAtomically(file, text);
        }
    }

    @Override
    public void start(RoleContext context) {
        GcsSettings settings = context.configuration().gcs();
        Optional<String> formerPort = context.former(PORT);
        if (formerPort.isEmpty() && store.failure().isPresent()) {
            // Nobody could join. One that takes another's place has nodes that go on meanwhile: it serves them, and
            // waits for the disk.
            throw new ClusterStoreException(store.failure().get());
        }
        service = formerPort.isEmpty()
                ? serve(context, settings.port())
                : serveAgain(context, Integer.parseInt(formerPort.get()));
        context.ready(Map.of("host", fromHere(settings.host()), PORT, Integer.toString(service.port())));
    }

    private GcsService serve(RoleContext context, int port) {
        GcsSettings settings = context.configuration().gcs();
        return GcsService.start(new GcsService.Options(
                settings.host(),
                port,
                access,
                limitsOf(settings),
                failure -> context.failed("the control service's agent ended", failure),
                store,
                Optional.of(context.plan().nodeId()),
                Optional.of(trust)));
    }

    /** In the place of another, at its port; which a connection of anybody on this host may have been given meanwhile, mostly for a moment. */
    private GcsService serveAgain(RoleContext context, int port) {
        long beganNs = System.nanoTime();
        while (true) {
            try {
                return serve(context, port);
            } catch (NetException e) {
                if (e.code() != NetException.Code.PORT_IN_USE || System.nanoTime() - beganNs > PORT_PATIENCE_NS) {
                    throw e;
                }
                LOG.debug("the port is not free yet: {}", e.getMessage());
                LockSupport.parkNanos(PORT_LOOK_NS);
            }
        }
    }

    /** Where this host's processes find what listens on all addresses. */
    private static String fromHere(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            default -> host;
        };
    }

    private static GcsLimits limitsOf(GcsSettings settings) {
        return GcsLimits.DEFAULT.with(
                Math.toIntExact(settings.heartbeat().toMillis()),
                Math.toIntExact(settings.suspectAfter().toMillis()),
                Math.toIntExact(settings.deadAfter().toMillis()),
                settings.maxNodes());
    }

    @Override
    public void stop(long timeoutMs) {
        if (service != null) {
            service.close();
        } else if (store != null) {
            store.close();
        }
    }
}
