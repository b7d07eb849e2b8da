/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.NodeConfig;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags that say which node is meant, for every command. */
public final class FolderFlags {

    @Option(names = "--dir", paramLabel = "DIR", description = "Folder of the node's sessions; one node per folder.")
    private String dir;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file, instead of THORNBACK_CONF.")
    private String config;

    /** What was said in all places, these flags included. */
    ConfigurationSources sources() {
        ConfigurationSources sources = new ConfigurationSources()
                .file(Optional.ofNullable(config).map(Path::of), System.getenv(), NodeFlags.home())
                .environment(System.getenv())
                .systemProperties(System.getProperties());
        NodeFlags.flag(sources, NodeConfig.DIR, dir, "--dir");
        return sources;
    }

    /** The configuration with these flags alone. */
    public Configuration configuration() {
        return sources().resolve();
    }
}
