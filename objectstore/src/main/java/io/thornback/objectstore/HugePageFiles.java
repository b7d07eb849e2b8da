/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.MappedFile;
import io.thornback.posix.PosixException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An arena on hugetlbfs (<a href="https://docs.kernel.org/admin-guide/mm/hugetlbpage.html">kernel page</a>): all of its pages are taken at the start, or the store does
 * not start. The file is where hugetlbfs is mounted, under a name made from the store's folder; {@code arena.dat} there is a symbolic link to it.
 */
final class HugePageFiles {
    static final Path SHMEM_ENABLED = Path.of("/sys/kernel/mm/transparent_hugepage/shmem_enabled");

    private static final Path MOUNTS = Path.of("/proc/mounts");
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String NR_HUGEPAGES = "/proc/sys/vm/nr_hugepages";

    private HugePageFiles() {}

    /** The length that the arena's file has: whole huge pages. */
    static long fileLength(final long arenaBytes) {
        final long page = pageBytes(mount());
        return (arenaBytes + page - 1) / page * page;
    }

    /**
     * Makes and maps the file, every page of it, and links it.
     *
     * @throws StoreUnavailableException if there are not enough huge pages, or no hugetlbfs is mounted
     */
    static MappedFile create(final Path link, final long arenaBytes) {
        final Path mount = mount();
        final long length = fileLength(arenaBytes);
        final Path target = mount.resolve(
                "thornback-" + Integer.toHexString(link.toAbsolutePath().hashCode()) + ".arena");
        MappedFile file = null;
        boolean complete = false;
        try {
            Files.deleteIfExists(target);
            file = MappedFile.create(target, length);
            Files.createSymbolicLink(link, target);
            complete = true;
            return file;
        } catch (final PosixException e) {
            final long page = pageBytes(mount);
            final StoreUnavailableException problem = new StoreUnavailableException(
                    "no huge pages for the arena: wanted=" + length / page + " pages of " + (page >> 10) + " KiB, free="
                            + valueOf(MEMINFO, "HugePages_Free:") + ", file system " + mount,
                    "write the number of pages to " + NR_HUGEPAGES
                            + " before the store starts, or start it without huge pages");
            problem.initCause(e);
            throw problem;
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot make " + target, e);
        } finally {
            if (!complete && file != null) {
                file.close();
                StoreFiles.delete(target);
            }
        }
    }

    /** What {@link HugePages#TRANSPARENT} does on this host; null if the kernel follows the advice for all memory, otherwise what is in the way. */
    static String transparentProblem(final Path shmemEnabled) {
        final String modes = read(shmemEnabled);
        final int from = modes.indexOf('[');
        final int end = modes.indexOf(']');
        final String mode = from >= 0 && end > from ? modes.substring(from + 1, end) : "absent";
        return switch (mode) {
            case "always", "within_size", "force" -> null;
            case "advise" ->
                shmemEnabled
                        + " is advise: pages that are reserved ahead of use, which is all of the arena, are small until the kernel"
                        + " joins them; within_size makes them large at once";
            default -> shmemEnabled + " is " + mode + ": the advice does nothing; set it to within_size";
        };
    }

    private static Path mount() {
        for (final String line : read(MOUNTS).split("\n", -1)) {
            final String[] fields = line.split(" ", -1);
            if (fields.length > 2 && fields[2].equals("hugetlbfs") && Files.isWritable(Path.of(fields[1]))) {
                return Path.of(fields[1]);
            }
        }
        throw new StoreUnavailableException(
                "no huge pages for the arena: no hugetlbfs is mounted where this process may write",
                "mount -t hugetlbfs nodev /dev/hugepages, and write the number of pages to " + NR_HUGEPAGES);
    }

    private static long pageBytes(final Path mount) {
        try {
            return Files.getFileStore(mount).getBlockSize();
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read the page size of " + mount, e);
        }
    }

    private static String valueOf(final Path file, final String key) {
        return List.of(read(file).split("\n")).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).trim())
                .findFirst()
                .orElse("unknown");
    }

    /** Empty if there is no such file, as on kernels without huge pages. */
    private static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            return "";
        }
    }
}
