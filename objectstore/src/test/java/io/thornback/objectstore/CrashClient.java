/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/**
 * A client of the crash rounds: puts, gets, holds and deletes objects, says so in its journal, and checks all that it reads, until it has done enough or is killed. Ends
 * with 0 if all was well, 3 if something was lost or torn.
 */
final class CrashClient {
    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final int HELD = 8;

    private record Held(ObjectBuffer buffer, int object) {}

    private final ObjectStoreClient client;
    private final CrashJournal journal;
    private final int number;
    private final Random random;
    private final Deque<Held> held = new ArrayDeque<>();
    private int next;

    private CrashClient(final ObjectStoreClient client, final CrashJournal journal, final int number) {
        this.client = client;
        this.journal = journal;
        this.number = number;
        this.random = new Random(number);
    }

    /** Arguments: folder, number of the client, operations. */
    public static void main(final String[] arguments) {
        final Path folder = Path.of(arguments[0]);
        final int number = Integer.parseInt(arguments[1]);
        try (ObjectStoreClient client = ObjectStoreClient.connect(ClientOptions.of(folder, "crash-" + number, 7)
                .withTimeouts(PATIENT, PATIENT)
                .withOnSealRejected(id -> {}))) {
            System.out.println("ready");
            new CrashClient(client, new CrashJournal(folder, number), number).run(Integer.parseInt(arguments[2]));
        } catch (final RuntimeException | AssertionError e) {
            e.printStackTrace();
            System.exit(3);
        }
        System.exit(0);
    }

    private void run(final int operations) {
        for (int i = 0; i < operations && next < CrashJournal.OBJECTS; i++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> put(next++);
                case 3, 4 -> delete();
                case 5 -> contest();
                case 6 -> client.delete(CrashJournal.id(number, CrashJournal.OBJECTS + i)); // what never was
                default -> read();
            }
        }
        while (!held.isEmpty()) {
            release();
        }
        client.flush(PATIENT);
    }

    private void put(final int object) {
        final int length = CrashJournal.length(number, object);
        journal.state(object, CrashJournal.PUT_BEGUN);
        try (WritableObject target = client.create(CrashJournal.id(number, object), length, PATIENT)) {
            for (long at = 0; at + Long.BYTES <= length; at += Long.BYTES) {
                target.putLong(at, CrashJournal.word(number, object, at));
            }
            target.seal();
        }
        journal.state(object, CrashJournal.PUT_DONE);
        hold(object);
    }

    private void read() {
        for (int tries = 0; next > 0 && tries < 10; tries++) {
            final int object = random.nextInt(next);
            if (journal.state(object) == CrashJournal.PUT_DONE) {
                hold(object);
                return;
            }
        }
    }

    private void hold(final int object) {
        final ObjectBuffer buffer = client.get(CrashJournal.id(number, object), PATIENT);
        check(buffer, object);
        held.add(new Held(buffer, object));
        if (held.size() > HELD) {
            release();
        }
    }

    /** Whatever became of the object meanwhile, its bytes are there until now. */
    private void release() {
        final Held first = held.poll();
        check(first.buffer, first.object);
        first.buffer.close();
    }

    private void check(final ObjectBuffer buffer, final int object) {
        if (!CrashJournal.isWhole(buffer, number, object)) {
            throw new AssertionError("torn: object " + object + " of client " + number + " " + buffer);
        }
    }

    /** The oldest ones go, so that the store does not fill. */
    private void delete() {
        for (int object = Math.max(0, next - 200); object < next; object++) {
            if (journal.state(object) == CrashJournal.PUT_DONE && random.nextInt(4) == 0) {
                journal.state(object, CrashJournal.DELETE_BEGUN);
                client.delete(CrashJournal.id(number, object));
                journal.state(object, CrashJournal.DELETE_DONE);
                return;
            }
        }
    }

    /** An id that all clients put: one of them is first. */
    private void contest() {
        client.put(StoreFixture.id(8, random.nextInt(4), 0), new byte[100]);
    }
}
