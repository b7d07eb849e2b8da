/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.GcsSettings;
import io.thornback.gcs.GcsLimits;
import io.thornback.gcs.GcsService;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

/** The control service as a role of the node. */
public final class GcsRole implements Role {
    private GcsService service;

    /** Made by its host. */
    public GcsRole() {}

    @Override
    public void start(RoleContext context) throws IOException {
        GcsSettings settings = context.configuration().gcs();
        String token = Files.readString(context.session().token()).trim();
        service = GcsService.start(new GcsService.Options(
                settings.host(),
                settings.port(),
                token,
                context.session().name(),
                limitsOf(settings),
                failure -> context.failed("the control service's agent ended", failure)));
        context.ready(Map.of("host", settings.host(), "port", Integer.toString(service.port())));
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
