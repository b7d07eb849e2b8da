/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.ClusterSettings;
import io.thornback.config.ConfigurationSources;
import io.thornback.node.JvmCommand;
import io.thornback.node.NodeException;
import io.thornback.transport.trust.JoinToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The flags that say to which cluster a node belongs. */
final class JoinFlags {

    @Option(names = "--head", description = "Start the first node of a cluster, with the GCS.")
    private boolean head;

    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            description = "Join the cluster whose GCS is there, with its token.")
    private String address;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File that holds the cluster's token; without it, the variable THORNBACK_TOKEN is read.")
    private Path tokenFile;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "The token itself. Everybody on this host can read it in the list of processes while the start"
                            + " runs, and it stays in the shell's history: prefer a file.")
    private String token;

    @Option(
            names = "--join-timeout",
            paramLabel = "TIME",
            description = "How long to try to reach the GCS, such as 2m; default: 30s.")
    private String joinTimeout;

    /** Adds what the flags say of the cluster. */
    void addTo(ConfigurationSources sources, CommandSpec spec) {
        if (head && address != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--head and --address exclude each other: a node starts a cluster or joins one");
        }
        if (head) {
            sources.flag(ClusterSettings.ADDRESS, "", "--head");
        }
        NodeFlags.flag(sources, ClusterSettings.ADDRESS, address, "--address");
        NodeFlags.flag(sources, ClusterSettings.JOIN_TIMEOUT, joinTimeout, "--join-timeout");
    }

    /**
     * Checks that the other flags fit.
     *
     * @param joins whether the node joins a cluster, by flag or by configuration
     * @param describesGcs whether other flags say something of a GCS of its own
     */
    void check(boolean joins, boolean describesGcs, CommandSpec spec) {
        String wrong = "";
        if (!head && !joins) {
            wrong = "Missing option: '--head' to start a cluster, or '--address' to join one";
        } else if (!joins && (token != null || tokenFile != null)) {
            wrong = "--token and --token-file are for a node that joins with --address; a head has a token of its own";
        } else if (joins && describesGcs) {
            wrong = "--port, --gcs-host and --insecure are for a head's GCS; a node that joins with --address has none";
        } else if (token != null && tokenFile != null) {
            wrong = "--token and --token-file exclude each other";
        }
        if (!wrong.isEmpty()) {
            throw new ParameterException(spec.commandLine(), wrong);
        }
    }

    /**
     * The token of a node that joins.
     *
     * @throws ParameterException if there is none, or it can be none
     * @throws NodeException if its file cannot be read
     */
    String token(Map<String, String> environment, CommandSpec spec) {
        if (tokenFile != null) {
            return checked(read(tokenFile), "--token-file=" + tokenFile, spec);
        }
        if (token != null) {
            return checked(token, "--token", spec);
        }
        String variable = environment.getOrDefault(JvmCommand.TOKEN_VARIABLE, "");
        if (variable.isBlank()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Missing the cluster's token: give --token-file FILE, or set " + JvmCommand.TOKEN_VARIABLE
                            + "; on the head's host it is in the file latest/token of its --dir");
        }
        return checked(variable, JvmCommand.TOKEN_VARIABLE, spec);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            String reason = e instanceof NoSuchFileException ? "no such file" : e.toString();
            throw new NodeException(
                    "cannot read --token-file=" + file + ": " + reason, "copy it from the head's host", e);
        }
    }

    /** Never shows the token. */
    private static String checked(String text, String origin, CommandSpec spec) {
        try {
            return JoinToken.parse(text).text();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), origin + ": " + e.getMessage());
        }
    }
}
