/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Three hosts of a kind: network namespaces, each with a cable to one switch (a bridge in a namespace of its own) and no other way out. They share files, processes and clock with
 * this one. Needs root, {@code ip} of iproute2 and {@code nsenter} of util-linux.
 */
final class NetworkNamespaces implements AutoCloseable {

    /** One of them. */
    enum Host {
        HEAD("10.201.7.1"),
        SECOND("10.201.7.2"),
        THIRD("10.201.7.3");

        private final String address;

        Host(String address) {
            this.address = address;
        }

        /** Its address on its cable. */
        String address() {
            return address;
        }
    }

    private static final String CABLE = "cable0";
    private static final String BRIDGE = "bridge0";
    /** Of nobody. */
    private static final String NO_CARD = "02:00:00:00:00:99";

    private final String prefix = "tb" + ProcessHandle.current().pid();

    private NetworkNamespaces() {}

    /** Lays the cables; empty if this process may not, or has not the tools; the reason is given to the caller's line. */
    static Optional<NetworkNamespaces> make(StringBuilder whyNot) {
        if (!"root".equals(System.getProperty("user.name"))) {
            whyNot.append("network namespaces need root");
            return Optional.empty();
        }
        NetworkNamespaces namespaces = new NetworkNamespaces();
        try {
            run("nsenter", "--version");
            String bridge = namespaces.bridge();
            run("ip", "netns", "add", bridge);
            ipIn(bridge, "link", "add", BRIDGE, "type", "bridge");
            ipIn(bridge, "link", "set", BRIDGE, "up");
            for (Host host : Host.values()) {
                namespaces.lay(host);
            }
            return Optional.of(namespaces);
        } catch (IllegalStateException e) {
            namespaces.close();
            whyNot.append("network namespaces are not to be had here: ").append(e.getMessage());
            return Optional.empty();
        }
    }

    private void lay(Host host) {
        String port = host.name().toLowerCase(Locale.ROOT);
        run("ip", "netns", "add", name(host));
        ipIn(bridge(), "link", "add", port, "type", "veth", "peer", "name", CABLE, "netns", name(host));
        ipIn(bridge(), "link", "set", port, "master", BRIDGE, "up");
        ip(host, "address", "add", host.address() + "/24", "dev", CABLE);
        ip(host, "link", "set", "lo", "up");
        ip(host, "link", "set", CABLE, "up");
    }

    /** Namespace of the switch. */
    private String bridge() {
        return prefix + "b";
    }

    private String name(Host host) {
        return prefix + host.name().toLowerCase(Locale.ROOT).charAt(0);
    }

    /** Pulls the cable out of a host, or puts it back. */
    void plug(Host host, boolean in) {
        ip(host, "link", "set", CABLE, in ? "up" : "down");
    }

    /** Has what two hosts send each other go nowhere, silently, while others see both; or ends that. */
    void cut(Host one, Host other, boolean apart) {
        cutWay(one, other, apart);
        cutWay(other, one, apart);
    }

    private void cutWay(Host from, Host to, boolean apart) {
        if (apart) {
            ip(from, "neighbour", "replace", to.address(), "lladdr", NO_CARD, "nud", "permanent", "dev", CABLE);
        } else {
            ip(from, "neighbour", "delete", to.address(), "dev", CABLE);
        }
    }

    private void ip(Host host, String... words) {
        ipIn(name(host), words);
    }

    private static void ipIn(String namespace, String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
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

    /** Removes them, and with them the cables. Those that were not made are none. */
    @Override
    public void close() {
        List<String> names = new ArrayList<>(List.of(bridge()));
        for (Host host : Host.values()) {
            names.add(name(host));
        }
        for (String name : names) {
            if (Files.exists(Path.of("/run/netns", name))) {
                run("ip", "netns", "delete", name);
            }
        }
    }
}
