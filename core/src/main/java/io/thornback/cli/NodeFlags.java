/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.ClusterSettings;
import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.GcsSettings;
import io.thornback.config.LogSettings;
import io.thornback.config.NodeConfig;
import io.thornback.config.Setting;
import io.thornback.config.SpillSettings;
import io.thornback.config.StoreSettings;
import io.thornback.config.WorkerSettings;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags that describe a node, for every command that starts one. Each is a setting; the settings parse the values. */
public final class NodeFlags {

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "TCP port of the GCS; 0, the default, takes a free one.")
    private String port;

    @Option(
            names = "--insecure",
            description =
                    "No TLS: the GCS speaks plain text, on an address of loopback only. For a look at what is said.")
    private boolean insecure;

    @Option(
            names = "--gcs-host",
            paramLabel = "HOST",
            description = "Address that the GCS listens on, such as 0.0.0.0 for all of this host's; default: 127.0.0.1,"
                    + " which no other host reaches.")
    private String gcsHost;

    @Option(names = "--cpus", paramLabel = "N", description = "CPUs for tasks and actors; default: those of the host.")
    private String cpus;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Memory of the whole node, such as 4g or 50%%; default: what the host or cgroup gives.")
    private String memory;

    @Option(
            names = "--store-memory",
            paramLabel = "SIZE",
            description = "Size of the object store, such as 512m or 30%%; default: 30%% of the node's memory.")
    private String storeMemory;

    @Option(
            names = "--huge-pages",
            paramLabel = "PAGES",
            description = "Pages of the object store: off (the default), transparent or explicit.")
    private String hugePages;

    @Option(
            names = "--spill-directories",
            paramLabel = "DIR,…",
            description = "Where objects go that have no room in memory; default: the session's folder.")
    private String spillDirectories;

    @Option(names = "--workers", paramLabel = "N", description = "Workers started ahead; default: one per CPU.")
    private String workers;

    @Option(names = "--resources", paramLabel = "K=V,…", description = "Further resources, such as gpu=2,disk=1.")
    private String resources;

    @Option(
            names = "--labels",
            paramLabel = "K=V,…",
            description = "Labels that tasks may ask for, such as zone=a,disk=ssd.")
    private String labels;

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the node; default: the host's name.")
    private String name;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "error, warn, info (the default), debug or trace.")
    private String logLevel;

    @Option(names = "--shm-dir", paramLabel = "DIR", description = "Folder on tmpfs for shared memory.")
    private String shmDir;

    @Option(
            names = "--node-host",
            paramLabel = "HOST",
            description =
                    "Address by which other nodes know this one; default: the local one of its connection to the GCS.")
    private String host;

    /**
     * The effective configuration of a node.
     *
     * @throws io.thornback.config.ConfigurationException that lists everything that is wrong
     */
    public Configuration configuration(FolderFlags folder) {
        return configuration(folder.sources());
    }

    /** The same over what other flags have said already. */
    Configuration configuration(ConfigurationSources sources) {
        flag(sources, GcsSettings.PORT, port, "--port");
        flag(sources, GcsSettings.INSECURE, insecure ? "true" : null, "--insecure");
        flag(sources, GcsSettings.HOST, gcsHost, "--gcs-host");
        flag(sources, NodeConfig.CPUS, cpus, "--cpus");
        flag(sources, NodeConfig.MEMORY, memory, "--memory");
        flag(sources, StoreSettings.MEMORY, storeMemory, "--store-memory");
        flag(sources, StoreSettings.HUGE_PAGES, hugePages, "--huge-pages");
        flag(sources, SpillSettings.DIRECTORIES, spillDirectories, "--spill-directories");
        flag(sources, WorkerSettings.PRESTART, workers, "--workers");
        flag(sources, NodeConfig.RESOURCES, resources, "--resources");
        flag(sources, NodeConfig.LABELS, labels, "--labels");
        flag(sources, NodeConfig.NAME, name, "--name");
        flag(sources, LogSettings.LEVEL, logLevel, "--log-level");
        flag(sources, NodeConfig.SHM_DIR, shmDir, "--shm-dir");
        flag(sources, ClusterSettings.HOST, host, "--node-host");
        return sources.resolve();
    }

    /** Whether something was said of a GCS of its own. */
    boolean describesGcs() {
        return port != null || gcsHost != null || insecure;
    }

    static void flag(ConfigurationSources sources, Setting<?> setting, String text, String flag) {
        if (text != null) {
            sources.flag(setting, text, flag);
        }
    }

    static Optional<Path> home() {
        return Optional.ofNullable(System.getProperty("thornback.home")).map(Path::of);
    }
}
