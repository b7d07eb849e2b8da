/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.config.HostAndPort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node is made of: its roles, and facts of roles that run elsewhere, which its own need as if they ran here. Whoever asks for
 * {@code gcs.port} need not know whose GCS it is.
 *
 * @param kind what the node is to its cluster
 * @param specs its roles, in the order of their start; they are stopped in the reverse order
 * @param given facts of roles elsewhere, by {@code role.fact}
 */
public record NodeRoles(NodeKind kind, List<RoleSpec> specs, Map<String, String> given) {

    public NodeRoles {
        specs = List.copyOf(specs);
        given = Map.copyOf(given);
    }

    /** The roles that a configuration asks for: a head's, or those of a node that joins. */
    static NodeRoles of(Configuration configuration) {
        return configuration
                .cluster()
                .address()
                .map(gcs -> joined(configuration, gcs))
                .orElseGet(() -> head(RoleSpec.head(configuration)));
    }

    /** A node that needs no other. */
    static NodeRoles head(List<RoleSpec> specs) {
        return new NodeRoles(NodeKind.HEAD, specs, Map.of());
    }

    private static NodeRoles joined(Configuration configuration, HostAndPort gcs) {
        return new NodeRoles(
                NodeKind.JOINED,
                RoleSpec.joined(configuration),
                Map.of(RoleSpec.GCS + ".host", gcs.host(), RoleSpec.GCS + ".port", Integer.toString(gcs.port())));
    }

    /** The given facts of one role, by their names alone. */
    Map<String, String> givenOf(String role) {
        String prefix = role + ".";
        Map<String, String> facts = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                facts.put(name.substring(prefix.length()), value);
            }
        });
        return facts;
    }
}
