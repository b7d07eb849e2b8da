/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.config.HostAndPort;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.wire.WireVersion;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What a driver or a tool must know to attach to a node; {@code node.properties} in the session's folder. It is there from
 * the moment the node is ready until it stops; after a crash it stays, and {@link #isRunning} says so.
 *
 * @param session folders of the session
 * @param kind what the node is to its cluster
 * @param supervisor the process that owns the node
 * @param gcsHost address of the cluster's control service, this node's or another's
 * @param gcsPort its port
 * @param nodeId 56 hexadecimal digits
 * @param layoutVersion version of what lies in shared memory
 * @param schemaVersion version of the messages
 * @param roles processes of the roles, by name, in the order of their start; empty for a node inside one JVM
 */
public record NodeFile(
        SessionLayout session,
        NodeKind kind,
        ProcessIdentity supervisor,
        String gcsHost,
        int gcsPort,
        String nodeId,
        int layoutVersion,
        int schemaVersion,
        Map<String, ProcessIdentity> roles) {

    private static final String ROLE_PREFIX = "role.";

    /** The file of a node of this version. */
    static NodeFile of(
            SessionLayout session, NodePlan plan, Map<String, String> gcsFacts, Map<String, ProcessIdentity> roles) {
        return new NodeFile(
                session,
                plan.kind(),
                ProcessIdentity.current(),
                gcsFacts.getOrDefault("host", ""),
                Integer.parseInt(gcsFacts.getOrDefault("port", "0")),
                plan.nodeId(),
                WireVersion.LAYOUT,
                WireVersion.SCHEMA,
                roles);
    }

    /** Where the control service is, as people read it: {@code host:port}. */
    public String gcsAddress() {
        return new HostAndPort(gcsHost, gcsPort).toString();
    }

    /** True if the supervisor that wrote this lives. */
    public boolean isRunning() {
        return supervisor.isAlive();
    }

    /** The node that runs in a folder of sessions; empty if none is ready there. */
    public static Optional<NodeFile> findRunning(Path dir) {
        return read(dir.resolve("latest")).filter(NodeFile::isRunning);
    }

    /**
     * The file in a session's folder; empty if there is none.
     *
     * @throws NodeException if it is damaged
     */
    public static Optional<NodeFile> read(Path sessionFolder) {
        Path file = sessionFolder.resolve("node.properties");
        Properties values = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            values.load(reader);
            return Optional.of(parse(values));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            throw new NodeException(
                    "cannot read " + file + ": " + e.getMessage(), "stop the node with 'thornback stop --force'", e);
        }
    }

    /** What the node gives to tasks and objects; empty if its session is gone. */
    public Optional<NodePlan> plan() {
        try {
            return Optional.of(RoleInput.read(session).plan());
        } catch (IOException e) {
            return Optional.empty(); // removed together with the rest of an old session
        }
    }

    /** The settings that the node was started with; empty if its session is gone. */
    public Optional<Configuration> configuration() {
        try {
            return Optional.of(RoleInput.read(session).configuration());
        } catch (IOException e) {
            return Optional.empty(); // removed together with the rest of an old session
        }
    }

    private static NodeFile parse(Properties values) {
        Map<String, ProcessIdentity> roles = new LinkedHashMap<>();
        for (String role : text(values, "roles").split(",", -1)) {
            if (!role.isEmpty()) {
                roles.put(role, identity(values, ROLE_PREFIX + role));
            }
        }
        return new NodeFile(
                new SessionLayout(
                        Path.of(text(values, "dir")), Path.of(text(values, "session")), Path.of(text(values, "shm"))),
                NodeKind.of(text(values, "kind")),
                identity(values, "supervisor"),
                text(values, "gcs.host"),
                Integer.parseInt(text(values, "gcs.port")),
                text(values, "node.id"),
                Integer.parseInt(text(values, "version.layout")),
                Integer.parseInt(text(values, "version.schema")),
                roles);
    }

    private static String text(Properties values, String name) {
        String text = values.getProperty(name);
        if (text == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return text;
    }

    private static ProcessIdentity identity(Properties values, String name) {
        return new ProcessIdentity(
                Long.parseLong(text(values, name + ".pid")), Long.parseLong(text(values, name + ".start")));
    }

    /** Writes the file, in one step. */
    void write() throws IOException {
        Properties values = new Properties();
        values.setProperty("dir", session.dir().toString());
        values.setProperty("session", session.session().toString());
        values.setProperty("shm", session.shm().toString());
        values.setProperty("kind", kind.text());
        put(values, "supervisor", supervisor);
        values.setProperty("gcs.host", gcsHost);
        values.setProperty("gcs.port", Integer.toString(gcsPort));
        values.setProperty("node.id", nodeId);
        values.setProperty("version.layout", Integer.toString(layoutVersion));
        values.setProperty("version.schema", Integer.toString(schemaVersion));
        values.setProperty("roles", String.join(",", roles.keySet()));
        roles.forEach((role, process) -> put(values, ROLE_PREFIX + role, process));
        StringWriter text = new StringWriter();
        values.store(text, "A node of Thornback. Start times are clock ticks since boot.");
        PrivateFiles.writeAtomically(session.nodeFile(), text.toString());
    }

    private static void put(Properties values, String name, ProcessIdentity process) {
        values.setProperty(name + ".pid", Long.toString(process.pid()));
        values.setProperty(name + ".start", Long.toString(process.startTicks()));
    }
}
