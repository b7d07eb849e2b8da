/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import io.thornback.ActorRef;
import io.thornback.ObjectRef;
import io.thornback.ObjectWriter;
import io.thornback.Thornback;
import io.thornback.objectstore.ObjectBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Turns a listing into objects and tasks: collects files until a pack is full, writes it straight into an object of the
 * store, and submits the task that reads it, so that the workers are busy while the driver packs on.
 *
 * <p>At most a window of objects is unread at a time. When it is full the driver waits for a task to end; when a task has
 * ended its object is deleted at once. So the job needs a store of some objects, not of the whole input, and leaves the
 * deleting neither to the collector of its own heap nor to eviction. Not thread-safe.
 */
final class ChunkSubmitter implements ClassFileInput.Listener {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Thornback tb;
    private final int chunkBytes;
    private final ActorRef<ProgressBoard> board;
    private final IntConsumer onSubmitted;
    private final List<ObjectRef<Counts>> parts = new ArrayList<>();
    private final Deque<Unread> window = new ArrayDeque<>();
    private final int windowSize = 4 + 2 * Runtime.getRuntime().availableProcessors();
    private final long[] skipped = new long[SkipReason.COUNT];
    private Pack pack;
    private long fileBytes;
    private long objectBytes;
    private long otherFiles;
    private long waitedNs;

    /** An object and the task that reads it. */
    private record Unread(ObjectRef<ObjectBuffer> chunk, ObjectRef<Counts> part) {}

    /** @param onSubmitted called after each chunk with their number so far */
    ChunkSubmitter(Thornback tb, int chunkBytes, ActorRef<ProgressBoard> board, IntConsumer onSubmitted) {
        this.tb = tb;
        this.chunkBytes = chunkBytes;
        this.board = board;
        this.onSubmitted = onSubmitted;
        this.pack = new Pack(chunkBytes);
    }

    @Override
    public void onClassFile(ClassFile file) {
        if (!pack.hasRoomFor(file)) {
            flush();
        }
        pack.add(file);
        fileBytes += file.sizeBytes();
    }

    @Override
    public void onOtherFile(String name) {
        otherFiles++;
    }

    @Override
    public void onSkipped(String name, SkipReason reason) {
        skipped[reason.index()]++;
    }

    /** Submits what has been collected, if there is anything. */
    void flush() {
        if (pack.isEmpty()) {
            return;
        }
        makeRoom();
        int sizeBytes = pack.sizeBytes();
        ObjectRef<ObjectBuffer> chunk;
        try (ObjectWriter writer = tb.store().create(sizeBytes)) {
            skipped[SkipReason.UNREADABLE.index()] += pack.writeTo(writer.byteBuffer(0, sizeBytes));
            chunk = writer.seal();
        }
        objectBytes += sizeBytes;
        pack = new Pack(chunkBytes);
        ObjectRef<Counts> part = tb.task(Job::parse, chunk, board)
                .cpus(1)
                .retries(3)
                .name(Job.PARSE)
                .submit();
        parts.add(part);
        window.add(new Unread(chunk, part));
        onSubmitted.accept(parts.size());
    }

    private void makeRoom() {
        deleteWhatIsRead();
        long start = System.nanoTime();
        while (window.size() >= windowSize) {
            tb.wait(window.stream().map(Unread::part).toList(), 1, POLL);
            onSubmitted.accept(parts.size());
            deleteWhatIsRead();
        }
        waitedNs += System.nanoTime() - start;
    }

    private void deleteWhatIsRead() {
        window.removeIf(unread -> {
            boolean read = unread.part().isReady();
            if (read) {
                tb.store().delete(unread.chunk().id());
            }
            return read;
        });
    }

    /** How long the driver waited for the workers, in nanoseconds. */
    long waitedNs() {
        return waitedNs;
    }

    /** The results to come, one for each object. */
    List<ObjectRef<Counts>> parts() {
        return parts;
    }

    long fileBytes() {
        return fileBytes;
    }

    long objectBytes() {
        return objectBytes;
    }

    long otherFiles() {
        return otherFiles;
    }

    /** Files that are in no object. */
    long skipped() {
        long sum = 0;
        for (long count : skipped) {
            sum += count;
        }
        return sum;
    }

    /** The tasks cannot know of files that they were never given. */
    Counts addSkippedTo(Counts counts) {
        Counts all = counts;
        for (SkipReason reason : SkipReason.values()) {
            all = all.withSkipped(reason, skipped[reason.index()]);
        }
        return all;
    }
}
