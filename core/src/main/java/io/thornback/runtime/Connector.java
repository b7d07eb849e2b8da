/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ConnectOptions;
import io.thornback.LocalOptions;
import io.thornback.NodeNotFoundException;
import io.thornback.Thornback;
import io.thornback.ThornbackException;
import io.thornback.ThornbackException.Code;
import io.thornback.config.Configuration;
import io.thornback.config.NodeConfig;
import io.thornback.config.StoreSettings;
import io.thornback.config.UserPaths;
import io.thornback.config.WorkerSettings;
import io.thornback.node.JvmFlagsCheck;
import io.thornback.node.LocalNode;
import io.thornback.node.NodeException;
import io.thornback.node.NodeFile;
import io.thornback.transport.ipc.PeerVersionException;
import io.thornback.transport.wire.WireVersion;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;

/** Finds a node, or starts one in this JVM, and attaches this process to it as a driver. */
public final class Connector {
    /** Folder of the node that a program means that names none; {@code thornback run} gives its program the configured one. */
    public static final String DIRECTORY_VARIABLE = "THORNBACK_DIR";

    private static final String ALLOWED_CLASSES_VARIABLE = "THORNBACK_JOB_ALLOWED_CLASSES";
    /** Classes that values may have, with commas between; see {@link ConnectOptions}. */
    public static final String ALLOWED_CLASSES_PROPERTY = "thornback.job.allowed-classes";
    /** How {@code thornback run} tells an encoded {@link RuntimeEnvironment}. No property: everybody on the host can read a command line. */
    public static final String ENVIRONMENT_VARIABLE = "THORNBACK_JOB_ENVIRONMENT";

    private static final ThreadLocal<Thornback> OF_THREAD = new ThreadLocal<>();
    private static final Deque<Thornback> OPEN = new ConcurrentLinkedDeque<>();

    private Connector() {}

    /** See {@link Thornback#connect(ConnectOptions)}. */
    public static Thornback connect(final ConnectOptions options) {
        checkFlags();
        final Path directory = options.directory()
                .or(() -> Optional.ofNullable(System.getenv(DIRECTORY_VARIABLE)).map(Path::of))
                .orElseGet(UserPaths::defaultDir);
        final NodeFile node = NodeFile.findRunning(directory)
                .orElseThrow(() -> new NodeNotFoundException("no Thornback node is running in " + directory
                        + " for user " + System.getProperty("user.name")
                        + "; start one with 'thornback start --head', or use Thornback.startLocal()"));
        checkVersion(node.layoutVersion(), node.schemaVersion());
        return attach(node, options, () -> {});
    }

    /** See {@link Thornback#startLocal(LocalOptions)}. */
    public static Thornback startLocal(final LocalOptions options) {
        checkFlags();
        final Path directory = Path.of(System.getProperty("java.io.tmpdir"), "thornback-local-" + UserPaths.userId());
        final Configuration configuration = Configuration.defaults()
                .with(Map.of(
                        NodeConfig.DIR, directory.toString(),
                        NodeConfig.CPUS, Integer.toString(options.cpus()),
                        StoreSettings.MEMORY, Long.toString(options.storeBytes()),
                        NodeConfig.RESOURCES, pairs(options.resources()),
                        NodeConfig.LABELS, pairs(options.labels()),
                        WorkerSettings.IN_THREADS, "true"));
        final LocalNode node;
        try {
            node = LocalNode.start(configuration);
        } catch (final NodeException e) {
            throw new ThornbackException(Code.NODE_STOPPED, e.getMessage(), e);
        }
        try {
            final NodeFile file = NodeFile.read(node.session().session())
                    .orElseThrow(() -> new IllegalStateException("the node has not written its file"));
            return attach(file, ConnectOptions.defaults(), node::close);
        } catch (final RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private static String pairs(final Map<String, ?> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(","));
    }

    private static void checkFlags() {
        try {
            JvmFlagsCheck.require();
        } catch (final NodeException e) {
            throw new ThornbackException(Code.JVM_FLAGS, e.getMessage(), e);
        }
    }

    private static void checkVersion(final int layout, final int schema) {
        if (layout != WireVersion.LAYOUT || schema != WireVersion.SCHEMA) {
            throw new ThornbackException(
                    Code.VERSION_MISMATCH,
                    "the node speaks layout " + layout + " schema " + schema + ", this program layout "
                            + WireVersion.LAYOUT + " schema " + WireVersion.SCHEMA
                            + "; use the same version of Thornback on both sides");
        }
    }

    private static Thornback attach(final NodeFile node, final ConnectOptions options, final Runnable onClose) {
        final DriverSession session;
        try {
            session = DriverSession.open(
                    node,
                    options.jobName().orElseGet(Connector::mainClass),
                    options.namespace().orElseGet(() -> "anonymous-" + UUID.randomUUID()),
                    allowedClasses(options),
                    options);
        } catch (final PeerVersionException e) {
            throw new ThornbackException(Code.VERSION_MISMATCH, e.getMessage(), e);
        }
        final Thornback connection = new RuntimeThornback(session.runtime(), () -> {
            session.close();
            onClose.run();
        });
        OPEN.push(connection);
        return connection;
    }

    private static List<String> allowedClasses(final ConnectOptions options) {
        if (!options.allowedClasses().isEmpty()) {
            return options.allowedClasses();
        }
        final String environment = System.getenv().getOrDefault(ALLOWED_CLASSES_VARIABLE, "");
        return Arrays.stream(System.getProperty(ALLOWED_CLASSES_PROPERTY, environment)
                        .split(",", -1))
                .map(String::strip)
                .filter(pattern -> !pattern.isEmpty())
                .toList();
    }

    private static String mainClass() {
        final String command = System.getProperty("sun.java.command", "");
        final String name = command.isEmpty() ? "driver" : command.split(" ", 2)[0];
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** See {@link Thornback#current()}. */
    public static Thornback current() {
        final Thornback ofThread = OF_THREAD.get();
        final Thornback found = ofThread != null ? ofThread : OPEN.peek();
        if (found == null) {
            throw new NodeNotFoundException(
                    "this thread runs no task and this program has no open connection; call Thornback.connect() first");
        }
        return found;
    }

    /** The thread runs the user code of this connection's job. */
    public static void bindToThread(final Thornback connection) {
        OF_THREAD.set(connection);
    }

    static void closed(final Thornback connection) {
        OPEN.remove(connection);
    }
}
