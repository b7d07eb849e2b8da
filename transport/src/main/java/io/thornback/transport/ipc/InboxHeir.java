/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport.ipc;

import io.thornback.posix.PosixException;
import io.thornback.posix.ProcessIdentity;
import io.thornback.transport.TransportException;
import io.thornback.transport.TransportException.Code;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Removes an inbox whose owner is dead or has closed it, and the files of its lanes. Exactly one process removes one
 * file: the one that takes the header's {@code heir} word, from nobody or from a dead heir, to itself. Callers hold
 * {@link Inbox}'s class lock, so of the threads of one process there is one at a time.
 */
final class InboxHeir {
    private InboxHeir() {}

    /**
     * Removes the inbox of that name if nobody living needs it. A file that is no inbox is set aside: who owns it cannot be known, and nobody can
     * send to it.
     *
     * @param inherited if not null, the lanes into it are sealed and read out before the file goes
     * @return false if there was none
     * @throws InboxTakenException if its owner lives and has it open
     */
    static boolean remove(Path shmDir, String name, InheritedLanes inherited) {
        Path path = Inbox.pathOf(shmDir, name);
        InboxFile old;
        try {
            old = InboxFile.attach(path, name);
        } catch (CorruptLaneException e) {
            setAside(path, e);
            return false;
        } catch (PosixException e) {
            if (!Files.exists(path)) {
                return false;
            }
            CorruptLaneException corrupt = new CorruptLaneException("inbox file " + path, e.getMessage());
            if (path.toFile().length() > 0) {
                throw corrupt; // not its content: this process may not open or map it
            }
            setAside(path, corrupt);
            return false;
        }
        try (old) {
            if (old.isOpen() && old.owner.isAlive()) {
                throw new InboxTakenException(name, old.owner);
            }
            if (!takeOver(old)) {
                return true; // another removes it right now
            }
            old.markClosed();
            if (inherited != null) {
                inherit(shmDir, old, inherited);
                inherited.readOut();
            }
            Files.deleteIfExists(path);
            return true;
        } catch (IOException e) {
            throw ioFailed("remove inbox file " + path, e);
        }
    }

    private static void setAside(Path path, CorruptLaneException why) {
        Path aside = path.resolveSibling(path.getFileName() + ".corrupt");
        try {
            Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            InboxErrors.LOG.trace("another has removed {}", path, e);
            return;
        } catch (IOException e) {
            throw ioFailed("set aside " + path, e);
        }
        InboxErrors.LOG.error(
                "{} It is kept as {}; what had been sent to it and was not read is lost.", why.getMessage(), aside);
    }

    private static boolean takeOver(InboxFile file) {
        ProcessIdentity self = ProcessIdentity.current();
        long heir = file.heirVolatile();
        if (heir == PackedIdentity.of(self)) {
            return true;
        }
        return (heir == 0 || !PackedIdentity.unpack(heir).isAlive()) && file.casHeir(heir, PackedIdentity.of(self));
    }

    private static void inherit(Path shmDir, InboxFile old, InheritedLanes inherited) {
        for (int slot = 0; slot < old.slotCount; slot++) {
            long word = old.slotVolatile(slot);
            if (SlotWord.state(word) != SlotWord.READY || !Files.exists(pathOf(shmDir, old, slot, word))) {
                continue; // or its sender has left, and nothing in it was unread
            }
            try {
                LaneFile file = LaneFile.attach(shmDir, old, slot, word);
                inherited.add(new InboundLane(slot, word, file, new LaneReader(file, old.laneCapacity)));
            } catch (TransportException | PosixException e) {
                // A lane that cannot be read has nothing to give; its file goes with the others.
                InboxErrors.LOG.warn("inbox {}: lane in slot {} of its dead owner is not inherited", old.name, slot, e);
            }
        }
    }

    private static Path pathOf(Path shmDir, InboxFile inbox, int slot, long word) {
        return LaneFile.pathOf(shmDir, inbox.name, inbox.incarnation, slot, SlotWord.generation(word));
    }

    /** Deletes all lane files of that inbox name. Called when no inbox of the name is published. */
    static void deleteLanes(Path shmDir, String name) {
        Pattern ours = Pattern.compile(Pattern.quote(name) + "-[0-9a-f]{8}-\\d+-\\d+\\.lane");
        deleteMatching(shmDir.resolve("lanes"), ours);
    }

    /** Deletes what a creator that was killed before publication left; those of living processes stay. */
    static void deleteTemporaries(Path shmDir, String name) {
        Path dir = shmDir.resolve("inbox");
        Pattern temporary = Pattern.compile("\\." + Pattern.quote(name) + "\\.(\\d+)-\\d+\\.tmp");
        for (Path path : matching(dir, temporary)) {
            var matcher = temporary.matcher(path.getFileName().toString());
            if (matcher.matches()
                    && ProcessIdentity.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                delete(path);
            }
        }
    }

    private static void deleteMatching(Path dir, Pattern pattern) {
        matching(dir, pattern).forEach(InboxHeir::delete);
    }

    private static List<Path> matching(Path dir, Pattern pattern) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                dir, path -> pattern.matcher(path.getFileName().toString()).matches())) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw ioFailed("list " + dir, e);
        }
        return found;
    }

    static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw ioFailed("delete " + path, e);
        }
    }

    static TransportException ioFailed(String what, IOException e) {
        return new TransportException(
                Code.IO, "cannot " + what + ": " + e.getMessage(), "check the folder's owner, mode and space", e);
    }
}
