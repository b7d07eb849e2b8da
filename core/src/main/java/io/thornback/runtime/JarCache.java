/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.RuntimeEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the jars that jobs bring along in a folder of the node's session, each under the hash of its content: what is built anew meanwhile is another jar, what two jobs bring is there once. A driver puts jars in; the raylet takes out those that no job needs
 * and that nobody has asked for lately. Any thread.
 */
public final class JarCache {
    private static final int HASH_DIGITS = 32;

    /** A file that was changed more recently may change again without another time or length. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Path folder;
    private final Map<Version, Path> known = new ConcurrentHashMap<>();

    /** A file as it was when it was copied. */
    private record Version(Path jar, Object fileKey, long sizeBytes, FileTime modified) {}

    JarCache(final Path folder) {
        this.folder = folder;
    }

    /**
     * The same environment with its jars as they lie in the cache, and its working directory checked.
     *
     * @throws IllegalArgumentException if a jar or the working directory is not there.
     */
    RuntimeEnvironment stage(final RuntimeEnvironment environment) {
        environment.workingDirectory().ifPresent(path -> {
            if (!Files.isDirectory(path)) {
                throw new IllegalArgumentException("the working directory " + path + " is not there");
            }
        });
        if (environment.jars().isEmpty()) {
            return environment;
        }
        return environment.withJars(environment.jars().stream().map(this::stage).toList());
    }

    private Path stage(final Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new IllegalArgumentException("the jar " + jar + " is not there");
        }
        try {
            final BasicFileAttributes is = Files.readAttributes(jar, BasicFileAttributes.class);
            final Version version = new Version(jar, is.fileKey(), is.size(), is.lastModifiedTime());
            final Path before = known.get(version);
            if (before != null && touch(before)) {
                return before;
            }
            final Path cached = copy(jar);
            if (is.lastModifiedTime().toInstant().isBefore(Instant.now().minus(SETTLED))) {
                known.keySet().removeIf(old -> old.jar().equals(jar));
                known.put(version, cached);
            }
            return cached;
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot keep " + jar + " in " + folder, e);
        }
    }

    private Path copy(final Path jar) throws IOException {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            final Path copy = folder.resolve(".new-" + UUID.randomUUID());
            try {
                final MessageDigest digest = MessageDigest.getInstance("SHA-256");
                try (InputStream in = new DigestInputStream(Files.newInputStream(jar), digest)) {
                    Files.copy(in, copy);
                }
                final String hash = HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
                final Path cached = folder.resolve(hash + "-" + jar.getFileName());
                if (!touch(cached)) {
                    Files.move(copy, cached, StandardCopyOption.ATOMIC_MOVE);
                }
                return cached;
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Says that it is wanted; false if it is not there. */
    private static boolean touch(final Path cached) throws IOException {
        try {
            Files.setLastModifiedTime(cached, FileTime.fromMillis(System.currentTimeMillis()));
            return true;
        } catch (final NoSuchFileException e) {
            return false;
        }
    }
}
