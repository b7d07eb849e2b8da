/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import io.thornback.config.NodeConfig;
import io.thornback.node.Leftovers;
import io.thornback.node.NodeFile;
import io.thornback.resources.HostResources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Everything that the checks read of a host. Nothing is changed. */
public interface Host {

    /** A small file's content; empty if there is none or it may not be read. */
    Optional<String> text(Path file);

    /** The file system of a folder, or of the nearest above that exists. */
    Space space(Path folder) throws IOException;

    /**
     * A file system.
     *
     * @param type tmpfs, ext4 …
     * @param freeBytes that this user may use
     * @param sizeBytes in all
     * @param isWritable whether this user may write where it was asked about
     */
    record Space(String type, long freeBytes, long sizeBytes, boolean isWritable) {}

    /** Permissions of a file or folder, {@code rw-------}; empty if it is not there. */
    Optional<String> permissions(Path file) throws IOException;

    /** Whether a folder of /sys may be written to. */
    boolean isWritable(Path folder);

    /** CPUs, memory and shared memory, capped by control groups. */
    HostResources resources(Path shmDir);

    /** Who listens at a port, "pid 4711 (java)"; empty if it is free. */
    Optional<String> listener(String address, int port);

    /** Whether an address, or what a name stands for, is one of this host's. */
    boolean isOwnAddress(String address) throws IOException;

    /** How far the clock may be from the truth, in µs; empty if nobody keeps it. Throws an exception where that is not known. */
    OptionalLong clockErrorUs();

    /** The node that runs in a folder. */
    Optional<NodeFile> running(Path dir);

    /** What dead sessions have left. */
    List<Leftovers> leftovers(NodeConfig config) throws IOException;

    /** Version of Java, and its folder. */
    String java();

    /** Flags of this JVM that are missing. */
    List<String> missingFlags();
}
