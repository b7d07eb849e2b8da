/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import io.thornback.config.Configuration;
import io.thornback.config.GcsSettings;
import io.thornback.config.HostAndPort;
import io.thornback.node.NodeFile;
import java.io.IOException;
import java.util.Optional;

/** The port of the GCS, and the addresses by which hosts know each other. */
final class NetworkChecks {
    private static final String PORT = "port";
    private static final String ADDRESS = "address";

    private final Configuration configuration;
    private final Host host;
    private final Optional<NodeFile> running;

    NetworkChecks(Configuration configuration, Host host) {
        this.configuration = configuration;
        this.host = host;
        this.running = host.running(configuration.node().dir());
    }

    Finding port() {
        Optional<HostAndPort> joined = configuration.cluster().address();
        if (joined.isPresent()) {
            return Finding.ok(PORT, "none of its own: the node joins " + joined.get());
        }
        String address = configuration.get(GcsSettings.HOST);
        int port = configuration.get(GcsSettings.PORT);
        if (port == 0) {
            return Finding.ok(PORT, "any that is free (gcs.port=0); other hosts need one that is known");
        }
        String found = new HostAndPort(address, port).toString();
        if (running.isPresent() && running.get().gcsPort() == port) {
            return Finding.ok(PORT, found + " is that of the node that runs");
        }
        return host.listener(address, port)
                .map(who -> Finding.fail(
                        PORT, found + " is in use by " + who, "end that process, or choose another with --port"))
                .orElseGet(() -> Finding.ok(PORT, found + " is free"));
    }

    Finding address() {
        String listens = configuration.get(GcsSettings.HOST);
        Optional<String> known = configuration.cluster().host();
        boolean isHead = configuration.cluster().address().isEmpty();
        try {
            if (isHead && !host.isOwnAddress(listens)) {
                return Finding.fail(
                        ADDRESS, "gcs.host=" + listens + " is no address of this host", "choose one with --gcs-host");
            }
            if (known.isPresent()) {
                return host.isOwnAddress(known.get())
                        ? Finding.ok(ADDRESS, "other nodes know this one as " + known.get())
                        : Finding.warn(
                                ADDRESS,
                                "node.host=" + known.get() + " is no address of this host",
                                "right where addresses are translated; else choose one with --node-host");
            }
        } catch (IOException e) {
            return Finding.fail(
                    ADDRESS, "cannot be found: " + e.getMessage(), "check gcs.host, node.host and the name service");
        }
        if (isHead && (listens.equals("0.0.0.0") || listens.equals("::"))) {
            return Finding.warn(
                    ADDRESS,
                    "gcs.host=" + listens + " listens everywhere, and other nodes are told no address of this one",
                    "name it with --node-host");
        }
        return Finding.ok(ADDRESS, isHead ? "gcs.host=" + listens : "the local one of the connection to the GCS");
    }
}
