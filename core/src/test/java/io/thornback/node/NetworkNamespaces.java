/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Two hosts of a kind: network namespaces with one cable between them and no other way out. They share files, processes and clock with
 * this one. Needs root, {@code ip} of iproute2 and {@code nsenter} of util-linux.
 */
final class NetworkNamespaces implements AutoCloseable {

    /** One of the two. */
    enum Host {
        HEAD("10.201.7.1"),
        SECOND("10.201.7.2");

        private final String address;

        Host(String address) {
            this.address = address;
        }

        /** Its address on the cable. */
        String address() {
            return address;
        }
    }

    private static final String CABLE = "cable0";

    private final String prefix = "tb" + ProcessHandle.current().pid();

    private NetworkNamespaces() {}

    /** Lays the cable; empty if this process may not, or has not the tools; the reason is given to the caller's line. */
    static Optional<NetworkNamespaces> make(StringBuilder whyNot) {
        if (!"root".equals(System.getProperty("user.name"))) {
            whyNot.append("network namespaces need root");
            return Optional.empty();
        }
        NetworkNamespaces namespaces = new NetworkNamespaces();
        try {
            run("nsenter", "--version");
            for (Host host : Host.values()) {
                run("ip", "netns", "add", namespaces.name(host));
            }
            run(
                    "ip",
                    "link",
                    "add",
                    CABLE,
                    "netns",
                    namespaces.name(Host.HEAD),
                    "type",
                    "veth",
                    "peer",
                    "name",
                    CABLE,
                    "netns",
                    namespaces.name(Host.SECOND));
            for (Host host : Host.values()) {
                namespaces.ip(host, "address", "add", host.address() + "/24", "dev", CABLE);
                namespaces.ip(host, "link", "set", "lo", "up");
                namespaces.ip(host, "link", "set", CABLE, "up");
            }
            return Optional.of(namespaces);
        } catch (IllegalStateException e) {
            namespaces.close();
            whyNot.append("network namespaces are not to be had here: ").append(e.getMessage());
            return Optional.empty();
        }
    }

    private String name(Host host) {
        return prefix + host.name().toLowerCase(Locale.ROOT).charAt(0);
    }

    /** Pulls the cable out of a host, or puts it back. */
    void plug(Host host, boolean in) {
        ip(host, "link", "set", CABLE, in ? "up" : "down");
    }

    private void ip(Host host, String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name(host)));
        command.addAll(List.of(words));
        run(command.toArray(String[]::new));
    }

    /** A process on a host; its standard error goes where this process's does. */
    ProcessBuilder process(Host host, List<String> command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + name(host)));
        words.addAll(command);
        return new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    /**
     * Runs a program to its end; the result is what it printed.
     *
     * @throws IllegalStateException if it cannot be run, fails, or takes too long
     */
    private static String run(String... words) {
        return TestNode.run(new ProcessBuilder(words).redirectErrorStream(true));
    }

    /** Removes them, and with them the cable. Those that were not made are none. */
    @Override
    public void close() {
        for (Host host : Host.values()) {
            if (Files.exists(Path.of("/run/netns", name(host)))) {
                run("ip", "netns", "delete", name(host));
            }
        }
    }
}
