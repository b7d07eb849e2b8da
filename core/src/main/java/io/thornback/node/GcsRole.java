/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.GcsSettings;
import io.thornback.gcs.GcsLimits;
import io.thornback.gcs.GcsService;
import io.thornback.transport.net.NetAccess;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.ServerTls;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.agrona.concurrent.SystemEpochClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control service as a role of the node. It alone holds the cluster's identity, and writes the session's token, before
 * it is ready: who depends on it finds the token there.
 */
public final class GcsRole implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(GcsRole.class);

    private NetAccess access;
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
        PrivateFiles.writeAtomically(context.session().token(), token.text() + "\n");
    }

    @Override
    public void start(RoleContext context) {
        GcsSettings settings = context.configuration().gcs();
        service = GcsService.start(new GcsService.Options(
                settings.host(),
                settings.port(),
                access,
                limitsOf(settings),
                failure -> context.failed("the control service's agent ended", failure)));
        context.ready(Map.of("host", fromHere(settings.host()), "port", Integer.toString(service.port())));
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
        }
    }
}
