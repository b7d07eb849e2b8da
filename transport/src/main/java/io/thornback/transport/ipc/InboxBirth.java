/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.TransportException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.ErrorHandler;

/**
 * How an inbox comes to its name and leaves it. Within one process serialised by this class's lock; between processes
 * by link(2), which fails where the name exists, and by the heir word of the file that has the name.
 */
final class InboxBirth {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
    /** Under its name, or not yet: {@code .worker-7.4711-1.tmp}. */
    private static final Pattern FILE =
            Pattern.compile("(" + NAME.pattern() + ")\\.inbox|\\.(" + NAME.pattern() + ")\\.\\d+-\\d+\\.tmp");

    private static final long PATIENCE_NS = 2_000_000_000L;
    private static final long RETRY_NS = 1_000_000L;
    private static final AtomicInteger TEMPORARIES = new AtomicInteger();

    private InboxBirth() {}

    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("inbox name '" + name + "' must match " + NAME.pattern());
        }
    }

    static synchronized Inbox create(Path shmDir, String name, InboxOptions options, ErrorHandler errorHandler) {
        checkName(name);
        makeFolder(shmDir.resolve("inbox"));
        makeFolder(shmDir.resolve("lanes"));
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (true) {
            boolean found = InboxHeir.remove(shmDir, name, null);
            InboxFile file = found && Files.exists(Inbox.pathOf(shmDir, name)) ? null : publish(shmDir, name, options);
            if (file != null) {
                return new Inbox(shmDir, file, errorHandler);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new TransportException(
                        TransportException.Code.INBOX_TAKEN,
                        "inbox=" + name + " is being taken by another process that does not finish",
                        "try again, or choose another name");
            }
            LockSupport.parkNanos(RETRY_NS); // another process is removing the file, or has just made one
        }
    }

    static synchronized int inherit(Path shmDir, String name, LaneHandler handler, ErrorHandler errorHandler) {
        checkName(name);
        Dispatcher dispatcher = new Dispatcher(errorHandler);
        dispatcher.begin(handler);
        InheritedLanes lanes = new InheritedLanes(dispatcher);
        try {
            if (InboxHeir.remove(shmDir, name, lanes)) {
                InboxHeir.deleteLanes(shmDir, name);
            }
        } finally {
            lanes.close();
        }
        return lanes.handled();
    }

    /** Returns null if another was faster. */
    private static InboxFile publish(Path shmDir, String name, InboxOptions options) {
        InboxHeir.deleteTemporaries(shmDir, name);
        InboxHeir.deleteLanes(shmDir, name);
        ProcessIdentity self = ProcessIdentity.current();
        int incarnation = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        Path temporary = shmDir.resolve("inbox")
                .resolve("." + name + "." + self.pid() + "-" + TEMPORARIES.incrementAndGet() + ".tmp");
        InboxFile file = InboxFile.create(temporary, name, options, incarnation, self);
        boolean published = false;
        try {
            Files.createLink(Inbox.pathOf(shmDir, name), temporary);
            published = true;
            return file;
        } catch (FileAlreadyExistsException e) {
            return null;
        } catch (IOException e) {
            throw InboxHeir.ioFailed("publish inbox " + name, e);
        } finally {
            InboxHeir.delete(temporary);
            if (!published) {
                file.close();
            }
        }
    }

    /** The owner closes in good order: the name and the files of the lanes go, unless an heir is at it already. */
    static synchronized void unpublish(Path shmDir, InboxFile file) {
        if (file.casHeir(0, PackedIdentity.of(ProcessIdentity.current()))) {
            for (int slot = 0; slot < file.slotCount; slot++) {
                long word = file.slotVolatile(slot);
                if (SlotWord.state(word) == SlotWord.READY) {
                    InboxHeir.delete(
                            LaneFile.pathOf(shmDir, file.name, file.incarnation, slot, SlotWord.generation(word)));
                }
            }
            InboxHeir.delete(Inbox.pathOf(shmDir, file.name));
        }
    }

    static int removeDead(Path shmDir, Predicate<String> which) {
        int removed = 0;
        for (String name : names(shmDir)) {
            try {
                removed += which.test(name) && removeDead(shmDir, name) ? 1 : 0;
            } catch (TransportException | PosixException e) {
                InboxErrors.LOG.warn("cannot look after inbox {}: {}", name, e.toString());
            }
        }
        return removed;
    }

    static synchronized boolean removeDead(Path shmDir, String name) {
        checkName(name);
        InboxHeir.deleteTemporaries(shmDir, name);
        try {
            // Another may be reading its lanes out: then they are that one's to delete.
            if (InboxHeir.remove(shmDir, name, null) && !Files.exists(Inbox.pathOf(shmDir, name))) {
                InboxHeir.deleteLanes(shmDir, name);
                return true;
            }
        } catch (InboxTakenException e) {
            InboxErrors.LOG.trace("inbox {} is in use", name, e);
        }
        return false;
    }

    /** Of those that are taken, and of those that are being taken. */
    private static Set<String> names(Path shmDir) {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shmDir.resolve("inbox"))) {
            for (Path path : files) {
                Matcher file = FILE.matcher(path.getFileName().toString());
                if (file.matches()) {
                    names.add(file.group(1) != null ? file.group(1) : file.group(2));
                }
            }
        } catch (IOException e) {
            throw InboxHeir.ioFailed("list inboxes of " + shmDir, e);
        }
        return names;
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw InboxHeir.ioFailed("make folder " + folder, e);
        }
    }
}
