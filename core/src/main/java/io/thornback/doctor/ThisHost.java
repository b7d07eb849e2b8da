/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.doctor;

import io.thornback.config.NodeConfig;
import io.thornback.node.JvmFlagsCheck;
import io.thornback.node.Leftovers;
import io.thornback.node.NodeFile;
import io.thornback.posix.SystemClock;
import io.thornback.resources.HostResources;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The host that this process runs on. */
public final class ThisHost implements Host {

    @Override
    public Optional<String> text(Path file) {
        // With one large read: a number of /proc/sys is gone after the first, and Files.readString begins with one
        // byte.
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty(); // which is what was asked
        }
    }

    @Override
    public Space space(Path folder) throws IOException {
        Path existing = folder.toAbsolutePath();
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        FileStore store = Files.getFileStore(existing);
        return new Space(store.type(), store.getUsableSpace(), store.getTotalSpace(), Files.isWritable(existing));
    }

    @Override
    public Optional<String> permissions(Path file) throws IOException {
        try {
            return Optional.of(
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean isWritable(Path folder) {
        return Files.isWritable(folder);
    }

    @Override
    public HostResources resources(Path shmDir) {
        return HostResources.detect(shmDir);
    }

    @Override
    public Optional<String> listener(String address, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(PortHolder.of(port).orElse("somebody: " + e.getMessage()));
        }
    }

    @Override
    public boolean isOwnAddress(String address) throws IOException {
        InetAddress asked = InetAddress.getByName(address);
        return asked.isAnyLocalAddress()
                || asked.isLoopbackAddress()
                || NetworkInterface.getByInetAddress(asked) != null;
    }

    @Override
    public OptionalLong clockErrorUs() {
        return SystemClock.maxErrorUs();
    }

    @Override
    public Optional<NodeFile> running(Path dir) {
        return NodeFile.findRunning(dir);
    }

    @Override
    public List<Leftovers> leftovers(NodeConfig config) throws IOException {
        return Leftovers.find(config);
    }

    @Override
    public String java() {
        return System.getProperty("java.version") + " in " + System.getProperty("java.home");
    }

    @Override
    public List<String> missingFlags() {
        return JvmFlagsCheck.missing();
    }
}
