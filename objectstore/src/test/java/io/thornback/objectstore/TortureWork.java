/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.BackPressureException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;

/**
 * Everything that a client can do with the store, in seeded order: puts of all kinds, aborts, objects left open for a while, deletes of own and others' objects,
 * blind deletes, waits, flushes, and a few ids that all fight for. Each promise is in the log before the next step.
 */
final class TortureWork implements AutoCloseable {
    private static final int MAX_OPEN = 3;
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final Duration BOUND = Duration.ofSeconds(TortureChild.BOUND_SECONDS);

    private final ObjectStoreClient client;
    private final TortureBoard board;
    private final TortureLog log;
    private final int number;
    private final Random random;
    private final Deque<Open> open = new ArrayDeque<>();
    private long last;

    private record Open(WritableObject object, long number) {}

    /** An action that may fail while the store is down. */
    private interface Action {
        void run();
    }

    TortureWork(
            final ObjectStoreClient client,
            final TortureBoard board,
            final TortureLog log,
            final int number,
            final long seed) {
        this.client = client;
        this.board = board;
        this.log = log;
        this.number = number;
        this.random = new Random(seed);
        this.last = TortureObjects.first(number);
    }

    void step() {
        final int dice = random.nextInt(100);
        if (dice < 45) {
            put(++last);
        } else if (dice < 50) {
            announceAndPut();
        } else if (dice < 55) {
            begin();
        } else if (dice < 60) {
            finish();
        } else if (dice < 65) {
            abort();
        } else if (dice < 72) {
            deleteOfTheBoard();
        } else if (dice < 73) {
            deleteBlindly();
        } else if (dice < 85) {
            await();
        } else if (dice < 88) {
            awaitAnnounced();
        } else if (dice < 91) {
            askWhetherThere();
        } else if (dice < 99) {
            contested();
        } else {
            unlessDisturbed("flush", this::flush);
        }
        board.progressed(number, TortureBoard.OPERATIONS);
    }

    /** Waits until the store has applied everything; also for a store that is not there yet. */
    void flush() {
        try {
            client.flush(BOUND);
        } catch (final ObjectExistsException e) {
            // Expected of the contested ids, and of no other.
            assertContested(e);
            Arrays.stream(e.getSuppressed()).forEach(TortureWork::assertContested);
        }
    }

    @Override
    public void close() {
        open.forEach(o -> o.object.close());
        open.clear();
        flush();
    }

    // ---- puts

    private void put(final long object) {
        if (write(object)) {
            if (random.nextInt(8) == 0) {
                readOwn(object);
            }
            publish(object);
        }
    }

    private boolean write(final long object) {
        final byte[] content = TortureObjects.content(object);
        final ObjectId id = TortureObjects.id(object);
        log.add(TortureLog.PUTTING, object);
        final boolean done = unlessFull("put", () -> {
            if (random.nextBoolean()) {
                client.put(id, content);
            } else {
                try (WritableObject writable = client.create(id, content.length)) {
                    final int half = content.length / 2;
                    writable.put(0, content, 0, half);
                    writable.put(half, content, half, content.length - half);
                    writable.seal();
                }
            }
        });
        log.add(done ? TortureLog.PUT : TortureLog.NEVER, object);
        return done;
    }

    private void readOwn(final long object) {
        try (ObjectBuffer found = client.get(TortureObjects.id(object))) {
            if (found == null && TortureObjects.isAnnounced(object)) {
                return;
            }
            if (found == null) {
                throw new AssertionError("a client does not find its own put " + Long.toHexString(object));
            }
            TortureObjects.check(found, object);
        }
    }

    /** For others to read and delete; what was in its place goes. */
    private void publish(final long object) {
        final long old = board.exchange(random.nextInt(TortureBoard.OBJECTS), object);
        if (old != 0) {
            delete(old);
        }
    }

    private void announceAndPut() {
        final long object = ++last | TortureObjects.ANNOUNCED;
        board.announce(random.nextInt(TortureBoard.ANNOUNCED), object);
        if (random.nextInt(4) > 0) {
            put(object);
        }
    }

    /** Keeps an object in writing for some steps. */
    private void begin() {
        if (open.size() == MAX_OPEN) {
            finish();
        }
        final long object = ++last;
        final byte[] content = TortureObjects.content(object);
        log.add(TortureLog.PUTTING, object);
        final boolean done = unlessFull("create", () -> {
            final WritableObject writable = client.create(TortureObjects.id(object), content.length);
            writable.put(0, content);
            open.add(new Open(writable, object));
        });
        if (!done) {
            log.add(TortureLog.NEVER, object);
        }
    }

    private void finish() {
        final Open next = open.poll();
        if (next == null) {
            return;
        }
        if (unlessFull("seal", next.object::seal)) {
            log.add(TortureLog.PUT, next.number);
            publish(next.number);
        } else {
            log.add(TortureLog.NEVER, next.number);
            unlessDisturbed("abort", next.object::close);
        }
    }

    private void abort() {
        final long object = ++last;
        log.add(TortureLog.NEVER, object);
        unlessFull("abort", () -> {
            try (WritableObject writable = client.create(TortureObjects.id(object), TortureObjects.size(object))) {
                if (random.nextBoolean() && writable.sizeBytes() > 0) {
                    writable.putByte(writable.sizeBytes() - 1, (byte) 1);
                }
            }
        });
    }

    // ---- deletes

    private void deleteOfTheBoard() {
        final int place = random.nextInt(TortureBoard.OBJECTS);
        final long object = board.object(place);
        if (object != 0 && board.take(place, object)) {
            delete(object);
        }
    }

    private void delete(final long object) {
        log.add(TortureLog.DELETING, object);
        if (unlessDisturbed("delete", () -> client.delete(TortureObjects.id(object)))) {
            log.add(TortureLog.DELETED, object);
        }
    }

    private void deleteBlindly() {
        final long object = board.announced(random.nextInt(TortureBoard.ANNOUNCED));
        if (object != 0) {
            log.add(TortureLog.DELETING_BLINDLY, object);
            unlessDisturbed("delete", () -> client.delete(TortureObjects.id(object)));
        }
    }

    // ---- waits

    /** What is on the board is sealed: it comes, if nobody takes it off to delete it. */
    private void await() {
        final int place = random.nextInt(TortureBoard.OBJECTS);
        final long object = board.object(place);
        if (object == 0) {
            return;
        }
        final long deadlineNs = System.nanoTime() + BOUND.toNanos();
        while (board.object(place) == object) {
            if (read(object) || TortureObjects.isAnnounced(object)) {
                return; // an announced one may have been deleted by somebody who did not know
            }
            if (board.object(place) == object && System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("object " + Long.toHexString(object) + " was sealed, and nobody finds it");
            }
        }
    }

    private void awaitAnnounced() {
        final long object = board.announced(random.nextInt(TortureBoard.ANNOUNCED));
        if (object != 0) {
            read(object);
        }
    }

    private boolean read(final long object) {
        final boolean[] found = new boolean[1];
        unlessDisturbed("get", () -> {
            try (ObjectBuffer buffer = client.get(TortureObjects.id(object), PATIENCE)) {
                TortureObjects.check(buffer, object);
                found[0] = true;
            } catch (final ObjectTimeoutException e) {
                found[0] = false;
            }
        });
        return found[0];
    }

    private void askWhetherThere() {
        final int place = random.nextInt(TortureBoard.OBJECTS);
        final long object = board.object(place);
        if (object == 0 || TortureObjects.isAnnounced(object)) {
            return;
        }
        unlessDisturbed("contains", () -> {
            if (!client.contains(TortureObjects.id(object)) && board.object(place) == object) {
                throw new AssertionError(
                        "object " + Long.toHexString(object) + " was sealed, and the store denies having it");
            }
        });
    }

    private void contested() {
        final int which = random.nextInt(TortureObjects.CONTESTED);
        final ObjectId id = TortureObjects.contestedId(which);
        if (random.nextInt(3) == 0) {
            unlessDisturbed("delete", () -> client.delete(id));
        } else {
            unlessFull("put", () -> client.put(id, TortureObjects.contested(which, random.nextLong())));
        }
    }

    // ---- what may go wrong

    /** True if it was done; false if the store was full or down meanwhile. */
    private boolean unlessFull(final String what, final Action action) {
        final boolean[] full = new boolean[1];
        return unlessDisturbed(what, () -> {
                    try {
                        action.run();
                    } catch (final StoreFullException e) {
                        full[0] = true;
                    }
                })
                && !full[0];
    }

    /** True if it was done; false if it failed because the store was down or stopped; anything else is a failure. */
    private boolean unlessDisturbed(final String what, final Action action) {
        final long before = board.disturbances();
        try {
            action.run();
            return true;
        } catch (final StoreUnavailableException | BackPressureException e) {
            if (before == board.disturbances() && !board.isDisturbed()) {
                throw new AssertionError(what + " failed, and the store was there", e);
            }
            return false;
        }
    }

    private static void assertContested(final Throwable error) {
        if (!(error instanceof ObjectExistsException e) || e.id().jobId() != TortureObjects.CONTESTED_JOB) {
            throw new AssertionError("a put of one maker lost", error);
        }
    }
}
