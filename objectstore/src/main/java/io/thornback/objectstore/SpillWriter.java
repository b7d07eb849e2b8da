/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.posix.DiskSpace;
import io.thornback.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes objects into spill files, several into one, and gives back what is deleted. One thread: that of the store's which may block on a disk.
 *
 * <p>Small objects are gathered in a buffer together with their headers. Of a large one the payload goes first, straight from the arena and in pieces that stay in the
 * processor's cache between the checksum and the system call, and its header last.
 */
final class SpillWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpillWriter.class);
    private static final int GATHER_BYTES = 1 << 20;
    private static final int GATHER_LIMIT = 128 << 10;
    /** Less is not worth the system calls. */
    private static final int PUNCH_BYTES = 64 << 10;
    /** A directory that failed is left alone for this long. */
    private static final long AVOID_NS = TimeUnit.SECONDS.toNanos(5);

    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);

    /** One object to be written, and what became of it. */
    static final class Item {
        final Spilled object;
        final int cell;
        final long generation;
        final long offset;
        /** Why it is not on disk; null if it is. */
        String failure;

        Item(final Spilled object, final int cell, final long generation, final long offset) {
            this.object = object;
            this.cell = cell;
            this.generation = generation;
            this.offset = offset;
        }
    }

    private final SpillConfig config;
    private final SpillFolders folders;
    private final PayloadMemory memory;
    /** Concurrent: the reading thread asks for paths. */
    private final Map<Integer, SpillFile> files;

    private final long[] avoidUntilNs;
    private final ByteBuffer gathered = ByteBuffer.allocateDirect(GATHER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer header =
            ByteBuffer.allocateDirect(SpillDescriptor.HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();
    private SpillFile current;
    private FileChannel channel;
    private int nextNumber = 1;
    private int nextDirectory;
    private long diskBytes;
    private final AtomicLong errors = new AtomicLong();
    private String lastError = "no directory";

    /**
     * Nothing is opened yet.
     *
     * @param files those of an earlier process of this store, by number; copied
     */
    SpillWriter(
            final SpillConfig config,
            final SpillFolders folders,
            final PayloadMemory memory,
            final Map<Integer, SpillFile> files) {
        this.config = config;
        this.folders = folders;
        this.memory = memory;
        this.files = new ConcurrentHashMap<>(files);
        this.avoidUntilNs = new long[folders.count()];
        for (int i = 0; i < avoidUntilNs.length; i++) {
            avoidUntilNs[i] = System.nanoTime();
        }
        for (final SpillFile file : files.values()) {
            nextNumber = Math.max(nextNumber, file.number + 1);
            diskBytes += file.diskBytes();
        }
    }

    /** Bytes of all spill files, without what was given back. */
    long diskBytes() {
        return diskBytes;
    }

    /** Writes and makings of files that failed, so far. Any thread. */
    long errors() {
        return errors.get();
    }

    /** Where a file is, or null if there is none of that number. Any thread. */
    Path path(final int fileNumber) {
        final SpillFile file = files.get(fileNumber);
        return file == null ? null : file.path;
    }

    /** Numbers of the files that are not where they were. Any thread. */
    Set<Integer> vanished() {
        final Set<Integer> gone = new HashSet<>();
        for (final SpillFile file : files.values()) {
            if (!Files.exists(file.path)) {
                gone.add(file.number);
            }
        }
        return gone;
    }

    /**
     * Writes objects in order. Each has its place afterwards, or a failure; an object that found no room in one directory is tried in all others.
     */
    void write(final List<Item> items) {
        int done = 0;
        while (done < items.size()) {
            final Item first = items.get(done);
            final long bytes = SpillDescriptor.recordLength(first.object.payloadBytes());
            if (diskBytes + bytes > config.quotaBytes()) {
                fail(items, done, "quota reached: spill.quotaBytes=" + config.quotaBytes() + " diskBytes=" + diskBytes);
                return;
            }
            if (!openFor(bytes)) {
                fail(items, done, lastError);
                return;
            }
            done = writeInto(items, done);
        }
        if (config.sync() == SpillSync.OBJECT) {
            force(items);
        }
    }

    /** The objects at these places are deleted. Returns null, or what went wrong; the objects are gone all the same. */
    String free(final List<Spilled> dead) {
        String failure = null;
        FileChannel open = null;
        SpillFile openFile = null;
        try {
            for (final Spilled object : dead) {
                final SpillFile file = files.get(SpillDescriptor.fileNumber(object.place));
                if (file == null) {
                    continue;
                }
                file.live--;
                if (file.live == 0) {
                    drop(file);
                    avoidUntilNs[file.directory] = System.nanoTime(); // there is room again
                    continue;
                }
                try {
                    if (file != openFile) {
                        close(open);
                        open = null;
                        openFile = null;
                        open = FileChannel.open(file.path, StandardOpenOption.WRITE);
                        openFile = file;
                    }
                    markDead(open, file, object);
                } catch (final IOException | PosixException e) {
                    errors.incrementAndGet();
                    failure = "cannot mark " + object + " deleted in " + file.path + ": " + e;
                }
            }
        } finally {
            close(open);
        }
        return failure;
    }

    /** Closes the file being written; everything written stays. */
    @Override
    public void close() {
        roll();
    }

    private int writeInto(final List<Item> items, final int from) {
        // What is gathered and not yet in the file is not done.
        int done = from;
        int next = from;
        long end = current.length;
        gathered.clear();
        try {
            while (next < items.size()) {
                final Item item = items.get(next);
                final long payload = item.object.payloadBytes();
                final long record = SpillDescriptor.recordLength(payload);
                final boolean hasRoom = end == SpillDescriptor.RECORDS_OFFSET || end + record <= config.fileBytes();
                if (!hasRoom || (next > from && diskBytes + (end - current.length) + record > config.quotaBytes())) {
                    break;
                }
                item.object.place = SpillDescriptor.place(current.number, end);
                item.object.memory = CellDescriptor.token(item.cell, item.generation);
                item.object.writtenMs = System.currentTimeMillis();
                if (payload > GATHER_LIMIT) {
                    done = flush(items, done, next, end);
                    writeLarge(item, end, payload);
                    end += record;
                    next++;
                    done = accept(done, next, end);
                } else {
                    if (gathered.remaining() < record) {
                        done = flush(items, done, next, end);
                    }
                    gather(item, (int) payload, (int) record);
                    end += record;
                    next++;
                }
            }
            done = flush(items, done, next, end);
            if (next < items.size() || current.length >= config.fileBytes()) {
                roll();
            }
        } catch (final IOException e) {
            failed(current.directory, "cannot write " + current.path + ": " + e);
            cutOff();
        }
        for (int i = done; i < items.size(); i++) {
            items.get(i).object.place = Spilled.NOWHERE;
        }
        return done;
    }

    private void gather(final Item item, final int payload, final int record) {
        final int at = gathered.position();
        final ByteBuffer bytes = memory.at(item.offset, payload);
        crc.reset();
        crc.update(bytes.duplicate());
        item.object.payloadCrc = (int) crc.getValue();
        SpillDescriptor.putHeader(gathered, at, item.object, folders.incarnation());
        gathered.position(at + SpillDescriptor.HEADER_LENGTH);
        gathered.put(bytes);
        for (int i = gathered.position(); i < at + record; i++) {
            gathered.put(i, (byte) 0);
        }
        gathered.position(at + record);
    }

    /** Writes what was gathered, which ends at {@code end} of the file; the items before {@code next} are done then. */
    private int flush(final List<Item> items, final int done, final int next, final long end) throws IOException {
        if (gathered.position() == 0) {
            return done;
        }
        gathered.flip();
        writeFully(gathered, end - gathered.remaining());
        gathered.clear();
        return accept(done, Math.min(next, items.size()), end);
    }

    private int accept(final int done, final int next, final long end) {
        current.live += next - done;
        diskBytes += end - current.length;
        current.length = end;
        return next;
    }

    private void writeLarge(final Item item, final long start, final long payload) throws IOException {
        crc.reset();
        long at = 0;
        while (at < payload) {
            final ByteBuffer window = memory.at(item.offset + at, (int) Math.min(PayloadMemory.WINDOW, payload - at));
            for (int from = 0; from < window.capacity(); from += PayloadMemory.PIECE) {
                final int to = Math.min(window.capacity(), from + PayloadMemory.PIECE);
                window.limit(to).position(from);
                crc.update(window);
                window.position(from);
                writeFully(window, start + SpillDescriptor.HEADER_LENGTH + at + from);
            }
            at += window.capacity();
        }
        item.object.payloadCrc = (int) crc.getValue();
        header.clear();
        SpillDescriptor.putHeader(header, 0, item.object, folders.incarnation());
        writeFully(header, start);
    }

    private void writeFully(final ByteBuffer buffer, final long at) throws IOException {
        long position = at;
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }

    /** What was written of a record that did not get whole must not be taken for one. */
    private void cutOff() {
        try {
            channel.truncate(current.length);
        } catch (final IOException e) {
            LOG.warn("cannot cut {} off at {}: its end is ignored", current.path, current.length, e);
        }
        roll();
    }

    private boolean openFor(final long bytes) {
        if (current != null) {
            final boolean hasRoom =
                    current.length == SpillDescriptor.RECORDS_OFFSET || current.length + bytes <= config.fileBytes();
            if (hasRoom && Files.exists(current.path)) {
                return true;
            }
            if (hasRoom) {
                failed(current.directory, current.path + " has vanished");
            }
            roll();
        }
        for (int i = 0; i < folders.count(); i++) {
            final int directory = (nextDirectory + i) % folders.count();
            if (avoidUntilNs[directory] - System.nanoTime() <= 0 && open(directory)) {
                nextDirectory = directory + 1;
                return true;
            }
        }
        return false;
    }

    private boolean open(final int directory) {
        if (nextNumber > SpillDescriptor.MAX_FILE_NUMBER) {
            lastError = "this store has used all " + SpillDescriptor.MAX_FILE_NUMBER + " numbers of spill files";
            return false;
        }
        final SpillFile file = new SpillFile(nextNumber, directory, folders.file(directory, nextNumber));
        try {
            folders.make(directory);
            channel = FileChannel.open(
                    file.path, NEW, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            current = file;
            header.clear().limit(SpillDescriptor.RECORDS_OFFSET);
            SpillDescriptor.putFileHeader(header, folders.incarnation(), file.number);
            writeFully(header, 0);
        } catch (final IOException | RuntimeException e) {
            failed(directory, "cannot make " + file.path + ": " + e);
            discard(file);
            return false;
        }
        files.put(file.number, file);
        diskBytes += file.length;
        nextNumber++;
        return true;
    }

    private void discard(final SpillFile file) {
        close(channel);
        channel = null;
        current = null;
        if (Files.exists(file.path)) {
            delete(file.path);
        }
    }

    private void roll() {
        if (current == null) {
            return;
        }
        if (config.sync() != SpillSync.NONE) {
            try {
                channel.force(false);
            } catch (final IOException e) {
                failed(current.directory, "cannot force " + current.path + ": " + e);
            }
        }
        close(channel);
        channel = null;
        final SpillFile closed = current;
        current = null;
        if (closed.live == 0) {
            drop(closed);
        }
    }

    private void force(final List<Item> items) {
        if (current == null) {
            return; // the last file was full: forced when it was closed
        }
        try {
            channel.force(false);
        } catch (final IOException e) {
            failed(current.directory, "cannot force " + current.path + ": " + e);
            for (final Item item : items) {
                if (SpillDescriptor.fileNumber(item.object.place) == current.number) {
                    current.live--;
                    item.object.place = Spilled.NOWHERE;
                    item.failure = lastError;
                }
            }
            roll();
        }
    }

    private void markDead(final FileChannel open, final SpillFile file, final Spilled object) throws IOException {
        final long start = SpillDescriptor.offset(object.place);
        header.clear().limit(Integer.BYTES);
        header.putInt(0, SpillDescriptor.DEAD);
        open.write(header, start + SpillDescriptor.DEAD_OFFSET);
        final long payload = object.payloadBytes();
        if (payload >= PUNCH_BYTES && DiskSpace.punchHole(file.path, start + SpillDescriptor.HEADER_LENGTH, payload)) {
            file.punched += payload;
            diskBytes -= payload;
            avoidUntilNs[file.directory] = System.nanoTime();
        }
    }

    /** Nothing in the file lives any more. */
    private void drop(final SpillFile file) {
        if (file == current) {
            close(channel);
            channel = null;
            current = null;
        }
        files.remove(file.number);
        diskBytes -= file.diskBytes();
        delete(file.path);
    }

    private void delete(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            errors.incrementAndGet();
            LOG.warn("cannot delete {}", path, e);
        }
    }

    private void failed(final int directory, final String what) {
        errors.incrementAndGet();
        avoidUntilNs[directory] = System.nanoTime() + AVOID_NS;
        lastError = what;
        LOG.warn("spilling: {}; its directory is left alone for {} s", what, TimeUnit.NANOSECONDS.toSeconds(AVOID_NS));
    }

    private static void fail(final List<Item> items, final int from, final String why) {
        for (int i = from; i < items.size(); i++) {
            items.get(i).failure = why;
        }
    }

    private static void close(final FileChannel open) {
        if (open != null) {
            try {
                open.close();
            } catch (final IOException e) {
                LOG.warn("cannot close a spill file", e);
            }
        }
    }
}
